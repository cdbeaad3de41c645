"""Finds out where one input's results are from, for the JSON document and the report.

Only what bears on the numbers: other settings (a broker, a station's name) are nobody's business here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mirror import __version__
from mirror.desk.many import sha256
from mirror.desk.study import Study
from mirror.files.writing import is_stream
from mirror.fitting.from_settings import thresholds
from mirror.pose.catalog import FOOT_MODEL, find
from mirror.report.provenance import NetworkFile, Provenance
from mirror.settings import Settings, every

BEARING = ("camera", "person", "model", "knees")
"""Sections of settings that an analysis reads."""
OF_A_LIVE_CAMERA = ("source", "width", "height", "fps", "rotation", "lens_mm", "exposure_ms")
"""Of the camera's, and not read; a source may be somebody's folder."""
WORDS = "coach.language"


def provenance_of(path: Path, settings: Settings, done: Study) -> Provenance:
    """Where the results of this input are from, as of now. settings: as asked for."""
    seen_here = done.source["kind"] == "video"
    return Provenance(
        version=__version__,
        made_at=datetime.now(UTC),
        input_sha256=_digest(path),
        model=_network(done.source["model"], here=seen_here),
        feet=_network(FOOT_MODEL if seen_here else None, here=True),
        strictness=settings.knees.strictness,
        limits=thresholds(settings, with_reference=done.analysis.reference is not None),
        settings=_changed(settings),
    )


def _digest(path: Path) -> str | None:
    """None for what can't be read a second time."""
    try:
        return None if is_stream(path) else sha256(path)
    except OSError:
        return None


def _network(name: str | None, *, here: bool) -> NetworkFile:
    """here: it ran in this program; else somebody says that it did somewhere."""
    if name is None or not here:
        return NetworkFile(name)
    entry = find(name)
    return NetworkFile(name, entry.path.name, entry.sha256)


def _changed(settings: Settings) -> dict[str, Any]:
    """The settings that are not the default, as JSON has them."""
    found = {}
    for section, name, field in every():
        dotted = f"{section}.{name}"
        read = section in BEARING and not (section == "camera" and name in OF_A_LIVE_CAMERA)
        if not (read or dotted == WORDS):
            continue
        value = getattr(getattr(settings, section), name)
        if value != field.default:
            found[dotted] = value
    return found
