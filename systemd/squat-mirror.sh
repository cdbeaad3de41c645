#!/bin/sh
# The installed mirror's command, for whoever looks after it: the same program and the same kept sets as the
# service's. Installed as /usr/local/bin/squat-mirror.
STATE_DIRECTORY=${STATE_DIRECTORY:-/var/lib/squat-mirror} exec /opt/squat-mirror/current/bin/squat-mirror "$@"
