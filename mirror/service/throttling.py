"""What a Raspberry Pi's firmware tells of heat and supply: all eight throttle bits and the temperature, and
when to ask less of the processor before the firmware takes it. Knows no model and no screen.
"""

from __future__ import annotations

import enum
import logging
import shutil
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mirror.service.containment import Report, logged

log = logging.getLogger(__name__)

SYS = Path("/sys")

# raspberrypi.com/documentation, "vcgencmd get_throttled": the low bits are now, the high ones since power-on.
THROTTLE_BITS = {
    0: "the supply voltage is too low",
    1: "the processor's frequency is capped",
    2: "the processor is throttled",
    3: "the soft temperature limit is active",
    16: "the supply voltage was too low",
    17: "the processor's frequency was capped",
    18: "the processor was throttled",
    19: "the soft temperature limit was reached",
}
NOW = 0xF
UNDER_VOLTAGE = 1 << 0 | 1 << 16
SLOWED_NOW = 1 << 1 | 1 << 2 | 1 << 3
"""The firmware already takes speed away: capped, throttled or at the soft limit, whatever the sensor says."""

ASK_EVERY_S = 5.0
"""Seconds between two readings: a processor heats up over minutes, and asking may start a program."""


def temperature_c(sys_folder: Path = SYS) -> float | None:
    """The processor's temperature in degrees Celsius; None where there is no sensor."""
    for zone in sorted(sys_folder.glob("class/thermal/thermal_zone*")):
        try:
            if (zone / "type").read_text().strip() == "cpu-thermal":
                return int((zone / "temp").read_text()) / 1000
        except (OSError, ValueError):
            continue
    return None


def throttled(sys_folder: Path = SYS, vcgencmd: str = "vcgencmd") -> int | None:
    """The firmware's throttle bits, from /sys or from vcgencmd; None where neither tells them.

    Where only the kernel's voltage alarm is there, it gives the one bit it knows: under-voltage now.
    """
    for file in sys_folder.glob("devices/platform/soc*/soc*:firmware/get_throttled"):
        try:
            return int(file.read_text(), 16)
        except (OSError, ValueError):
            continue
    asked = _asked(vcgencmd)
    return _voltage_alarm(sys_folder) if asked is None else asked


def _asked(vcgencmd: str) -> int | None:
    program = shutil.which(vcgencmd)
    if program is None:
        return None
    try:
        answer = subprocess.run(
            [program, "get_throttled"], capture_output=True, text=True, timeout=5, check=True
        )
        return int(answer.stdout.strip().removeprefix("throttled="), 16)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _voltage_alarm(sys_folder: Path) -> int | None:
    """Bit 0 as the kernel's raspberrypi-hwmon driver tells it; None without that driver."""
    for sensor in sorted(sys_folder.glob("class/hwmon/hwmon*")):
        try:
            if (sensor / "name").read_text().strip() == "rpi_volt":
                return int((sensor / "in0_lcrit_alarm").read_text()) & 1
        except (OSError, ValueError):
            continue
    return None


def throttle_words(bits: int) -> list[str]:
    """What the throttle bits say, in words, one clause per bit that is set."""
    return [says for bit, says in THROTTLE_BITS.items() if bits >> bit & 1]


# -- what to do about it ---------------------------------------------------------------------------------


class Effort(enum.IntEnum):
    """How much is asked of the processor. `looks_per_s`: pictures the network is asked about, at most."""

    FULL = 0
    LESS = 1
    LEAST = 2

    @property
    def looks_per_s(self) -> float:
        """Filters go by time, so fewer looks cost smoothness and a little delay, not correctness; below
        ten a second a quick descent has too few pictures to be judged."""
        return (float("inf"), 15.0, 10.0)[self]

    @property
    def draws_per_s(self) -> float:
        """Pictures drawn a second, at most: drawing is cheaper than judging, and its lag is seen first."""
        return (float("inf"), 24.0, 15.0)[self]


@dataclass(frozen=True, slots=True)
class Health:
    """One reading. temperature_c, bits: None where the computer does not tell."""

    temperature_c: float | None
    bits: int | None

    @property
    def now(self) -> int:
        """The four bits that hold at this moment."""
        return (self.bits or 0) & NOW

    def __str__(self) -> str:
        words = [] if self.temperature_c is None else [f"{self.temperature_c:.0f} degrees Celsius"]
        return ", ".join(words + throttle_words(self.now)) or "nothing told"


class StepDown:
    """Decides the effort from readings, before the firmware does: it throttles from 80 degrees on.

    Down at once, one step a reading; up again one step after `calm_s` seconds of cool readings, so that it
    cannot swing. Pure: times are given, in seconds on any steady clock.
    """

    LESS_FROM_C, LEAST_FROM_C = 75.0, 79.0
    COOL_BELOW_C = 70.0

    def __init__(self, calm_s: float = 120.0) -> None:
        self.effort = Effort.FULL
        self._calm_s = calm_s
        self._cool_since: float | None = None

    def update(self, t: float, health: Health) -> Effort:
        """The effort from now on."""
        wanted = self._wanted(health)
        if wanted > self.effort:
            self.effort = Effort(self.effort + 1)
            self._cool_since = None
        elif not self._cool(health):
            self._cool_since = None
        elif self._cool_since is None:
            self._cool_since = t
        elif t - self._cool_since >= self._calm_s and self.effort > Effort.FULL:
            self.effort = Effort(self.effort - 1)
            self._cool_since = t
        return self.effort

    def _wanted(self, health: Health) -> Effort:
        hot = health.temperature_c or 0.0
        if hot >= self.LEAST_FROM_C or health.now & SLOWED_NOW:
            return Effort.LEAST
        return Effort.LESS if hot >= self.LESS_FROM_C or health.now & UNDER_VOLTAGE else Effort.FULL

    def _cool(self, health: Health) -> bool:
        return (health.temperature_c or 0.0) < self.COOL_BELOW_C and not health.now


def read(sys_folder: Path = SYS, vcgencmd: str = "vcgencmd") -> Health:
    """This computer's health, now."""
    return Health(temperature_c(sys_folder), throttled(sys_folder, vcgencmd))


class HealthWatch:
    """Reads the health every few seconds in a thread of its own and keeps the effort up to date.

    `effort`, `latest` (the newest reading) and `steps_down` (how often less was asked) may be read from any
    thread. changed: told of every step with the reading behind it, in this thread. Logs one line a step, one
    when the supply voltage begins to fail, and one when the firmware begins or ends to slow the processor.
    """

    room = "heat"

    def __init__(
        self,
        look: Callable[[], Health] = read,
        changed: Callable[[Effort, Health], None] = lambda effort, health: None,
        every_s: float = ASK_EVERY_S,
        rule: StepDown | None = None,
        report: Report = logged,
    ) -> None:
        """report: told of what nobody foresaw; the thread goes on."""
        self._report = report
        self._look, self._changed, self._every_s = look, changed, every_s
        self._rule = rule or StepDown()
        self._weak = False
        self._slowed = 0
        self.latest: Health | None = None
        self.steps_down = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    @property
    def effort(self) -> Effort:
        return self._rule.effort

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def close(self, timeout: float = 1.0) -> None:
        """End the thread; may be called before `start()` and twice."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        t = 0.0
        while not self._stop.wait(self._every_s):
            t += self._every_s
            try:
                self.take(t, self._look())
            except Exception as error:
                self._report("heat", error)

    def take(self, t: float, health: Health) -> None:
        """One reading at t seconds."""
        before = self.effort
        after = self._rule.update(t, health)
        weak = bool(health.now & UNDER_VOLTAGE)
        if weak and not self._weak:
            log.warning(
                "heat: the supply voltage is too low; use the official power supply and a short cable"
            )
        self._weak = weak
        self.latest = health
        slowed, self._slowed = self._slowed, health.now & SLOWED_NOW
        if after is before:
            if slowed != self._slowed:
                log.warning(
                    "heat: %s",
                    ", ".join(throttle_words(self._slowed)) or "the firmware slows nothing any more",
                )
            return
        if after > before:
            self.steps_down += 1
            log.warning("heat: %s; judging at most %.0f pictures a second", health, after.looks_per_s)
        else:
            log.warning("heat: cool again (%s); back to %s", health, after.name.lower() + " effort")
        self._changed(after, health)
