"""A set as plain text for a phone: what matters most first, in as many bytes as a code holds.

Knows sentences and their order; nothing of codes, pixels and networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from mirror.coach.feedback import SetSummary
from mirror.coach.lines import line
from mirror.coach.take_home import MOST_REPS, inside_deg
from mirror.coach.words import Words
from mirror.knees.reading import Rep, RepLeg, Verdict

NAME = "Squat Mirror"


def plain_text(summary: SetSummary, say: Words, at: float | None, most_bytes: int) -> str:
    """The set in sentences, a line each, in so many bytes at most: what matters less is left out."""
    day = "" if at is None else f" {datetime.fromtimestamp(at, UTC).astimezone():%Y-%m-%d %H:%M}"
    told = [(rank, text) for rank, text in _sentences(summary, say) if text]
    kept = {NAME + day: 0}
    for rank, text in sorted(told, key=lambda one: one[0]):
        if len("\n".join([*kept, text]).encode()) <= most_bytes:
            kept[text] = rank
    in_order = [text for _, text in told if text in kept]
    return "\n".join([NAME + day, *in_order])


def _sentences(summary: SetSummary, say: Words) -> list[tuple[int, str]]:
    """Everything a text may tell, in the order it is read, each with its rank: 0 matters most."""
    degrees = line("take_home.degrees", degrees=_row(summary.reps[-MOST_REPS:]))
    return [
        (0, say.line(summary.headline)),
        (1, say.line(summary.sentence)),
        (3, say.line(degrees)),
        (5, say.line(summary.depth)),
        (6, say.line(summary.tempo)),
        (4, say.line(summary.patterns[0]) if summary.patterns else ""),
        (7, say.line(summary.tried)),
        (2, say("summary.coaching_only")),
    ]


def _row(reps: Sequence[Rep]) -> str:
    """Degrees squat by squat, the left knee before the right: "2/3 9!/?"."""
    return " ".join(f"{_told(rep.left)}/{_told(rep.right)}" for rep in reps)


def _told(leg: RepLeg) -> str:
    inside = inside_deg(leg)
    if inside is None:
        return "?"
    return f"{round(inside)}{'!' if leg.verdict is Verdict.OFF_TRACK else ''}"
