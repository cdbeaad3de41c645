"""Where results are from: program, networks, limits, settings and the very bytes of the input.

What a reader needs to get the same numbers again, or to see why they can't. Knows names and numbers; how they
are found is the desk's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from mirror.knees.judge import Thresholds


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """A network. name: None for none. file, sha256: None where it did not run in this program."""

    name: str | None = None
    file: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one input's results are from.

    made_at: when they were made. input_sha256: of the input's bytes, None for what can't be read twice (a
    pipe). model: whose joints these are, none for anatomical ones; feet: who looked for toe tips.
    strictness: by name; limits: what it comes to, with a reference or without. settings: those of the
    analysis that are not the default, by dotted name.
    """

    version: str
    made_at: datetime
    input_sha256: str | None
    model: NetworkFile
    feet: NetworkFile
    strictness: str
    limits: Thresholds
    settings: Mapping[str, Any]


def day_and_time(made_at: datetime) -> str:
    """In UTC, as ISO 8601 has it: "2026-11-28T17:05:00Z"."""
    return made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def provenance_document(made: Provenance) -> dict[str, Any]:
    """As plain values, for JSON. Degrees, seconds and probabilities are named so."""
    return {
        "version": made.version,
        "date": day_and_time(made.made_at),
        "input_sha256": made.input_sha256,
        "model": asdict(made.model),
        "feet_model": asdict(made.feet),
        "thresholds": {"strictness": made.strictness, **asdict(made.limits)},
        "settings": dict(made.settings),
    }
