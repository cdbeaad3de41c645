"""What is promised of verdicts and counts, beside what was measured: one line a promise.

The scripts that measure fill it in; it knows nothing of squats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Of = TypeVar("Of")


@dataclass(frozen=True)
class Promise:
    """what: in words. asked: at least or at most so much; None where it is only told. measured: by chain."""

    what: str
    measured: dict[str, float]
    least: float | None = None
    most: float | None = None
    unit: str = "%"
    digits: int = 1
    of: dict[str, int] = field(default_factory=dict)

    @property
    def asked(self) -> str:
        if self.least is not None:
            return f">= {self.least:g} {self.unit}".strip()
        return "" if self.most is None else f"<= {self.most:g} {self.unit}".strip()

    def kept(self, chain: str) -> bool:
        """Whether the chain does what is asked; nothing measured keeps no promise."""
        value = self.measured[chain]
        if math.isnan(value):
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    def cell(self, chain: str) -> str:
        """The number as measured; bold where the promise is broken."""
        if chain not in self.measured:
            return ""
        value = self.measured[chain]
        said = "-" if math.isnan(value) else f"{value:.{self.digits}f}"
        if chain in self.of:
            said += f" of {self.of[chain]}"
        return said if self.kept(chain) else f"**{said}**"


def table(promises: Sequence[Promise]) -> str:
    """Markdown, a column for each chain; broken promises are bold."""
    chains = list(dict.fromkeys(chain for promise in promises for chain in promise.measured))
    lines = [f"| what | asked | {' | '.join(chains)} |", "|---|---|" + "---|" * len(chains)]
    for promise in promises:
        cells = " | ".join(promise.cell(chain) for chain in chains)
        lines.append(f"| {promise.what} | {promise.asked} | {cells} |")
    return "\n".join(lines)


def share(of: Iterable[Of], among: Iterable[Of]) -> float:
    """Per cent of `among` that are in `of`; not a number where there are none."""
    every, those = list(among), set(of)
    return 100 * sum(one in those for one in every) / len(every) if every else float("nan")
