"""Seconds as a clock tells them."""

from __future__ import annotations

import math


def minutes_and_seconds(seconds: float) -> str:
    """ "1:05"; a second that has begun counts whole, so that 0:00 is the end."""
    whole = max(0, math.ceil(seconds))
    return f"{whole // 60}:{whole % 60:02d}"
