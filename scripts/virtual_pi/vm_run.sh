#!/usr/bin/env bash
# Boots the virtual Pi that vm_root.sh built and checks in it what only a whole machine shows: the shipped
# units, the watchdog, the fences, GPIO lines and the KMS display. By hand: 15 to 60 minutes without KVM.
#
#   vm_run.sh [OUT]      OUT: where vm_root.sh built it
#   VIRTUAL_PI_KVM=1     use KVM instead of emulation; VIRTUAL_PI_MINUTES=90: give up after so long
#
# Exit 0: everything held; 1: something did not; 3: it cannot run here, and why.
set -euo pipefail

out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/squat-mirror/virtual-pi}
exchange=$out/exchange
minutes=${VIRTUAL_PI_MINUTES:-90}

cannot() {
  echo "virtual Pi: not run: $1" >&2
  exit 3
}

command -v qemu-system-x86_64 >/dev/null || cannot "qemu-system-x86_64 is not installed (apt install qemu-system-x86)"
[ -f "$out/disk.img" ] || cannot "there is no disk in $out (run scripts/virtual_pi/vm_root.sh first)"
kernel=$(find "$out/root/boot" -name 'vmlinuz-*' | sort -V | tail -n1)
rm -rf "$exchange"
mkdir -p "$exchange"

# A plain old processor: Mesa's software renderer trips over the emulated newest ones.
speed=(-accel "tcg,thread=multi" -cpu Westmere)
if [ -n "${VIRTUAL_PI_KVM-}" ]; then speed=(-accel kvm -cpu host); fi # not every machine that has it can

timeout "$((minutes * 60))" qemu-system-x86_64 "${speed[@]}" -m 2048 -smp 2 -display none -no-reboot -nic none \
  -kernel "$kernel" -initrd "${kernel/vmlinuz/initrd.img}" \
  -append "root=/dev/vda rw console=ttyS0 panic=-1 quiet systemd.show_status=0" \
  -drive "file=$out/disk.img,if=virtio,format=raw,snapshot=on" -serial "file:$out/serial.log" \
  -vga none -device virtio-gpu-pci,xres=1080,yres=1920 -device i6300esb -action watchdog=none \
  -qmp "unix:$out/qmp.sock,server=on,wait=off" \
  -virtfs "local,path=$exchange,mount_tag=exchange,security_model=none,id=exchange" &
machine=$!
trap 'kill "$machine" 2>/dev/null || true' EXIT

photograph() { # the display as the machine shows it, next to what the mirror says it drew
  python3 - "$out/qmp.sock" "$exchange/shown.png" <<'P'
import json, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
talk = line.makefile("rw")
talk.readline()
for command, arguments in (("qmp_capabilities", {}), ("screendump", {"filename": sys.argv[2], "format": "png"})):
    talk.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    talk.flush()
    answer = json.loads(talk.readline())
    assert "return" in answer, answer
P
}

equal() { # whether two pictures are the same, pixel for pixel
  "${PYTHON:-python3}" - "$@" <<'P'
import sys
import cv2
drawn, shown = (cv2.imread(path) for path in sys.argv[1:])
sys.exit(0 if drawn is not None and drawn.shape == shown.shape and (drawn == shown).all() else 1)
P
}

while kill -0 "$machine" 2>/dev/null; do
  if [ -e "$exchange/shoot" ]; then
    sleep 2
    if photograph && equal "$exchange/drawn.png" "$exchange/shown.png"; then touch "$exchange/same"; fi
    rm -f "$exchange/shoot"
  fi
  sleep 1
done
wait "$machine" || true

cat "$exchange/out.log"
[ -e "$exchange/done" ] || cannot "the machine ended before its check was through (see $out/serial.log)"
if grep -q '^FAILED' "$exchange/out.log"; then exit 1; fi
