"""Every repetition of many inputs as one tidy table: a row a repetition and leg, units in the columns' names.

The columns are a contract (docs/contracts.md): only ever added. An input in which nobody squatted has one row
that says so, so that every input is in the table.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from typing import Any

from mirror.faults import BadInput
from mirror.files.plain import cell
from mirror.knees.analysis import Analysis
from mirror.knees.reading import Rep, RepLeg
from mirror.knees.reasons import Reason

COLUMNS = (
    "file",
    "rep",
    "leg",
    "start_s",
    "bottom_s",
    "end_s",
    "depth_deg",
    "depth",
    "verdict",
    "inside_own_track_deg",
    "off_track_sure",
    "deviation_deg",
    "deviation_at_bottom_deg",
    "deep_deviation_deg",
    "baseline_deg",
    "baseline_sd_deg",
    "judged_share",
    "why",
    "reference",
    "fppa_deg",
    "kasr",
    "sha256",
    "version",
    "model",
    "settings",
)
SAME = ("file", "sha256", "version", "model", "settings")
"""Rows that are alike in these are of one input, read in one way."""
Row = dict[str, str]
"""A column's name and what stands in it, "" where it is unknown."""


def rows_of(analysis: Analysis, origin: Mapping[str, str]) -> list[Row]:
    """The rows of one input. origin: what every row repeats (file, sha256, version, model, settings)."""
    rows = [_filled({**origin, **values}) for rep in analysis.reps for values in values_of(rep)]
    return rows or [_filled({**origin, "why": _key(analysis.why_unknown)})]


def values_of(rep: Rep) -> tuple[dict[str, Any], dict[str, Any]]:
    """What stands in the columns of its two rows, left and right, but for what they repeat of the input: text
    and numbers, None or NaN where unknown."""
    return _values(rep, "left", rep.left), _values(rep, "right", rep.right)


def _values(rep: Rep, side: str, leg: RepLeg) -> dict[str, Any]:
    return {
        "rep": rep.n,
        "leg": side,
        "start_s": rep.start_s,
        "bottom_s": rep.bottom_s,
        "end_s": rep.end_s,
        "depth_deg": rep.depth_deg,
        "depth": rep.depth_label,
        "verdict": leg.verdict.value,
        "inside_own_track_deg": leg.inside_own_track_deg,
        "off_track_sure": leg.off_track_sure,
        "deviation_deg": leg.deviation_deg,
        "deviation_at_bottom_deg": leg.deviation_at_bottom_deg,
        "deep_deviation_deg": leg.deep_deviation_deg,
        "baseline_deg": leg.baseline_deg,
        "baseline_sd_deg": leg.baseline_sd_deg,
        "judged_share": leg.judged_share,
        "why": _key(leg.why),
        "reference": "yes" if rep.is_reference else "no",
        "fppa_deg": rep.fppa_left_deg if side == "left" else rep.fppa_right_deg,
        "kasr": rep.kasr,
    }


def _key(why: Reason | None) -> str:
    return "" if why is None else why.key.value


def _filled(values: Mapping[str, Any]) -> Row:
    return {column: _cell(values.get(column)) for column in COLUMNS}


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return f"{value:.3f}" if isinstance(value, float) else cell(str(value))


def written(rows: Iterable[Row]) -> str:
    """The whole file."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


def read(text: str) -> list[Row]:
    """The rows of a file written before. Raises BadInput where it is another table."""
    table = csv.DictReader(io.StringIO(text))
    if tuple(table.fieldnames or ()) != COLUMNS:
        raise BadInput("it is no table of repetitions of this version")
    return [{column: row[column] or "" for column in COLUMNS} for row in table]


def by_input(rows: Iterable[Row]) -> dict[tuple[str, ...], list[Row]]:
    """Rows of the same input, read in the same way, together: by what stands in `SAME`."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[column] for column in SAME), []).append(row)
    return groups
