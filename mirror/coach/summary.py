"""A set, summed up: a headline, the knees in numbers, what repetitions have in common, one thing to try.

Says what was seen and how often; never why.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mirror.coach.experiment import Experiment
from mirror.coach.feedback import SetSummary
from mirror.coach.lines import Line, line
from mirror.coach.patterns import ONE_SIDED_DEG, Pattern, find, too_far_out
from mirror.knees.body_proportions import SHANK_OF_STATURE
from mirror.knees.reading import OtherMovement, Rep, RepLeg, Verdict
from mirror.knees.reasons import Reason, Why

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
    stature_m: float | None,
    why_unknown: Reason | None,
    *,
    others: Sequence[OtherMovement] = (),
    before: Before | None = None,
    experiment: Experiment | None = None,
) -> SetSummary:
    """These repetitions, told. In centimetres only when the stature is known.

    why_unknown: why legs are unknown, or why nothing was counted. others: movements that are no repetitions.
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
    drill = _drill(key, before.sets)
    return SetSummary(
        tuple(reps),
        _headline(len(reps), bool(others or why_unknown)),
        _sentence(reps, stature_m, why_unknown) if reps else _uncounted(others, why_unknown),
        depth=depth_line(reps),
        tempo=_tempo(reps),
        patterns=tuple(pattern_line(pattern, len(reps)) for pattern in patterns),
        pattern_keys=tuple(pattern.key for pattern in patterns),
        tried=_tried(key, drill),
        drill=drill,
        offer=line(f"compare.offer_{offer}") if offer else None,
        offer_kind=offer,
        last_set=_last_set(reps, before),
        compared=experiment.result() if experiment and experiment.over else None,
    )


def untold(reps: Sequence[Rep]) -> SetSummary:
    """The summary of a set that could not be summed up: its repetitions and their bars."""
    return SetSummary(tuple(reps), None, None)


def clean_and_judged(reps: Sequence[Rep]) -> tuple[int, int]:
    """Squats in which both knees stayed good, and those in which both were judged."""
    judged = [rep for rep in reps if Verdict.UNKNOWN not in (rep.left.verdict, rep.right.verdict)]
    return sum(rep.left.verdict is rep.right.verdict is Verdict.GOOD for rep in judged), len(judged)


def pattern_line(pattern: Pattern, squats: int) -> Line:
    """A pattern in a sentence, with numbers a person can check: seen on so many of all the set's squats, as
    every other sentence counts them."""
    both = pattern.side == "both"
    return line(
        f"pattern.{pattern.key}_{'both' if both else 'one'}",
        side=None if both else line(f"summary.{pattern.side}"),
        seen=pattern.seen,
        of=squats,
        most=round(abs(pattern.most_deg or 0.0)),
        least=round(ONE_SIDED_DEG),
    )


def depth_line(reps: Sequence[Rep]) -> Line | None:
    """How deep, in words, and how often each; None where unknown."""
    labels = Counter(rep.depth_label for rep in reps if rep.depth_deg is not None)
    if not labels:
        return None
    counted = tuple(
        line("depth.counted", n=count, label=line(f"depth.{label.replace(' ', '_')}"))
        for label, count in labels.most_common()
    )
    return line("depth.told", what=counted)


def _headline(n: int, something_seen: bool) -> Line:
    if n == 0:
        return line("summary.none_counted" if something_seen else "summary.none")
    return line("summary.reps_one") if n == 1 else line("summary.reps_many", n=n)


def others_line(others: Sequence[OtherMovement]) -> Line:
    """What was seen and is no repetition, each kind once with how often: "2 lifts from the floor, 1 jump"."""
    counted = Counter(other.kind for other in others)
    return line(
        "other.told",
        what=tuple(
            line("other.counted", n=n, kind=line(f"other.{kind.value}")) for kind, n in counted.most_common()
        ),
    )


def _uncounted(others: Sequence[OtherMovement], why: Reason | None) -> Line | None:
    """What was seen of somebody of whom no repetition counts, and why."""
    if others:
        return others_line(others)
    return None if why is None else line("summary.not_seen", reason=why)


def _sentence(reps: Sequence[Rep], stature_m: float | None, why_unknown: Reason | None) -> Line:
    legs = {"left": [rep.left for rep in reps], "right": [rep.right for rep in reps]}
    judged = clean_and_judged(reps)[1]
    inside = {side: [leg for leg in row if leg.verdict in SEEN_AS_INSIDE] for side, row in legs.items()}
    if not any(inside.values()):
        if judged == 0:
            return line("summary.unknown", reason=why_unknown or Reason(Why.LEGS_NOT_SEEN))
        if any(too_far_out(rep) for rep in reps):
            return line("summary.not_inside", judged=judged, n=len(reps))
        return line("summary.clean", judged=judged, n=len(reps))
    unit = line("summary.centimetres" if stature_m else "summary.degrees")
    if all(inside.values()):
        return line(
            "summary.both",
            left=_most(inside["left"], stature_m),
            right=_most(inside["right"], stature_m),
            bad_left=len(inside["left"]),
            bad_right=len(inside["right"]),
            unit=unit,
            n=len(reps),
        )
    side = "left" if inside["left"] else "right"
    return line(
        "summary.one",
        side=line(f"summary.{side}"),
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


def _tempo(reps: Sequence[Rep]) -> Line | None:
    if not reps:
        return None
    down = sum(rep.bottom_s - rep.start_s for rep in reps) / len(reps)
    up = sum(rep.end_s - rep.bottom_s for rep in reps) / len(reps)
    return line("summary.tempo", down=down, up=up)


def _to_try(patterns: Sequence[Pattern], reps: Sequence[Rep]) -> str:
    """The surest pattern, or plain advice where knees went in without one, or ""."""
    if patterns:
        return patterns[0].key
    faulty = sum(Verdict.OFF_TRACK in (rep.left.verdict, rep.right.verdict) for rep in reps)
    return PLAIN if faulty >= FEWEST_FAULTY else ""


def _tried(key: str, drill: str) -> Line | None:
    if drill == INNER_THIGH:
        return line("tried.inner_thigh")
    return line(f"tried.{key}") if key and key != "band_helps" else None


def _drill(key: str, sets: int) -> str:
    cards = DRILLS.get(key)
    return cards[sets % len(cards)] if cards else ""


def _offer(key: str, experiment: Experiment | None) -> str:
    """Which comparison hands over the head would start; none within one, nor the same again."""
    if experiment and not experiment.over:
        return ""
    kind = OFFERS.get(key, "")
    return "" if experiment and experiment.kind == kind else kind


def _last_set(reps: Sequence[Rep], before: Before) -> Line | None:
    clean, judged = clean_and_judged(reps)
    if not judged or not before.judged:
        return None
    return line("summary.last_set", now=clean, n=judged, then=before.clean, m=before.judged)
