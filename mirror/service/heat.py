"""How hot the Raspberry Pi is and whether it slows itself down, as its firmware tells it.

Reads and translates; what to do about it is decided elsewhere.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

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
    """The firmware's throttle bits, from /sys or from vcgencmd; None where neither tells them."""
    for told in sys_folder.glob("devices/platform/soc*/soc*:firmware/get_throttled"):
        try:
            return int(told.read_text(), 16)
        except (OSError, ValueError):
            continue
    return _asked(vcgencmd)


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


def told(bits: int) -> list[str]:
    """What the throttle bits say, in words, one clause per bit that is set."""
    return [says for bit, says in THROTTLE_BITS.items() if bits >> bit & 1]
