#!/bin/sh
# What follows when the mirror has ended for good; systemd tells how in $MONITOR_EXIT_STATUS. Its output is the
# display behind the glass. Installed as /usr/local/libexec/squat-mirror-ended.
case ${MONITOR_EXIT_STATUS-} in
75) # a camera or a display stays away; at most once an hour, mirror/service/starts.py sees to that
    exec systemctl reboot
    ;;
2) # something has to be set right by a person, who else would see a black glass
    journalctl --sync >/dev/null
    why=$(journalctl --quiet --no-pager --output=cat "_SYSTEMD_INVOCATION_ID=$MONITOR_INVOCATION_ID" |
        sed -n 's/^squat-mirror: //p' | tail -n 1)
    printf '\033[2J\033[H\n\n  The mirror has stopped, and starting it again cannot help:\n\n'
    printf '%s\n' "${why:-sudo journalctl -u squat-mirror says why.}" | fold -s -w 72 | sed 's/^/    /'
    printf '\n  At a keyboard:\n\n    sudo squat-mirror doctor               what to do\n'
    printf '    sudo systemctl restart squat-mirror    when it is done\n\n'
    ;;
esac
