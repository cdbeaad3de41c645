"""The pages of help, turned by gestures: how the mirror sees, what it can't see, privacy, comparisons."""

from __future__ import annotations

from mirror.coach.experiment import CONDITIONS
from mirror.coach.feedback import Page
from mirror.coach.words import Words

TOLD = ("sees", "coaching", "privacy")
LINES = 3
PAGES = (*TOLD, *(f"compare_{kind}" for kind in CONDITIONS))
LEAVES_AFTER_S = 40.0
"""A page nobody turns leaves by itself."""


def page(n: int, say: Words) -> Page:
    """Page n, from 0."""
    key = PAGES[n]
    kind = starts(n)
    if kind:
        lines: tuple[str, ...] = (say(f"compare.about_{kind}"), say("compare.not_why"))
        return Page(key, say(f"compare.{kind}"), lines, n + 1, len(PAGES), say(f"compare.offer_{kind}"))
    lines = tuple(say(f"help.{key}_{line}") for line in range(1, LINES + 1))
    return Page(key, say(f"help.{key}"), lines, n + 1, len(PAGES), say("gesture.go_on"))


def starts(n: int) -> str:
    """The comparison that page n starts, or ""."""
    return PAGES[n].removeprefix("compare_") if PAGES[n].startswith("compare_") else ""
