"""How hot the Raspberry Pi is and whether it slows itself down; read in `throttling.py`.

What to do about it is decided elsewhere.
"""

from __future__ import annotations

from mirror.service.throttling import NOW, THROTTLE_BITS, UNDER_VOLTAGE, temperature_c, throttled, told

__all__ = ["NOW", "THROTTLE_BITS", "UNDER_VOLTAGE", "temperature_c", "throttled", "told"]
