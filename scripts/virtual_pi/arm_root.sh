#!/bin/bash
# Builds a 64-bit ARM tree, as on a Raspberry Pi, with Debian's Python and the mirror's own wheels in it,
# for arm_check.sh.
#
#   arm_root.sh [SUITE] [OUT]   SUITE: bookworm (Python 3.11, unless given) or trixie (Python 3.13)
#                               OUT: ${XDG_CACHE_HOME:-~/.cache}/squat-mirror/arm-root-SUITE unless given
#
# Nothing of it is run while it is built: Debian's packages are only unpacked and the wheels fetched for ARM,
# which also shows that every package the mirror needs has one. About 0.6 GB and a minute, once. The Debian
# mirror is the one this system's own apt uses, the package index pip's own.
# Exit 0: the tree is there; 1: a package has no wheel for ARM; 3: it cannot be built here, and why.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
suite=${1:-bookworm}
out=${2:-${XDG_CACHE_HOME:-$HOME/.cache}/squat-mirror/arm-root-$suite}
tree_name="arm root"
# shellcheck source=scripts/virtual_pi/debian.sh
. "$here/debian.sh"

case $suite in
  bookworm) version=3.11 ;;
  trixie) version=3.13 ;;
  *) cannot "$suite is no suite that Raspberry Pi OS is made of (bookworm or trixie)" ;;
esac

# Whatever the tree is made from: when one of these changes, the tree is built again.
recipe=$(recipe_of "$here/arm_root.sh" "$here/arm_wheels.py" "$project/pyproject.toml")
if built_from "$out" "$recipe"; then exit 0; fi

need_root "file owners, chroot"
need mmdebstrap
need qemu-aarch64-static qemu-user-static
find_debian
# The wheels are resolved by the target's own version of Python where it is here: pip reads other packages'
# conditions ("python_version < '3.13'") for the Python it runs on.
for python in "python$version" python3 ""; do
  [ -n "$python" ] || cannot "python3 or python3-venv is not installed"
  "$python" -c 'import ensurepip, venv' 2>/dev/null && break
done

mkdir -p "$(dirname "$out")"
new=$(mktemp -d "$out.new.XXXXXX")
pip=$(mktemp -d)
trap 'rm -rf --one-file-system "$new" "$pip"' EXIT
chmod 755 "$new"

echo "arm root: building $suite in $out (about a minute)"
# "extract" unpacks and runs nothing of the packages, so no emulation is needed for it.
debian_tree "$suite" "$new" "$suite main" -- \
  --variant=extract --arch=arm64 --skip=check/qemu --include=base-files,python3,libstdc++6,libgomp1 ||
  cannot "Debian $suite for arm64 could not be fetched from apt's mirror"
mkdir -p "$new/opt/mirror/wheels"

"$python" -m venv "$pip"
"$pip/bin/python" -m pip install --quiet packaging ||
  cannot "the Python package index could not be reached"
if ! "$pip/bin/python" "$here/arm_wheels.py" "$project/pyproject.toml" "$version" "$new/opt/mirror/wheels"; then
  echo "arm root: a package of the mirror has no wheel for ARM and Python $version (said above)" >&2
  exit 1
fi

cp "$(command -v qemu-aarch64-static)" "$new/opt/mirror/qemu-aarch64-static"
put_in_place "$new" "$out" "$recipe"
rm -rf "$pip"
trap - EXIT
