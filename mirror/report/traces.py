"""What a plot of an analysis shows, as plain arrays and words: so that it can be checked without drawing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mirror.coach.words import in_english
from mirror.knees.analysis import Analysis
from mirror.knees.optics import F64
from mirror.knees.reading import Verdict

SIDES = ("left", "right")
SOURCE = {
    "toes": "toes seen while standing",
    "reference": "repetition {n} as the reference",
    "toes+reference": "repetition {n} as the reference, and the toes seen while standing",
}


@dataclass(frozen=True, slots=True)
class Traces:
    """What is drawn, frame by frame.

    t: (T,) seconds. left, right: (T,) degrees inside each knee's own line, smoothed, NaN where not judged.
    elevation: (T,) of the thighs, degrees, + above parallel, NaN where unknown. verdicts: of left and right.
    """

    t: F64
    left: F64
    right: F64
    elevation: F64
    verdicts: tuple[list[Verdict], ...]


def traces(analysis: Analysis) -> Traces:
    """The curves of an analysis."""
    left, right = (np.array([pair[leg].inside_deg for pair in analysis.judgements]) for leg in (0, 1))
    elevation = []
    for motion in analysis.motions:
        thighs = motion.thigh[motion.usable]
        elevation.append(math.degrees(float(thighs.mean())) if thighs.size else math.nan)
    verdicts = tuple([pair[leg].verdict for pair in analysis.judgements] for leg in (0, 1))
    return Traces(np.asarray(analysis.t), left, right, np.array(elevation), verdicts)


def runs(t: F64, verdicts: Sequence[Verdict]) -> Iterator[tuple[float, float, Verdict]]:
    """(from, to, verdict) of every stretch of frames with the same verdict; a frame lasts until the next."""
    if not len(t):
        return
    last = float(t[-1]) + (float(np.median(np.diff(t))) if len(t) > 1 else 0.0)
    begin = 0
    for i in range(1, len(t) + 1):
        if i == len(t) or verdicts[i] is not verdicts[begin]:
            yield float(t[begin]), last if i == len(t) else float(t[i]), verdicts[begin]
            begin = i


def foot_source(analysis: Analysis) -> str:
    """In words, where the direction of the feet is from."""
    if analysis.azimuth is None:
        return "not known"
    return SOURCE[analysis.azimuth.source].format(n=analysis.reference)


def unknown_words(analysis: Analysis) -> str:
    """Why knees are unknown, where none or not all were judged; "" where all were."""
    why = in_english(analysis.why_unknown)
    reason = f"{why[:1].upper()}{why[1:]}" if why else "Legs not seen"
    if not analysis.reps:
        return f"No repetition seen. {reason}." if why else "No repetition seen."
    unknown = [leg.verdict is Verdict.UNKNOWN for rep in analysis.reps for leg in (rep.left, rep.right)]
    if all(unknown):
        return f"Knees unknown. {reason}."
    return f"Gaps are unknown. {reason}." if any(unknown) else ""
