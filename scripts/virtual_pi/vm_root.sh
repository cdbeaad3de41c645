#!/usr/bin/env bash
# shellcheck disable=SC2016 # what stands in single quotes is for the shell inside the tree
# Builds the disk of the virtual Pi for vm_run.sh: Debian trixie with a backports kernel (its gpio-sim gives
# GPIO lines without a Pi), and Squat Mirror installed in it by the shipped scripts/install.sh.
#
#   vm_root.sh [OUT]     OUT: ${XDG_CACHE_HOME:-~/.cache}/squat-mirror/virtual-pi unless given
#
# About 2 GB and ten minutes; the system part is kept and only the install is done again when it is there.
# The Debian mirror is the one this system's own apt uses. Exit 0: there; 3: it cannot be built here, and why.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/squat-mirror/virtual-pi}
base=$out/base root=$out/root image=$out/disk.img

tree_name="virtual Pi"
# shellcheck source=scripts/virtual_pi/debian.sh
. "$here/debian.sh"

need_root "chroot and bind mounts"
need_namespaces
need mmdebstrap
need mke2fs e2fsprogs
need rsync
need git
find_debian

system() { # the system alone, as a Pi has it before anybody installs a mirror
  local new packages
  packages=(
    systemd-sysv udev dbus kmod initramfs-tools zstd linux-image-amd64/trixie-backports
    python3 python3-venv python3-pip ca-certificates procps gpiod sudo
    libgl1-mesa-dri libgbm1 libegl1 libgles2
    python3-pygame python3-numpy python3-gpiozero
    swig gcc libc6-dev python3-dev # for lgpio
  )
  new=$(mktemp -d "$out/base.new.XXXXXX")
  chmod 755 "$new"
  echo "virtual Pi: building the system in $base (some minutes)"
  debian_tree trixie "$new" "trixie main" "trixie-backports main" -- \
    --variant=apt --include="$(joined "${packages[@]}")" ||
    cannot "Debian trixie with backports could not be fetched from apt's mirror"
  online "$new"
  package_lgpio "$new"
  mv "$new" "$base"
}

package_lgpio() { # Raspberry Pi OS has a package python3-lgpio and Debian none: it is made from the index's sources
  in_root "$1" bash -euc '
    folder=$(mktemp -d)
    PYPI=1 pip install --use-pep517 --quiet --disable-pip-version-check --root-user-action=ignore \
      --target "$folder/usr/lib/python3/dist-packages" lgpio
    mkdir "$folder/DEBIAN"
    printf "%s\n" "Package: python3-lgpio" "Version: 0.2" "Architecture: amd64" "Maintainer: nobody" \
      "Description: lgpio for the virtual Pi" >"$folder/DEBIAN/control"
    dpkg-deb --build "$folder" /tmp/lgpio.deb >/dev/null
    dpkg --install /tmp/lgpio.deb >/dev/null
    rm -rf "$folder" /tmp/lgpio.deb
    python3 -c "import lgpio"' || cannot "lgpio could not be built from the Python package index"
}

in_root() { # in_root TREE COMMAND...
  unshare -m --propagation private bash -euo pipefail -c '
    root=$1; shift
    mount --bind /proc "$root/proc"; mount --rbind /dev "$root/dev"; mount -t tmpfs none "$root/run"
    exec env HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
      chroot "$root" "$@"' bash "$@"
}

install_mirror() {
  echo "virtual Pi: installing Squat Mirror with scripts/install.sh"
  git clone --quiet --depth 1 "file://$project" "$root/root/squat-mirror"
  in_root "$root" /root/squat-mirror/scripts/install.sh --without-camera
  # Debian's gpiozero is made for another lgpio than the index has: both from the index fit together
  in_root "$root" /opt/squat-mirror/current/bin/pip install --quiet --disable-pip-version-check --upgrade \
    --ignore-installed --no-deps "gpiozero>=2,<3"
  in_root "$root" /opt/squat-mirror/current/bin/squat-mirror analyze /root/squat-mirror/mirror/demo/demo.mp4 \
    --keypoints /opt/virtual-pi/once.npz
  in_root "$root" /opt/squat-mirror/current/bin/python /opt/virtual-pi/vm_set.py /opt/virtual-pi
}

add_check() { # what vm_run.sh needs inside: modules for its devices, and a unit that runs the check
  printf '%s\n' 9p 9pnet_virtio virtio_gpu virtio_blk gpio-sim i6300esb >"$root/etc/modules-load.d/virtual-pi.conf"
  install -D -m 755 "$here/vm_check.sh" "$root/opt/virtual-pi/vm_check.sh"
  install -m 644 "$here/vm_screen.py" "$here/vm_set.py" "$root/opt/virtual-pi/"
  install -m 644 "$here/vm_check.service" "$root/etc/systemd/system/"
  install -D -m 644 "$here/vm_pi.conf" "$root/etc/systemd/system/squat-mirror.service.d/virtual-pi.conf"
  ln -sf ../vm_check.service "$root/etc/systemd/system/multi-user.target.wants/vm_check.service"
  echo "/dev/vda / ext4 defaults 0 1" >"$root/etc/fstab"
  echo virtual-pi >"$root/etc/hostname"
}

mkdir -p "$out"
[ -d "$base" ] || system
rm -rf --one-file-system "$root" "$image"
rsync -a "$base/" "$root/"
add_check
install_mirror
echo "virtual Pi: making the disk"
mke2fs -q -t ext4 -L root -O ^has_journal -d "$root" "$image" 6G
echo "virtual Pi: ready in $out ($(du -sh "$image" | cut -f1))"
