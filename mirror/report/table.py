"""An analysis as a table in the terminal. The person's left is labelled, and unknown is said, not hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mirror.coach.words import in_english
from mirror.knees.reading import Rep, RepLeg, Verdict

if TYPE_CHECKING:
    from rich.table import Table

STYLE = {
    Verdict.GOOD: "bold cyan",
    Verdict.CAUTION: "bold yellow",
    Verdict.OFF_TRACK: "bold red",
    Verdict.UNKNOWN: "dim",
}
WORD = {
    Verdict.GOOD: "● good",
    Verdict.CAUTION: "▲ caution",
    Verdict.OFF_TRACK: "■ off track",
    Verdict.UNKNOWN: "? unknown",
}


def reps_table(reps: list[Rep], title: str) -> Table:
    """One row a repetition. title: any text, a file's name perhaps."""
    from rich.table import Table  # only commands that print need rich
    from rich.text import Text

    table = Table(
        title=Text(title, "table.title"),
        title_justify="left",
        header_style="bold",
        show_edge=False,  # so that it fits 80 columns; where even less room is, cells wrap and none is cut
        pad_edge=False,
    )
    for heading in ("rep", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("left knee", "right knee", "depth, about"):
        table.add_column(heading)
    for rep in reps:
        table.add_row(
            f"ref {rep.n}" if rep.is_reference else str(rep.n),
            f"{rep.start_s:.1f}-{rep.end_s:.1f}",
            leg_words(rep.left),
            leg_words(rep.right),
            depth_words(rep),
        )
    return table


def leg_words(leg: RepLeg) -> str:
    """A leg's verdict and how far it was inside its own line, with rich markup."""
    words = WORD[leg.verdict]
    if leg.inside_own_track_deg is not None:
        words = f"{words} {round(leg.inside_own_track_deg):+d}°"
    return f"[{STYLE[leg.verdict]}]{words}[/]"


def unknown_lines(reps: list[Rep]) -> list[str]:
    """Every reason for which legs are unknown, with the repetitions it holds for: under the table, where
    there is room for it."""
    found: dict[str, list[int]] = {}
    for rep in reps:
        for why in dict.fromkeys((in_english(rep.left.why), in_english(rep.right.why))):
            found.setdefault(why, []).append(rep.n)
    found.pop("", None)
    return [f"Unknown in {', '.join(map(str, numbers))}: {why}." for why, numbers in found.items()]


def depth_words(rep: Rep) -> str:
    if rep.depth_deg is None:
        return "unknown"
    return f"{rep.depth_label} {rep.depth_deg:+.0f}°"
