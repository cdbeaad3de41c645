#!/usr/bin/env bash
# Tries scripts/install.sh for real, as root, in a fresh Debian: packages, program, user, service; again; a failed
# upgrade; settings that a new version refuses; an upgrade; and away. Needs mmdebstrap and a network.
# Debian has no Picamera2, so it is installed --without-camera.
set -euo pipefail
suite=${1:?usage: install_in_root.sh bookworm|trixie FOLDER} folder=${2:?}
here=$(cd "$(dirname "$0")/../.." && pwd)
system=$folder/$suite
# shellcheck disable=SC2016  # apt's variable
archive=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n 1p)

if [ ! -d "$system/etc" ]; then
    mmdebstrap --variant=apt --aptopt='APT::Install-Recommends "false"' --include=python3,ca-certificates,systemd,passwd \
        "$suite" "$system" "deb $archive $suite main"
fi
cp -L /etc/resolv.conf /etc/hosts "$system/etc/"
cp -L /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/"
rm -rf "$system/root/source"
mkdir -p "$system/root/source"
git -C "$here" ls-files --cached --others --exclude-standard -z |
    tar -C "$here" --null --files-from=- --ignore-failed-read -cf - 2>/dev/null | tar -C "$system/root/source" -xf -

cat >"$system/root/try.sh" <<'END'
set -euo pipefail
cd /root/source
install() { scripts/install.sh --without-camera "$@"; }
state_of() {
    find /opt/squat-mirror /etc /usr/local/bin /usr/share/doc/squat-mirror -not -path '*/__pycache__*' \
        -printf '%p %l %m %s\n' | sort | sha256sum
}
right() { echo "ok: $1"; }
wrong() {
    echo "WRONG: $1"
    exit 1
}
running() { readlink /opt/squat-mirror/current; }

if scripts/install.sh --dry-run >/tmp/empty 2>&1; then wrong "a dry run that knows no packages"; fi
tail -n 1 /tmp/empty
apt-get update -qq
if scripts/install.sh >/tmp/empty 2>&1; then wrong "Debian has Picamera2 now: try it with a camera"; fi
tail -n 1 /tmp/empty
install --dry-run >/tmp/dry
install >/tmp/real 2>&1 || { tail /tmp/real; wrong "it does not install"; }
diff <(grep '^+' /tmp/dry) <(grep '^+' /tmp/real) && right "the dry run printed what was done" || wrong "the dry run"
squat-mirror doctor --only python,libraries,permissions,settings,model,runtime && right "the doctor is content"
id squat-mirror | grep -q gpio && [ "$(systemctl is-enabled squat-mirror)" = enabled ] && right "user and service"

before=$(state_of)
install >/tmp/again 2>&1
[ "$(state_of)" = "$before" ] && right "installing again changes nothing" || wrong "again"

sed -i 's/^#language = "en"/language = "zh"/' /etc/squat-mirror/mirror.toml
install --dry-run >/tmp/dry
grep -q '^+.*apt-get install .*fonts-noto-cjk' /tmp/dry && right "settings that ask for Chinese get its letters" ||
    wrong "no Chinese letters"
sed -i 's/^language = "zh"/#language = "en"/' /etc/squat-mirror/mirror.toml

sed -i 's/^#fps = 30/fps = 25/' /etc/squat-mirror/mirror.toml
mkdir -p /var/lib/squat-mirror
touch /var/lib/squat-mirror/sets.sqlite
old=$(running)
cp -a scripts/locked.txt /tmp/locked.txt
sed -i 's/^typer==[^ ]*/typer==99/' scripts/locked.txt
if install >/tmp/failed 2>&1; then wrong "a program that cannot be installed"; fi
tail -n 1 /tmp/failed
[ "$(running)" = "$old" ] && squat-mirror --version && [ "$(ls /opt/squat-mirror/versions)" = "$(basename "$old")" ] &&
    right "a failed upgrade leaves the old version running" || wrong "after a failed upgrade"
cp -a /tmp/locked.txt scripts/locked.txt

echo "# a change" >>mirror/faults.py
cp -a /etc/squat-mirror/mirror.toml /tmp/mirror.toml
printf '[camera]\nfpss = 3\n' >/etc/squat-mirror/mirror.toml
if install >/tmp/failed 2>&1; then wrong "settings that the new version refuses"; fi
tail -n 2 /tmp/failed
[ "$(running)" = "$old" ] && right "settings that the new version refuses stop the upgrade" || wrong "refused settings"
cp -a /tmp/mirror.toml /etc/squat-mirror/mirror.toml

install >/tmp/upgrade 2>&1 || { tail /tmp/upgrade; wrong "the upgrade"; }
[ "$(running)" != "$old" ] && [ -d "$old" ] && grep -q '^fps = 25' /etc/squat-mirror/mirror.toml &&
    [ -e /var/lib/squat-mirror/sets.sqlite ] && right "an upgrade keeps settings, sets and the version before" ||
    wrong "after the upgrade"

scripts/install.sh --uninstall --dry-run | grep '^+' >/tmp/dry
scripts/install.sh --uninstall | grep '^+' >/tmp/real
diff /tmp/dry /tmp/real && right "removing: the dry run printed what was done"
ls -d /etc/squat-mirror/mirror.toml /var/lib/squat-mirror/sets.sqlite
scripts/install.sh --uninstall --purge
if find / -xdev -name '*squat-mirror*' -not -path '/root/*' -not -path '/tmp/*' | grep .; then wrong "left behind"; fi
if id squat-mirror 2>/dev/null; then wrong "the user is left"; fi
right "nothing is left behind"
END
# shellcheck disable=SC2016  # the inner shell's variables
exec unshare -m bash -c 'mount --bind /proc "$0/proc" && mount --rbind /dev "$0/dev" && exec env -i \
    PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root LANG=C.UTF-8 PIP_DEFAULT_TIMEOUT=180 \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
    chroot "$0" bash /root/try.sh' "$system"
