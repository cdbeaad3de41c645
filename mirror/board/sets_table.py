"""The finished sets as rows: for the page's table, and as CSV for a spreadsheet.

Columns of the CSV are a contract: English, in this order, only ever added to.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable
from typing import Any

from mirror.board.messages import FinishedSet
from mirror.board.stations import natural
from mirror.coach.words import Words
from mirror.files.plain import cell
from mirror.mqtt.topics import VERDICTS

COLUMNS = (
    "time", "station", "set", "reps", *VERDICTS, "worst", "worst_side", "worst_deg", "sentence",
)  # fmt: skip


def in_order(sets: Iterable[FinishedSet]) -> list[FinishedSet]:
    """By station, and each station's in the order they were done."""
    return sorted(sets, key=lambda one: (natural(one.station), one.when))


def rows(sets: Iterable[FinishedSet], say: Words) -> list[dict[str, Any]]:
    """A row a set for the page's table, told in its language."""
    return [
        {
            "time": time.strftime("%H:%M", time.localtime(one.when)),
            "station": one.station,
            "set": one.number,
            "reps": len(one.reps),
            **{verdict: one.count(verdict) for verdict in VERDICTS},
            "worst": one.worst,
            "furthest": _furthest(one, say),
            "sentence": _seen(one),
        }
        for one in in_order(sets)
    ]


def as_csv(sets: Iterable[FinishedSet]) -> str:
    """A line a set, in the order they were done. Degrees are + inward, with a full stop; empty where
    nothing was measured."""
    text = io.StringIO(newline="")
    out = csv.writer(text)
    out.writerow(COLUMNS)
    for one in sorted(sets, key=lambda one: one.when):
        side, degrees = one.worst_deg or ("", "")
        out.writerow(
            [
                time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(one.when)),
                cell(one.station),
                one.number,
                len(one.reps),
                *(one.count(verdict) for verdict in VERDICTS),
                one.worst,
                side,
                degrees,
                cell(" ".join(one.sentences)),
            ]
        )
    return text.getvalue()


def _furthest(one: FinishedSet, say: Words) -> str:
    if one.worst_deg is None or one.worst_deg[1] <= 0:
        return ""
    side, degrees = one.worst_deg
    return say("table.left" if side == "left" else "table.right", degrees=round(degrees))


def _seen(one: FinishedSet) -> str:
    """What the knees did: the sentence after the headline, which only counts."""
    return one.sentences[1] if len(one.sentences) > 1 else "".join(one.sentences)
