"""A set, told: a headline, what the knees did in numbers, what repetitions have in common, one thing to try.

Says what was seen and how often; never why.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mirror.coach.experiment import Experiment
from mirror.coach.feedback import Drill, SetSummary
from mirror.coach.patterns import ONE_SIDED_DEG, Pattern, find, too_far_out
from mirror.coach.words import Words
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.knees.reasons import Reason, Why

SHANK_OF_STATURE = 0.246
"""Shank length in statures (Drillis & Contini)."""
SEEN_AS_INSIDE = (Verdict.CAUTION, Verdict.OFF_TRACK)
FEWEST_FAULTY = 2
PLAIN = "plain"
"""What is tried when knees went in and no pattern was seen."""
INNER_THIGH = "inner_thigh_rock"
"""Nothing that a camera sees is special to it: only ever a second exercise, and with words of its own."""
DRILLS: dict[str, tuple[str, ...]] = {
    "deep_only": ("heel_plates",),
    "plates_help": ("lunge_stretch",),
    "up_only": ("paused_squat",),
    "from_start": ("slow_squat",),
    "load": ("slow_squat",),
    "one_sided": ("lunge_stretch",),
    "hips": ("banded_hip_thrust", INNER_THIGH, "clamshell", "lateral_band_walk"),
    "trunk": ("goblet_squat",),
    "foot_rolls": ("short_foot",),
    PLAIN: ("slow_squat",),
    "band_helps": ("band_above_knees",),
}
"""Which exercise goes with which pattern; where there are several, a set each."""
OFFERS = {
    "deep_only": "plates",
    "trunk": "plates",
    "one_sided": "plates",
    "from_start": "plates",
    "foot_rolls": "plates",
    PLAIN: "plates",
    "up_only": "load",
    "late": "load",
    "hips": "band",
}
"""Which comparison would show more."""


@dataclass(frozen=True, slots=True)
class Before:
    """What came before this set: how many sets, and of the last one the clean and the judged squats."""

    sets: int = 0
    clean: int = 0
    judged: int = 0


def summarise(
    reps: Sequence[Rep],
    say: Words,
    stature_m: float | None,
    why_unknown: Reason | None,
    *,
    before: Before | None = None,
    experiment: Experiment | None = None,
) -> SetSummary:
    """These repetitions, told. In centimetres only when the stature is known.

    before: the sets of the same visit. experiment: a comparison this set was part of, with it added.
    """
    before = before or Before()
    added = experiment.pattern() if experiment else None
    patterns = ((added,) if added else ()) + find(reps)
    key = (
        "band_helps"
        if experiment and experiment.over and experiment.band_helps()
        else _to_try(patterns, reps)
    )
    offer = _offer(key, experiment)
    drill = _drill(key, before.sets, say)
    return SetSummary(
        tuple(reps),
        _headline(len(reps), say),
        _sentence(reps, say, stature_m, why_unknown),
        depth=depth_told(reps, say),
        tempo=_tempo(reps, say),
        patterns=tuple(pattern_told(pattern, len(reps), say) for pattern in patterns),
        pattern_keys=tuple(pattern.key for pattern in patterns),
        tried=_tried(key, drill, say),
        drill=drill,
        offer=say(f"compare.offer_{offer}") if offer else "",
        offer_kind=offer,
        last_set=_last_set(reps, before, say),
        compared=experiment.result(say) if experiment and experiment.over else None,
    )


def untold(reps: Sequence[Rep]) -> SetSummary:
    """The summary of a set that words failed for: its repetitions and their bars."""
    return SetSummary(tuple(reps), "", "")


def clean_and_judged(reps: Sequence[Rep]) -> tuple[int, int]:
    """Squats in which both knees stayed good, and those in which both were judged."""
    judged = [rep for rep in reps if Verdict.UNKNOWN not in (rep.left.verdict, rep.right.verdict)]
    return sum(rep.left.verdict is rep.right.verdict is Verdict.GOOD for rep in judged), len(judged)


def pattern_told(pattern: Pattern, squats: int, say: Words) -> str:
    """A pattern in a sentence, with numbers a person can check: seen on so many of all the set's squats, as
    every other sentence counts them."""
    both = pattern.side == "both"
    return say(
        f"pattern.{pattern.key}_{'both' if both else 'one'}",
        side="" if both else say(f"summary.{pattern.side}"),
        seen=pattern.seen,
        of=squats,
        most=round(abs(pattern.most_deg or 0.0)),
        least=round(ONE_SIDED_DEG),
    )


def depth_told(reps: Sequence[Rep], say: Words) -> str:
    """How deep, in words, and how often each; "" where unknown."""
    labels = Counter(rep.depth_label for rep in reps if rep.depth_deg is not None)
    if not labels:
        return ""
    told = [
        say("depth.counted", n=count, label=say(f"depth.{label.replace(' ', '_')}"))
        for label, count in labels.most_common()
    ]
    return say("depth.told", what=", ".join(told))


def _headline(n: int, say: Words) -> str:
    if n == 0:
        return say("summary.none")
    return say("summary.reps_one") if n == 1 else say("summary.reps_many", n=n)


def _sentence(reps: Sequence[Rep], say: Words, stature_m: float | None, why_unknown: Reason | None) -> str:
    if not reps:
        return ""
    legs = {"left": [rep.left for rep in reps], "right": [rep.right for rep in reps]}
    judged = clean_and_judged(reps)[1]
    inside = {side: [leg for leg in row if leg.verdict in SEEN_AS_INSIDE] for side, row in legs.items()}
    if not any(inside.values()):
        if judged == 0:
            return say("summary.unknown", reason=say.reason(why_unknown or Reason(Why.LEGS_NOT_SEEN)))
        if any(too_far_out(rep) for rep in reps):
            return say("summary.not_inside", judged=judged, n=len(reps))
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


def _tempo(reps: Sequence[Rep], say: Words) -> str:
    if not reps:
        return ""
    down = sum(rep.bottom_s - rep.start_s for rep in reps) / len(reps)
    up = sum(rep.end_s - rep.bottom_s for rep in reps) / len(reps)
    return say("summary.tempo", down=say.decimal(down), up=say.decimal(up))


def _to_try(patterns: Sequence[Pattern], reps: Sequence[Rep]) -> str:
    """The surest pattern, or plain advice where knees went in without one, or ""."""
    if patterns:
        return patterns[0].key
    faulty = sum(Verdict.OFF_TRACK in (rep.left.verdict, rep.right.verdict) for rep in reps)
    return PLAIN if faulty >= FEWEST_FAULTY else ""


def _tried(key: str, drill: Drill | None, say: Words) -> str:
    if drill is not None and drill.key == INNER_THIGH:
        return say("tried.inner_thigh")
    return say(f"tried.{key}") if key and key != "band_helps" else ""


def _drill(key: str, sets: int, say: Words) -> Drill | None:
    cards = DRILLS.get(key)
    return say.drill(cards[sets % len(cards)]) if cards else None


def _offer(key: str, experiment: Experiment | None) -> str:
    """Which comparison hands over the head would start; none within one, nor the same again."""
    if experiment and not experiment.over:
        return ""
    kind = OFFERS.get(key, "")
    return "" if experiment and experiment.kind == kind else kind


def _last_set(reps: Sequence[Rep], before: Before, say: Words) -> str:
    clean, judged = clean_and_judged(reps)
    if not judged or not before.judged:
        return ""
    return say("summary.last_set", now=clean, n=judged, then=before.clean, m=before.judged)
