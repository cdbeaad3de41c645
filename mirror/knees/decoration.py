"""Where decoration ends: signs, patterns, summaries and words that fail come out empty, and the rest goes on.

Verdicts, the light and the count never wait for any of them. A failure inside is a fault of ours all the
same: the log says so once for every place, and tests do not let it pass.
"""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")
E = TypeVar("E")

failed: Counter[str] = Counter()
"""How often decoration failed, by place ("signs.py:120 in _forward")."""
_raises = [False]


def spared(what: str, make: Callable[[], T], empty: E) -> T | E:
    """What `make` makes; where it fails, `empty`, and one line in the log for every place it failed at.

    what: for the log, such as "signs".
    """
    try:
        return make()
    except Exception as fault:  # the edge of what may be left out
        if _raises[0]:
            raise
        place = place_of(fault)
        if not failed[place]:
            log.exception("%s are left out, a fault of ours at %s", what, place)
        failed[place] += 1
        return empty


def place_of(fault: Exception) -> str:
    """Where it was raised: file, line and function."""
    deepest = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{Path(deepest.filename).name}:{deepest.lineno} in {deepest.name}"


@contextmanager
def raising(wanted: bool = True) -> Iterator[None]:
    """Within it nothing is left out: failures are raised, as tests need them."""
    before, _raises[0] = _raises[0], wanted
    try:
        yield
    finally:
        _raises[0] = before
