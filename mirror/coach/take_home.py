"""A set's numbers as a short code to take home. docs/take_home.md describes every sign of it.

Knows what a set is; nothing of how the code is drawn or put into words, and of no network.
"""

from __future__ import annotations

import math

from mirror.coach.feedback import SetSummary
from mirror.knees.reading import Rep, RepLeg, Verdict

VERSION = "1"
MOST_REPS = 20
"""Repetitions that go home, the newest: more make a code that a phone no longer reads from 1 m."""
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NOT_KNOWN = "-"
VERDICTS = {Verdict.GOOD: "G", Verdict.CAUTION: "C", Verdict.OFF_TRACK: "O", Verdict.UNKNOWN: "U"}
DEPTHS = {"high": "H", "nearly parallel": "N", "parallel": "P", "below parallel": "B", "unknown": "U"}
BELOW_NOUGHT = 500
"""Added to tenths of degrees, so that -50.0 to 79.5 degrees are two digits."""


def code(summary: SetSummary, language: str, at: float | None) -> str:
    """The set as capitals, digits and dashes. at: when it was over, seconds since 1970, or None."""
    minutes = None if at is None else int(at // 60)
    reps = summary.reps[-MOST_REPS:]
    head = VERSION + _number(minutes, 6) + language[:2].upper() + _number(len(summary.reps), 2)
    return head + "".join(map(_rep, reps))


def _rep(rep: Rep) -> str:
    """Twelve signs and one: verdicts, how far inside, how deep, how fast."""
    return "".join(
        (
            VERDICTS[rep.left.verdict] + VERDICTS[rep.right.verdict],
            _degrees(inside_deg(rep.left)),
            _degrees(inside_deg(rep.right)),
            DEPTHS[rep.depth_label],
            _degrees(rep.depth_deg),
            _number(round(10 * (rep.bottom_s - rep.start_s)), 2),
            _number(round(10 * (rep.end_s - rep.bottom_s)), 2),
        )
    )


def inside_deg(leg: RepLeg) -> float | None:
    """Degrees inside its own line; what is not judged is not told."""
    return None if leg.verdict is Verdict.UNKNOWN else leg.inside_own_track_deg


def _degrees(degrees: float | None) -> str:
    known = degrees is not None and math.isfinite(degrees)
    return _number(round(10 * (degrees or 0.0)) + BELOW_NOUGHT if known else None, 2)


def _number(value: int | None, width: int) -> str:
    """A whole number to the base of 36, the largest or smallest there is where it does not fit."""
    if value is None:
        return NOT_KNOWN * width
    left, digits = min(max(0, value), len(DIGITS) ** width - 1), ""
    for _ in range(width):
        left, digit = divmod(left, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits
