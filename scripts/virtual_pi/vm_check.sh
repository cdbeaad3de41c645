#!/bin/bash
# Runs inside the virtual Pi and says, a line each, what held: "ok: ..." or "FAILED: ...". Then switches off.
# vm_run.sh reads the lines. The Pi's GPIO chip is the kernel's gpio-sim, its display a virtio GPU on KMS.
exchange=/mnt/virtual-pi
unit=squat-mirror.service

said() { # said WORDS COMMAND...: whether the command holds
  local words=$1
  shift
  if "$@" >/tmp/said 2>&1; then echo "ok: $words"; else echo "FAILED: $words ($(tail -n1 /tmp/said))"; fi
}

since_boot() { cut -d. -f1 /proc/uptime; }
asks() { systemctl show --property "$1" --value "$unit"; }

within() { # within SECONDS COMMAND...: until it holds
  local until=$(($(since_boot) + $1))
  shift
  until "$@"; do
    [ "$(since_boot)" -lt "$until" ] || return 1
    sleep 2
  done
}

is_active() { [ "$(asks ActiveState)" = active ]; }
restarted() { [ "$(asks NRestarts)" -gt "$1" ] && is_active; }
says() { journalctl --boot --unit "$unit" --no-pager --output cat | grep --quiet --ignore-case -- "$1"; }

journal() { journalctl --boot --unit "$unit" --no-pager --output short-monotonic | cut -c1-180; }

make_pins() { # the Pi's GPIO lines, by the kernel; and a Pi's revision for gpiozero
  mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
  local sim=/sys/kernel/config/gpio-sim/pi
  mkdir -p $sim/bank0
  echo 54 >$sim/bank0/num_lines
  echo pinctrl-bcm2711 >$sim/bank0/label
  echo 1 >$sim/live
  udevadm settle
  { cat /proc/cpuinfo; printf 'Revision\t: c03114\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n'; } >/run/cpuinfo
  chmod 644 /run/cpuinfo
  mount --bind /run/cpuinfo /proc/cpuinfo
}

level() { cat /sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio"$1"/value; }

watch_pins() { # "time level level level" whenever one changes, until the journal says what is waited for
  local old="" now
  while [ ! -e /run/enough ]; do
    now="$(level 5) $(level 6) $(level 13)"
    [ "$now" = "$old" ] || echo "$(cut -d' ' -f1 /proc/uptime) $now"
    old=$now
    sleep 0.05
  done >/run/pins.log
}

verdicts_reach_the_lamp() {
  # each lamp alone at some time: good, caution and off track, in the set that shows all three
  for lamp in "1 0 0" "0 1 0" "0 0 1"; do
    grep --quiet " $lamp\$" /run/pins.log || { echo "the lamp never showed $lamp"; return 1; }
  done
}

no_pin_is_high() { [ "$(level 5)$(level 6)$(level 13)" = 000 ]; }

end_with() { # a signal to the mirror, and to nobody where it does not run
  local pid
  pid=$(asks MainPID)
  if [ "$pid" -gt 0 ]; then kill "-$1" "$pid"; fi
}

exposure() { # systemd's own measure of how much the unit may do
  local found
  found=$(systemd-analyze security "$unit" --no-pager | awk '/Overall exposure/ {print $(NF-2)}')
  echo "exposure $found"
  awk -v found="$found" 'BEGIN {exit !(found <= 2.0)}'
}

as_unit() { # a command with the shipped unit's user and fences
  local fences
  fences=$(systemctl cat "$unit" | grep -E '^(User|Group|SupplementaryGroups|Protect|Private|Restrict|Lock|Memory|NoNew|Capability|System|Device|Umask)' |
    sed 's/^/--property=/')
  # shellcheck disable=SC2086
  mapfile -t fences <<<"$fences"
  systemd-run --quiet --wait --pipe "${fences[@]}" "$@"
}

fenced() { ! as_unit /bin/sh -c "$1"; }

picture_is_drawn() { # the screen room draws on KMS, the outside photographs the display, both must be equal
  rm -f $exchange/drawn.ppm $exchange/shoot
  as_unit --property=Environment=SDL_VIDEODRIVER=kmsdrm --property=ReadWritePaths=$exchange \
    --property=TTYPath=/dev/tty1 /opt/squat-mirror/current/bin/python /opt/virtual-pi/vm_screen.py $exchange
}

main() {
  echo "kernel $(uname -r), $(systemctl --version | head -n1), up $(since_boot) s"
  systemctl stop "$unit"
  make_pins
  said "GPIO lines are there" test -e /sys/devices/platform/gpio-sim.0
  watch_pins &
  systemctl reset-failed "$unit"
  systemctl start --no-block "$unit"
  said "the unit says READY" within 1500 is_active
  journal | tail -n 20
  echo "READY $(since_boot) s after boot; status: $(asks StatusText)"
  said "it draws on SDL's kmsdrm" within 120 says kmsdrm
  said "the lamp is on GPIO" within 120 says "lamp: the lamp on pins"
  said "GPIO lines follow the verdicts" within 900 verdicts_reach_the_lamp
  touch /run/enough

  local restarts
  restarts=$(asks NRestarts)
  end_with STOP
  said "a mirror that hangs is restarted by the watchdog" within 1500 restarted "$restarts"
  restarts=$(asks NRestarts)
  end_with KILL
  said "a mirror that is killed is restarted" within 1500 restarted "$restarts"
  said "SIGTERM ends it in order" systemctl stop "$unit"
  said "it ended well" test "$(asks Result)" = success
  said "no lamp is on when it has ended" no_pin_is_high

  said "systemd's exposure is at most 2.0" exposure
  cat /tmp/said
  said "behind its fences a command runs" as_unit /bin/true
  said "it cannot write outside its folders" fenced "echo x > /etc/x || echo x > /opt/x || echo x > /home/x"
  said "it cannot open memory or disks" fenced "head -c1 /dev/mem || head -c1 /dev/vda"
  said "it has no network" fenced "exec 3<>/dev/tcp/127.0.0.1/9 2>&1 | grep -v refused"
  said "the display shows what was drawn" picture_is_drawn
  said "the display is as photographed" within 60 test -e $exchange/same
  journal | tail -n 60
}

mkdir -p $exchange
mountpoint -q $exchange || mount -t 9p -o trans=virtio exchange $exchange
chmod 777 $exchange # the picture is drawn as the mirror's own user
main >>$exchange/out.log 2>&1
echo "done" >$exchange/done
sync
systemctl poweroff --force --force
