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
KEPT_DEG = 3.0
"""A knee not further inside its own line than this keeps to it: a repetition differs by 1.8 (sd)."""
FAR_INSIDE_DEG = 12.0
"""A line further inside the toes than this is told as such: one in six people measured with markers."""
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
        own_line=own_line(reps),
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


def own_line(reps: Sequence[Rep]) -> Line | None:
    """What "your line" is, where knees were compared with one; and that it lies far inside, where it does and
    something else was told of the knees."""
    if all(leg.baseline_deg is None for rep in reps for leg in (rep.left, rep.right)):
        return None
    far = far_inside_deg(reps)
    if far is not None and any(moved_inside(leg) for rep in reps for leg in (rep.left, rep.right)):
        return line("summary.far_inside", degrees=round(far))
    return line("summary.own_line")


def far_inside_deg(reps: Sequence[Rep]) -> float | None:
    """How far inside their toes these knees stay when all is well, where that is far; None where it is not,
    or where the feet were not seen."""
    known = [rep for rep in reps if rep.features is not None and rep.features.foot_source != "none"]
    lines = [
        deg for deg in (_line_of([rep.left for rep in known]), _line_of([rep.right for rep in known])) if deg
    ]
    return max((deg for deg in lines if deg > FAR_INSIDE_DEG), default=None)


def moved_inside(leg: RepLeg) -> bool:
    """Whether a knee left its own line inward. One whose line is far inside the toes is caution though it
    keeps to it."""
    far = leg.baseline_deg is not None and leg.baseline_deg > FAR_INSIDE_DEG
    kept = far and (leg.inside_own_track_deg or 0.0) < KEPT_DEG
    return leg.verdict in SEEN_AS_INSIDE and not kept


def _line_of(legs: Sequence[RepLeg]) -> float | None:
    """A leg's own line, degrees inside its toes, as it was known last."""
    known = [leg.baseline_deg for leg in legs if leg.baseline_deg is not None]
    return known[-1] if known else None


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
    inside = {side: [leg for leg in row if moved_inside(leg)] for side, row in legs.items()}
    if not any(inside.values()):
        if judged == 0:
            return line("summary.unknown", reason=why_unknown or Reason(Why.LEGS_NOT_SEEN))
        far = far_inside_deg(reps)
        if far is not None:
            return line("summary.far_inside", degrees=round(far))
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
    """The furthest inside the own line, in whole degrees, or in centimetres at the knee."""
    deviation = max(leg.inside_own_track_deg or 0.0 for leg in legs)
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
