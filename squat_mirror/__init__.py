"""Squat Mirror for programs: what may be imported and stays (docs/api.md). Everything else is `mirror`, the
house behind this door, which may change with every version.

Importing this is light: what a name needs is loaded when the name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mirror import __version__

if TYPE_CHECKING:
    from mirror.faults import BadInput, PartMissing
    from squat_mirror.analysis import Analysis, analyze
    from squat_mirror.live import Live, LiveLeg, LiveReading
    from squat_mirror.rows import FrameRow, RepRow

__all__ = [
    "Analysis",
    "BadInput",
    "FrameRow",
    "Live",
    "LiveLeg",
    "LiveReading",
    "PartMissing",
    "RepRow",
    "__version__",
    "analyze",
]

_WHERE = {
    "Analysis": "squat_mirror.analysis",
    "BadInput": "mirror.faults",
    "FrameRow": "squat_mirror.rows",
    "Live": "squat_mirror.live",
    "LiveLeg": "squat_mirror.live",
    "LiveReading": "squat_mirror.live",
    "PartMissing": "mirror.faults",
    "RepRow": "squat_mirror.rows",
    "analyze": "squat_mirror.analysis",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'squat_mirror' has no attribute {name!r}")
    found = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
