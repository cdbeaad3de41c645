"""A set, told in a headline and one sentence. Says what was seen and how often; never why."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mirror.coach.feedback import SetSummary
from mirror.coach.words import Words
from mirror.knees.reading import Rep, RepLeg, Verdict

SHANK_OF_STATURE = 0.246
"""Shank length in statures (Drillis & Contini)."""
SEEN_AS_INSIDE = (Verdict.CAUTION, Verdict.OFF_TRACK)


def summarise(reps: Sequence[Rep], say: Words, stature_m: float | None, why_unknown: str) -> SetSummary:
    """Headline and sentence for these repetitions. In centimetres only when the stature is known."""
    return SetSummary(tuple(reps), _headline(len(reps), say), _sentence(reps, say, stature_m, why_unknown))


def _headline(n: int, say: Words) -> str:
    if n == 0:
        return say("summary.none")
    return say("summary.reps_one") if n == 1 else say("summary.reps_many", n=n)


def _sentence(reps: Sequence[Rep], say: Words, stature_m: float | None, why_unknown: str) -> str:
    if not reps:
        return ""
    legs = {"left": [rep.left for rep in reps], "right": [rep.right for rep in reps]}
    judged = sum(Verdict.UNKNOWN not in (rep.left.verdict, rep.right.verdict) for rep in reps)
    inside = {side: [leg for leg in row if leg.verdict in SEEN_AS_INSIDE] for side, row in legs.items()}
    if not any(inside.values()):
        if judged == 0:
            return say("summary.unknown", reason=why_unknown or "legs not seen")
        return say("summary.clean", judged=judged, n=len(reps))
    unit = say("summary.centimetres" if stature_m else "summary.degrees")
    if all(inside.values()):
        return say(
            "summary.both",
            left=_most(inside["left"], stature_m),
            right=_most(inside["right"], stature_m),
            bad_left=len(inside["left"]),
            bad_right=len(inside["right"]),
            unit=unit,
            n=len(reps),
        )
    side = "left" if inside["left"] else "right"
    return say(
        "summary.one",
        side=say(f"summary.{side}"),
        most=_most(inside[side], stature_m),
        bad=len(inside[side]),
        unit=unit,
        n=len(reps),
    )


def _most(legs: Sequence[RepLeg], stature_m: float | None) -> int:
    """The largest deviation in whole degrees, or in centimetres at the knee."""
    deviation = max(leg.deviation_deg or 0.0 for leg in legs)
    if stature_m is None:
        return round(deviation)
    return round(100 * SHANK_OF_STATURE * stature_m * math.sin(math.radians(deviation)))
