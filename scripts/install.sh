#!/usr/bin/env bash
# Makes a Raspberry Pi a mirror: packages, program, user, settings, units. Run again to upgrade or to mend.
# Every line it prints with a + is a command it runs; --dry-run prints the same lines and runs none.
set -euo pipefail

usage() {
    cat <<'END'
sudo scripts/install.sh [--dry-run] [--without-camera] [--with-mqtt | --without-mqtt] [--with-board] [--root DIR]
sudo scripts/install.sh --uninstall [--purge] [--dry-run]

  --dry-run         print what would be done, and do nothing
  --without-camera  no Pi camera: a USB webcam, on Raspberry Pi OS or Debian
  --with-mqtt       let the service reach an MQTT broker, which upgrades keep; else it has no network at all
  --without-mqtt    take that away again
  --with-board      also the coach's page for a class, off until you switch it on (docs/class.md)
  --root DIR        only put the files below DIR, for making an image: no packages, program, user or service
  --uninstall       remove everything but the settings and the kept sets
  --purge           remove those, and the user, too
END
}

say() { echo "Squat Mirror: $*"; }
stop() {
    say "$*" >&2
    exit 2
}

# -- doing and telling are one thing ---------------------------------------------------------------------

run() {
    printf '+'
    printf ' %q' "$@"
    printf '\n'
    [ -n "$dry" ] || "$@"
}

# put SOURCE TARGET MODE: a file of this checkout into the system, with the folders it needs
put() { run install -D -m "$3" "$here/$1" "$root$2"; }

remove() {
    local path
    for path in "$@"; do
        if [ -e "$root$path" ] || [ -L "$root$path" ]; then run rm -rf "$root$path"; fi
    done
}

# -- where things are ------------------------------------------------------------------------------------

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
opt=/opt/squat-mirror
config=/etc/squat-mirror/mirror.toml
state=/var/lib/squat-mirror
unit=/etc/systemd/system/squat-mirror.service
ended_unit=/etc/systemd/system/squat-mirror-ended.service
ended=/usr/local/libexec/squat-mirror-ended
network=$unit.d/20-mqtt.conf
board_unit=/etc/systemd/system/squat-mirror-board.service
board_key=/etc/squat-mirror/board.key
doc=/usr/share/doc/squat-mirror
command=/usr/local/bin/squat-mirror
was_graphical=/etc/squat-mirror/was-graphical
packages=(python3 python3-venv python3-numpy python3-pygame python3-gpiozero
    libgbm1 libegl1 libgles2 libgl1-mesa-dri udev)
camera_packages=(python3-picamera2 python3-libcamera)
chinese_package=fonts-noto-cjk # 60 MB, so only where the settings ask for Chinese
oldest_picamera2=0.3.20 # as mirror/camera/picamera.py has it
lamp_package=python3-lgpio # Debian bookworm lacks it; pip has it for that Python

dry='' root='' task=install purge='' mqtt='' board='' camera=yes target='' previous=''
while [ $# -gt 0 ]; do
    case $1 in
        --dry-run) dry=yes ;;
        --without-camera) camera='' ;;
        --with-mqtt) mqtt=yes ;;
        --without-mqtt) mqtt=no ;;
        --with-board) board=yes ;;
        --uninstall) task=uninstall ;;
        --purge) purge=yes ;;
        --root)
            root=${2-}
            [ -d "$root" ] || stop "--root needs a folder that is there."
            root=$(cd "$root" && pwd)
            shift
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) stop "$1 is no option of this script; --help lists them." ;;
    esac
    shift
done

[ -z "$purge" ] || [ "$task" = uninstall ] || stop "--purge goes with --uninstall; by itself it removes nothing."

# -- what it needs ---------------------------------------------------------------------------------------

told_by() { sed -n "s/^$2=\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$1" 2>/dev/null | head -n 1; }

check_system() {
    local release="$root/etc/os-release" architecture
    [ -r "$release" ] || release=/etc/os-release
    suite=$(told_by "$release" VERSION_CODENAME)
    case $suite in
        bookworm | trixie) ;;
        *) stop "this needs Raspberry Pi OS (or Debian) bookworm or trixie, not $(told_by "$release" PRETTY_NAME)." ;;
    esac
    architecture=$(dpkg --print-architecture 2>/dev/null || echo unknown)
    case $architecture in
        arm64 | amd64) ;;
        *) stop "this needs the 64-bit Raspberry Pi OS, not $architecture: write \"Raspberry Pi OS Lite (64-bit)\" to the card." ;;
    esac
    [ -n "$dry$root" ] || [ "$(id -u)" = 0 ] || stop "this changes the system: run it with sudo."
}

# The same sources give the same folder, so that running it again changes nothing.
version_of_sources() {
    local number digest
    number=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' "$here/mirror/__init__.py")
    digest=$(cd "$here" && find mirror models pyproject.toml scripts/locked.txt -type f ! -name '*.pyc' -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-8)
    echo "$number-$digest"
}

booted() { [ -z "$root" ] && [ -d /run/systemd/system ]; }

# -- install ---------------------------------------------------------------------------------------------

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
is_offered() { apt-cache show "$1" >/dev/null 2>&1; }

# A package that is there is left as it is, except a Picamera2 too old to be used: apt is asked for it once more.
picamera2_version() { dpkg-query -W -f '${Version}' python3-picamera2 2>/dev/null; }
picamera2_is_too_old() {
    is_installed python3-picamera2 && dpkg --compare-versions "$(picamera2_version)" lt "$oldest_picamera2"
}

speaks_chinese() { grep -Eqs "^[[:space:]]*(coach\.)?language[[:space:]]*=[[:space:]]*[\"']zh(_[A-Z]{2})?[\"']" "$root$config"; }

install_packages() {
    local package missing=()
    [ -z "$camera" ] || packages+=("${camera_packages[@]}")
    if speaks_chinese; then packages+=("$chinese_package"); fi
    for package in "${packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    if [ -n "$camera" ] && picamera2_is_too_old; then missing+=("${camera_packages[@]}"); fi
    if [ ${#missing[@]} -gt 0 ]; then run apt-get update; fi
    if [ -n "$dry" ] && ! is_offered python3-numpy; then
        stop "the package lists are empty: after sudo apt-get update a dry run can tell what would be done."
    fi
    if ! is_installed $lamp_package && is_offered $lamp_package; then missing+=("$lamp_package"); fi
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ -n "$camera" ] && ! is_offered python3-picamera2; then
        stop "there is no package python3-picamera2 here, so this is not Raspberry Pi OS; for a USB webcam add --without-camera."
    fi
    run env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
    if [ -z "$dry" ] && [ -n "$camera" ] && picamera2_is_too_old; then
        stop "Picamera2 $(picamera2_version) is too old, $oldest_picamera2 or newer is needed: sudo apt update && sudo apt full-upgrade, then this again (for a USB webcam add --without-camera)."
    fi
}

# The program in a folder of its own, tried before anything points to it.
install_program() {
    if [ -e "$1/complete" ]; then
        say "this very version is installed already"
        return 0
    fi
    run rm -rf "$1"
    run mkdir -p "$opt/versions"
    run python3 -m venv --system-site-packages "$1"
    run "$here/scripts/install_program.sh" "$1/bin/python" "$here" "$extras"
    run "$1/bin/squat-mirror" doctor --only python,libraries,model,feet,runtime --config /dev/null
    if [ -e "$config" ]; then run "$1/bin/squat-mirror" config check --config "$config"; fi
    run touch "$1/complete"
}

# What was once asked for stays until somebody says otherwise. A program with other extras is another version.
decide_on_extras() {
    if [ -z "$mqtt" ] && [ -e "$root$network" ]; then mqtt=yes; fi
    if [ "$mqtt" = no ]; then mqtt=''; fi
    if [ -e "$root$board_unit" ]; then board=yes; fi
    extras=pi,metrics${mqtt:+,mqtt}${board:+,board}
    kind=${mqtt:+-mqtt}${board:+-board}
}

install_files() {
    local name
    [ -e "$root$config" ] || put systemd/mirror.toml "$config" 644
    put systemd/mirror.toml "$doc/mirror.toml" 644
    for name in LICENSE NOTICE docs/install.md docs/reliability.md docs/class.md; do
        put "$name" "$doc/$(basename "$name")" 644
    done
    put systemd/squat-mirror.sh "$command" 755
    put systemd/60-squat-mirror.rules /etc/udev/rules.d/60-squat-mirror.rules 644
    put systemd/watchdog.conf /etc/systemd/system.conf.d/squat-mirror.conf 644
    put systemd/journald.conf /etc/systemd/journald.conf.d/squat-mirror.conf 644
    put systemd/sysusers.conf /etc/sysusers.d/squat-mirror.conf 644
    put systemd/squat-mirror-ended.sh "$ended" 755
    put systemd/squat-mirror-ended.service "$ended_unit" 644
    put systemd/squat-mirror.service "$unit" 644
    [ "$suite" = bookworm ] || put systemd/backoff.conf "$unit.d/10-backoff.conf" 644
    if [ -n "$mqtt" ]; then put systemd/mqtt.conf "$network" 644; else remove "$network"; fi
    [ -z "$board" ] || install_board
}

# The page's key is made here, once, and shown to root only; the unit is put and not switched on.
install_board() {
    put systemd/squat-mirror-board.service "$board_unit" 644
    if [ ! -e "$root$board_key" ]; then
        run install -D -m 600 /dev/stdin "$root$board_key" <<<"$(od -An -tx1 -N16 /dev/urandom | tr -d ' ')"
    fi
    say "the coach's page is there; docs/class.md tells how to switch it on"
}

# switch_to FOLDER: in one step, so that there is always a whole program
switch_to() {
    run ln -sfn "$1" "$opt/current.new"
    run mv -T "$opt/current.new" "$opt/current"
}

start_service() {
    if ! booted; then
        run systemctl enable squat-mirror.service
        say "systemd does not run here: the mirror starts with the next boot"
        return 0
    fi
    run systemctl daemon-reload
    run systemctl restart systemd-journald.service
    run udevadm control --reload
    run udevadm trigger --subsystem-match=gpio --subsystem-match=dma_heap --subsystem-match=drm --action=change
    if [ "$(systemctl get-default)" = graphical.target ]; then
        run touch "$was_graphical"
        run systemctl set-default multi-user.target
        say "the desktop no longer starts: the mirror draws straight on the display (--uninstall undoes that)"
        if systemctl is-active --quiet display-manager.service; then run systemctl stop display-manager.service; fi
    fi
    run systemctl enable squat-mirror.service
    run systemctl reset-failed squat-mirror.service
    run systemctl restart squat-mirror.service
    if [ -e "$board_unit" ]; then run systemctl try-restart squat-mirror-board.service; fi
}

# Only the version before this one is kept: somebody may want it back.
remove_old_versions() {
    local folder
    for folder in "$opt"/versions/*/; do
        folder=${folder%/}
        case $folder in "$1" | "$2" | "$opt/versions/*") ;; *) run rm -rf "$folder" ;; esac
    done
}

install_all() {
    decide_on_extras
    if [ -n "$root" ]; then
        install_files
        say "the files are in $root; packages, program and user are not"
        if speaks_chinese; then say "its settings ask for Chinese: the image needs the package $chinese_package, too"; fi
        return 0
    fi
    target=$opt/versions/$(version_of_sources)$kind
    [ ! -L "$opt/current" ] || previous=$(readlink -f "$opt/current")
    install_packages
    trap failed EXIT
    install_program "$target"
    install_files
    run systemd-sysusers /etc/sysusers.d/squat-mirror.conf
    switch_to "$target"
    start_service
    trap - EXIT
    remove_old_versions "$target" "$previous"
    if [ -n "$dry" ]; then
        say "nothing was done: this was --dry-run"
    else
        say "installed as $target; sudo squat-mirror doctor looks at everything"
    fi
}

# Whatever went wrong, what ran before runs on.
failed() {
    local code=$?
    trap - EXIT
    set +e
    if [ -n "$previous" ] && [ "$(readlink -f "$opt/current")" != "$previous" ]; then
        switch_to "$previous"
        if booted; then run systemctl restart squat-mirror.service; fi
        if booted && [ -e "$board_unit" ]; then run systemctl try-restart squat-mirror-board.service; fi
    fi
    if [ ! -e "$target/complete" ]; then run rm -rf "$target"; fi
    if [ -n "$previous" ]; then
        say "this did not work (see above); $(basename "$previous") goes on running" >&2
    else
        say "this did not work (see above); nothing was switched on" >&2
    fi
    exit "$((code ? code : 1))"
}

# -- uninstall -------------------------------------------------------------------------------------------

uninstall_all() {
    if booted && [ -e "$unit" ]; then run systemctl disable --now squat-mirror.service; fi
    if [ -z "$root" ] && ! booted && [ -e "$unit" ]; then run systemctl disable squat-mirror.service; fi
    if booted && [ -e "$board_unit" ]; then run systemctl disable --now squat-mirror-board.service; fi
    if [ -z "$root" ] && ! booted && [ -e "$board_unit" ]; then run systemctl disable squat-mirror-board.service; fi
    if booted && [ -e "$was_graphical" ]; then run systemctl set-default graphical.target; fi
    remove "$unit" "$unit.d" "$ended_unit" "$ended" "$board_unit"
    remove /etc/udev/rules.d/60-squat-mirror.rules /etc/systemd/system.conf.d/squat-mirror.conf \
        /etc/systemd/journald.conf.d/squat-mirror.conf /etc/sysusers.d/squat-mirror.conf "$was_graphical" \
        "$command" "$doc" "$opt"
    if booted; then run systemctl daemon-reload; fi
    if [ -z "$purge" ]; then
        say "removed; the settings stay in /etc/squat-mirror and the kept sets in $state (--purge removes them)"
        return 0
    fi
    remove /etc/squat-mirror "$state"
    if [ -z "$root" ] && id squat-mirror >/dev/null 2>&1; then run userdel squat-mirror; fi
    say "removed, with settings and kept sets"
}

check_system
"${task}_all"
