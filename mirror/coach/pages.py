"""Pages turned by gestures: of help (how the mirror sees, what it can't see, privacy, comparisons), and of a
summary, which turn by themselves as well. Knows no scenes.
"""

from __future__ import annotations

import math

from mirror.coach.experiment import CONDITIONS
from mirror.coach.feedback import Page
from mirror.coach.lines import Line, line

EXPLANATIONS = ("sees", "coaching", "privacy")
LINES = 3
PAGES = (*EXPLANATIONS, *(f"compare_{kind}" for kind in CONDITIONS))
LEAVES_AFTER_S = 40.0
"""A page nobody turns leaves by itself."""
FOR_THE_CODE_S = 20.0
"""A page with a code to take home stays so much longer: to fetch a phone, step up and wait for its camera."""


def page(n: int) -> Page:
    """Page n, from 0."""
    key = PAGES[n]
    kind = starts(n)
    if kind:
        lines: tuple[Line, ...] = (line(f"compare.about_{kind}"), line("compare.not_why"))
        return Page(key, line(f"compare.{kind}"), lines, n + 1, len(PAGES), line(f"compare.offer_{kind}"))
    lines = tuple(line(f"help.{key}_{i}") for i in range(1, LINES + 1))
    return Page(key, line(f"help.{key}"), lines, n + 1, len(PAGES), line("gesture.go_on"))


def starts(n: int) -> str:
    """The comparison that page n starts, or ""."""
    return PAGES[n].removeprefix("compare_") if PAGES[n].startswith("compare_") else ""


class HelpPages:
    """Which page of help shows. n: from 0; None while none does."""

    def __init__(self) -> None:
        self.n: int | None = None
        self._since = -math.inf

    @property
    def open(self) -> bool:
        return self.n is not None

    @property
    def page(self) -> Page | None:
        """The page that shows now."""
        return None if self.n is None else page(self.n)

    @property
    def starts(self) -> str:
        """The comparison that the page starts, or ""."""
        return "" if self.n is None else starts(self.n)

    def turn(self, by: int, t: float) -> None:
        """The next page or the one before; past either end the pages are left."""
        n = 0 if self.n is None else self.n + by
        self.n, self._since = (n if 0 <= n < len(PAGES) else None), t

    def over(self, t: float) -> bool:
        """Whether nobody has turned it for long."""
        return t - self._since > LEAVES_AFTER_S

    def leave(self) -> None:
        self.n = None


class SummaryPages:
    """Which page of a summary shows. Each stays for its share of the time; one turned to by hand anew."""

    def __init__(self, stays_s: float) -> None:
        """stays_s: how long all pages together stay."""
        self._stays_s = stays_s
        self._first, self._since, self._count = 0, 0.0, 1
        self._longer_s = 0.0

    def begin(self, t: float, count: int, *, with_code: bool = False) -> None:
        """A summary of so many pages shows from now on. with_code: the last one has a code to take home."""
        self._first, self._since, self._count = 0, t, count
        self._longer_s = FOR_THE_CODE_S if with_code else 0.0

    def at(self, t: float) -> int:
        """The page that shows now, from 0."""
        return min(self._first + int((t - self._since) * self._count / self._stays_s), self._count - 1)

    def turn(self, by: int, t: float) -> bool:
        """The next page or the one before; False where there is none."""
        asked = self.at(t) + by
        if not 0 <= asked < self._count:
            return False
        self._first, self._since = asked, t
        return True

    def over(self, t: float) -> bool:
        """Whether the last page has had its time."""
        stays_s = self._stays_s * (self._count - self._first) / self._count
        return t - self._since > stays_s + self._longer_s
