#!/bin/sh
# The installed mirror's command, for whoever looks after it: the same program, settings and kept sets as the
# service's, in whatever folder somebody stands. Installed as /usr/local/bin/squat-mirror.
export STATE_DIRECTORY="${STATE_DIRECTORY:-/var/lib/squat-mirror}"
config=/etc/squat-mirror/mirror.toml
[ -e "$config" ] || config=/dev/null
export SQUAT_MIRROR_CONFIG="${SQUAT_MIRROR_CONFIG:-$config}"
exec /opt/squat-mirror/current/bin/python -I -m mirror "$@"
