"""The rows of the two tables, as types of this door: their fields are the columns of the files that
`squat-mirror analyze` writes (docs/data.md), with numbers in place of text.

Knows what a repetition is called in the files; reads and judges nothing.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from mirror.knees.analysis import Analysis
from mirror.knees.reading import Rep
from mirror.report import frames_csv, reps_csv


@dataclass(frozen=True, slots=True)
class RepRow:
    """One leg over one repetition: a row of `--reps`.

    Degrees are + inward, but for depth_deg, which is + above parallel; None where unknown. Times in seconds
    of the recording. leg: the person's own, "left" or "right". verdict: good, caution, off_track or unknown.
    why: the key of the reason for an unknown verdict, else "". file, sha256, settings: "" where no file was
    read.
    """

    file: str
    rep: int
    leg: str
    start_s: float
    bottom_s: float
    end_s: float
    depth_deg: float | None
    depth: str
    verdict: str
    inside_own_track_deg: float | None
    off_track_sure: float | None
    deviation_deg: float | None
    deviation_at_bottom_deg: float | None
    deep_deviation_deg: float | None
    baseline_deg: float | None
    baseline_sd_deg: float | None
    judged_share: float
    why: str
    reference: bool
    fppa_deg: float | None
    kasr: float | None
    sha256: str
    version: str
    model: str
    settings: str


@dataclass(frozen=True, slots=True)
class FrameRow:
    """Both legs in one frame: a row of `--csv`.

    Degrees are + inward, but for thigh_elevation_deg, which is + above parallel; None where unknown. t_s:
    seconds. phase: stand, down or up. why: the key of the reason why nobody is judged, else "".
    """

    t_s: float
    phase: str
    q: float | None
    thigh_elevation_deg: float | None
    left_deviation_deg: float | None
    left_sd_deg: float | None
    left_verdict: str
    right_deviation_deg: float | None
    right_sd_deg: float | None
    right_verdict: str
    why: str
    left_inside_deg: float | None
    right_inside_deg: float | None


def rep_rows(rep: Rep, origin: Mapping[str, str]) -> tuple[RepRow, RepRow]:
    """A repetition's rows, left and right. origin: what they repeat of the input."""
    left, right = (
        RepRow(
            **{
                **origin,
                **{name: _known(value) for name, value in values.items()},
                "reference": rep.is_reference,
            }
        )
        for values in reps_csv.values_of(rep)
    )
    return left, right


def frame_rows(analysis: Analysis) -> Iterator[FrameRow]:
    """A recording's rows, frame by frame."""
    for values in frames_csv.values_of(analysis):
        yield FrameRow(*(_known(value) for value in values))


def _known(value: Any) -> Any:
    """Plain Python's own kind of number; None for what is unknown."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value


Row = TypeVar("Row", RepRow, FrameRow)


def table(rows: Sequence[Row], kind: type[Row]) -> Any:
    """The rows as a pandas DataFrame whose columns are the fields; the tuple of rows without pandas."""
    try:
        import pandas
    except ImportError:
        return tuple(rows)
    columns = {
        field.name: pandas.Series([getattr(row, field.name) for row in rows], dtype=_dtype(str(field.type)))
        for field in dataclasses.fields(kind)
    }
    return pandas.DataFrame(columns)


def _dtype(written: str) -> str:
    """pandas' name for the type of a column; a number that may be unknown is NaN then."""
    return {"int": "int64", "bool": "bool", "str": "object"}.get(written, "float64")
