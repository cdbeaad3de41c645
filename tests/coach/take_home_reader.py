"""A set read back from its code, as docs/take_home.md describes it by nothing that makes it."""

from __future__ import annotations

import re
from dataclasses import dataclass

CODE = re.compile(
    r"1([0-9A-Z]{6}|-{6})([A-Z]{2})([0-9A-Z]{2})((?:[GCOU]{2}[0-9A-Z-]{4}[HNPBU][0-9A-Z-]{6})*)"
)
EACH = 13


@dataclass(frozen=True)
class ReadRep:
    verdicts: tuple[str, str]
    inside_deg: tuple[float | None, float | None]
    depth: str
    depth_deg: float | None
    down_s: float
    up_s: float


@dataclass(frozen=True)
class ReadSet:
    minutes: int | None
    language: str
    count: int
    reps: tuple[ReadRep, ...]


def read(code: str) -> ReadSet:
    found = CODE.fullmatch(code)
    assert found, code
    minutes, language, count, reps = found.groups()
    parts = [reps[i : i + EACH] for i in range(0, len(reps), EACH)]
    told = None if "-" in minutes else int(minutes, 36)
    return ReadSet(told, language.lower(), int(count, 36), tuple(map(_rep, parts)))


def _rep(part: str) -> ReadRep:
    return ReadRep(
        (part[0], part[1]),
        (_degrees(part[2:4]), _degrees(part[4:6])),
        part[6],
        _degrees(part[7:9]),
        int(part[9:11], 36) / 10,
        int(part[11:13], 36) / 10,
    )


def _degrees(two: str) -> float | None:
    return None if two == "--" else (int(two, 36) - 500) / 10
