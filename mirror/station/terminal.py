"""The mirror without a screen: what it sees as a live table in the terminal, or plain lines in a pipe.

Shows Feedback and repetitions; decides nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from mirror.coach.feedback import Feedback, Light, State
from mirror.coach.words import Words
from mirror.knees.reading import Rep
from mirror.report.table import STYLE, WORD, depth_words, leg_words, reps_table

LAMP = {
    Light.OFF: "dark",
    Light.GOOD: "[bold cyan]● good[/]",
    Light.CAUTION: "[bold yellow]▲ caution[/]",
    Light.OFF_TRACK: "[bold red]■ off track[/]",
    Light.UNKNOWN: "[dim]? unknown[/]",
}


class Terminal:
    """A live table where stdout is a terminal; a line for every repetition where it is not."""

    def __init__(self, title: str, say: Words) -> None:
        from rich.console import Console
        from rich.live import Live

        self._title = title
        self._say = say
        self._console = Console()
        self._printed: Rep | None = None
        self._live = Live(console=self._console, auto_refresh=False) if sys.stdout.isatty() else None
        if self._live:
            self._live.start()

    def show(self, feedback: Feedback, reps: Sequence[Rep], status: str) -> None:
        """The present moment; call a few times a second."""
        if self._live:
            self._live.update(self._picture(feedback, reps, status), refresh=True)
            return
        for rep in self._untold(reps):
            reference = " (reference)" if rep.is_reference else ""
            self._console.print(
                f"{rep.end_s:5.1f} s  rep {rep.n}{reference}: left {leg_words(rep.left)}, "
                f"right {leg_words(rep.right)}, {depth_words(rep)}",
                highlight=False,
                soft_wrap=True,
            )
            self._printed = rep

    def _untold(self, reps: Sequence[Rep]) -> Sequence[Rep]:
        """Those after the last one told; the oldest may be forgotten meanwhile."""
        printed = [i for i, rep in enumerate(reps) if rep is self._printed]
        return reps[printed[-1] + 1 :] if printed else reps

    def close(self, feedback: Feedback, reps: Sequence[Rep]) -> None:
        """The last word: the summary."""
        if self._live:
            self._live.update(reps_table(list(reps), self._title), refresh=True)
            self._live.stop()
        if feedback.summary is not None:
            second = [*feedback.summary.patterns, feedback.summary.tried]
            first = self._say.in_a_line(feedback.summary)
            for sentence in (first, *(self._say.line(line) for line in second if line)):
                self._console.print(sentence, highlight=False, markup=False, soft_wrap=True)

    def _picture(self, feedback: Feedback, reps: Sequence[Rep], status: str) -> Any:
        from rich.console import Group
        from rich.text import Text

        knees = "  ".join(
            f"{side} [{STYLE[mark.verdict]}]{WORD[mark.verdict]}[/]"
            + ("" if mark.inside_deg is None else f" {round(mark.inside_deg):+d}°")
            for side, mark in (("left", feedback.left), ("right", feedback.right))
        )
        words = self._say.line(feedback.cue or feedback.instruction or feedback.note)
        state = "" if feedback.state is State.IDLE else knees
        return Group(
            Text.from_markup(f"[bold]{feedback.state.value}[/]  lamp {LAMP[feedback.light]}  {state}"),
            Text(words or " ", style="bold"),
            reps_table(list(reps), self._title),
            Text(status, style="dim"),
        )
