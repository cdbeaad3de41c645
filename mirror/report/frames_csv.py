"""An analysis as a table with a line a frame: the CSV other programs rely on.

Its columns are a contract: they are only ever added. Degrees and seconds; empty where unknown.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator

from mirror.knees.analysis import Analysis

COLUMNS = (
    "t_s", "phase", "q", "thigh_elevation_deg",
    "left_deviation_deg", "left_sd_deg", "left_verdict",
    "right_deviation_deg", "right_sd_deg", "right_verdict",
    "why",
    "left_inside_deg", "right_inside_deg",
)  # fmt: skip


def frames_csv(analysis: Analysis) -> str:
    """One line a frame; empty where unknown."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for values in values_of(analysis):
        writer.writerow([_cell(value) for value in values])
    return text.getvalue()


def values_of(analysis: Analysis) -> Iterator[tuple[float | str, ...]]:
    """What stands in the columns, frame by frame; NaN where unknown."""
    for motion, (left, right) in zip(analysis.motions, analysis.judgements, strict=True):
        thighs = motion.thigh[motion.usable]
        elevation = math.degrees(float(thighs.mean())) if thighs.size else math.nan
        legs = [of for leg in (left, right) for of in (leg.deviation_deg, leg.sd_deg, leg.verdict.value)]
        why = motion.why.key.value if motion.why else ""
        values = (motion.t, motion.phase.value, motion.q, elevation, *legs, why)
        yield (*values, left.inside_deg, right.inside_deg)


def _cell(value: float | str) -> float | str:
    if isinstance(value, str):
        return value
    return "" if not math.isfinite(value) else round(float(value), 4)
