#!/usr/bin/env bash
# What systemd makes of the mirror's exit codes: the shipped units under a real systemd, first process of a namespace
# of its own, in five minutes of real time. No VM: fences, console and user are left away (vm_check.sh has them).
#
#   sudo restart_check.sh [PYTHON]      PYTHON: of an environment with the mirror in it
#
# Exit 0: everything held; 1: something did not; 3: it cannot run here, and why.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
python=${1:-$here/.venv-test/bin/python}
systemd=/lib/systemd/systemd
[ -x $systemd ] && [ "$(id -u)" = 0 ] || { echo "this needs systemd and root"; exit 3; }
[ -x "$python" ] || { echo "$python is missing: run scripts/test once"; exit 3; }

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
mkdir -p "$room"/{units,etc,bin,odd/picamera2}
echo "raise SystemExit(1)" >"$room/odd/picamera2/__init__.py"

# -- a computer with the shipped units, their fences and their console left away ---------------------------

fences='^(User|Group|SupplementaryGroups|TTY|Standard(Input|Output|Error)|Protect|Private|Restrict[ANRS]|Lock|Key'
fences+='|NoNew|Capability|Ambient|System|Device|IP|Memory|OOM|Tasks|Limit|Nice|WorkingDirectory)'
for unit in squat-mirror squat-mirror-ended; do
    grep -Ev "$fences" "$here/systemd/$unit.service" >"$room/units/$unit.service"
    mkdir "$room/units/$unit.service.d"
done
cat >"$room/units/squat-mirror.service.d/here.conf" <<END
[Unit]
DefaultDependencies=no
[Service]
ExecStart=
ExecStart=$room/bin/mirror
StandardOutput=append:$room/said
StandardError=append:$room/said
END
cat >"$room/units/squat-mirror-ended.service.d/here.conf" <<END
[Unit]
DefaultDependencies=no
[Service]
Environment=PATH=$room/bin:/usr/bin:/bin
ExecStart=
ExecStart=/bin/sh $here/systemd/squat-mirror-ended.sh
StandardOutput=append:$room/display
END
printf '[Unit]\nDefaultDependencies=no\nWants=squat-mirror.service\n' >"$room/units/all.target"
printf '#!/bin/sh\necho "%s" >>%s/asked\n' "\$@" "$room" >"$room/bin/systemctl"
printf '#!/bin/sh\n[ "%s" = --sync ] || cat %s/said\n' "\$1" "$room" >"$room/bin/journalctl"

mirror() { # mirror COMMAND...: what a start of the mirror does here
    printf '#!/bin/bash\ncut -d. -f1 /proc/uptime >>%s/starts\nexport SDL_VIDEODRIVER=dummy PYTHONPATH=%s\n%s\n' \
        "$room" "$here" "$*" >"$room/bin/mirror"
    chmod +x "$room"/bin/*
    rm -f "$room"/{starts,said,display,asked}
}

boots_for() { # boots_for SECONDS: systemd as first process, and then it is switched off
    { timeout --kill-after=1 "$1" unshare --pid --fork --kill-child --mount --uts --ipc --mount-proc sh -c "
        mount -t tmpfs none /run && mkdir -p /run/systemd/system && mount --bind $room/etc /etc/systemd
        export container=restarts SYSTEMD_UNIT_PATH=$room/units
        exec $systemd --system --unit=all.target --show-status=no --log-target=null" || true; } >/dev/null 2>&1
}

failed=''
holds() { # holds WORDS COMMAND...
    local words=$1
    shift
    if "$@"; then echo "ok: $words"; else echo "FAILED: $words"; failed=yes; fi
}
starts() { wc -l <"$room/starts"; }
is_between() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; }

# -- what holds --------------------------------------------------------------------------------------------

$systemd --version | head -n 1

mirror "exec $python -m mirror run --camera webcam --screen none --lights none --config $room/odd.toml"
echo '[store' >"$room/odd.toml"
boots_for 40
holds "a lasting mistake is started once" test "$(starts)" = 1
holds "the display says what is wrong" grep -q "odd.toml" "$room/display"
holds "and the computer is left alone" test ! -e "$room/asked"

mirror "exit 75"
boots_for 30
holds "hardware that stays away: the computer starts anew, once" test "$(cat "$room/asked" 2>/dev/null)" = reboot
holds "after one start" test "$(starts)" = 1

mirror "export PYTHONPATH=$room/odd:$here; exec $python -m mirror run --camera picamera --screen none --lights none"
echo "class Picamera2:
    def wait(self, job, timeout=None): ...
    def cancel_all_and_flush(self): ...
    @staticmethod
    def global_camera_info(): raise KeyError('odd')" >"$room/odd/picamera2/__init__.py"
boots_for 240
faults=$(grep -c "^squat-mirror: .*KeyError" "$room/said" || true)
rests=$(grep -c "it rests for" "$room/said" || true)
echo "a fault of ours in 240 s: $faults faults, $rests rests, starts at $(tr '\n' ' ' <"$room/starts")s"
holds "a fault of ours rests between its starts" is_between "$rests" 2 5
holds "three at once, and then one a minute" is_between "$faults" 5 7
holds "and the computer is left alone" test ! -e "$room/asked"
holds "and the display is the mirror's" test ! -e "$room/display"

[ -z "$failed" ]
