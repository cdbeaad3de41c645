"""Where decoration ends: signs, patterns, summaries and words that fail come out empty, and the rest goes on.

Verdicts, the light and the count never wait for any of them. A failure inside is a fault of ours all the
same: whoever keeps count of those is told, and tests do not let it pass.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")
E = TypeVar("E")
Report = Callable[[str, Exception], object]
"""Told what was left out ("signs"), and the exception."""


def _logged(what: str, fault: Exception) -> None:
    """For whoever has nobody to tell: one line, the way there for those who look for it."""
    log.error("%s are left out, a fault of ours (%s: %s)", what, type(fault).__name__, fault)
    log.debug("where it comes from", exc_info=fault)


def _raised(what: str, fault: Exception) -> None:
    raise fault


_report: list[Report] = [_logged]


def spared(what: str, make: Callable[[], T], empty: E) -> T | E:
    """What `make` makes; where it fails, `empty`, and the failure is told.

    what: what is then left out, such as "signs".
    """
    try:
        return make()
    except Exception as fault:  # the edge of what may be left out
        _report[-1](what, fault)
        return empty


@contextmanager
def reported_to(report: Report) -> Iterator[None]:
    """Within it failures are told to this one, from whatever thread they come."""
    _report.append(report)
    try:
        yield
    finally:
        _report.remove(report)


def raising() -> AbstractContextManager[None]:
    """Within it nothing is left out: failures are raised, as tests need them."""
    return reported_to(_raised)
