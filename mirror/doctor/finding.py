"""One thing the doctor looked at. The type that looks and whoever shows them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "fault"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. says: what was seen; do: what helps, "" when nothing is needed."""

    name: str
    level: Level
    says: str
    do: str = ""
