"""What was survived, kept for the doctor and whoever mends it: a small file of incidents, and black boxes.

Written by a thread of its own, so that no room waits for a disk. Knows files; nothing of what went wrong.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mirror import __version__
from mirror.camera.recording import Recording
from mirror.faults import PermanentFault
from mirror.files.writing import replace_whole
from mirror.service.black_box import BlackBox, keep
from mirror.service.containment import Incident

log = logging.getLogger(__name__)

FOLDER, FILE = "incidents", "incidents.json"
SCHEMA = 1
MOST_KEPT = 50
"""Places remembered between starts; the longest ago go first."""
WAITING = 8
"""Incidents on their way to the disk. One more is told in the journal only."""


@dataclass(frozen=True, slots=True)
class KeptIncident:
    """One place where something unforeseen happened, over all starts of one version.

    first, last: seconds since 1970. times: starts of the program in which it happened. black_box: the name
    of the recording beside the file, or "".
    """

    room: str
    place: str
    error: str
    version: str
    first: float
    last: float
    times: int
    black_box: str


class IncidentLog:
    """Listens to incidents and keeps them in a folder."""

    room = "incidents"

    def __init__(self, folder: Path, box: BlackBox | None) -> None:
        """folder: of the state. box: None keeps no joints."""
        self.folder = folder / FOLDER
        self._box = box
        self._waiting: queue.Queue[tuple[Incident, Recording | None] | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, name="incidents", daemon=True)
        self._begun = False

    def happened(self, incident: Incident) -> None:
        """Keep it, soon; returns at once."""
        recording = None if self._box is None else self._box.recording()
        if not self._begun:
            self._begun = True
            self._thread.start()
        try:
            self._waiting.put_nowait((incident, recording))
        except queue.Full:
            log.warning("incidents: too many at once; %s is not kept", incident.place)

    def close(self, timeout: float = 1.0) -> None:
        """Write what waits and end; may be called twice."""
        if self._begun and self._thread.is_alive():
            try:
                self._waiting.put(None, timeout=timeout)
            except queue.Full:
                return
            self._thread.join(timeout)

    def _run(self) -> None:
        while (waiting := self._waiting.get()) is not None:
            incident, recording = waiting
            try:
                self._keep(incident, recording)
            except (OSError, PermanentFault) as error:
                log.warning("incidents: they cannot be kept in %s (%s)", self.folder, error)

    def _keep(self, incident: Incident, recording: Recording | None) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = ""
        if recording is not None:
            name = keep(self.folder, incident.place, recording).name
            log.warning("incidents: the joints before it are in %s", self.folder / name)
        earlier = kept(self.folder)
        write(
            self.folder,
            [*(one for one in earlier if not _same(one, incident)), _add(earlier, incident, name)],
        )


def _same(one: KeptIncident, incident: Incident) -> bool:
    return one.place == incident.place and one.version == __version__


def _add(earlier: list[KeptIncident], incident: Incident, name: str) -> KeptIncident:
    before = next((one for one in earlier if _same(one, incident)), None)
    return KeptIncident(
        incident.room,
        incident.place,
        incident.error,
        __version__,
        before.first if before else incident.at,
        incident.at,
        before.times + 1 if before else 1,
        name or (before.black_box if before else ""),
    )


def write(folder: Path, all_kept: list[KeptIncident]) -> None:
    """The file as a whole or not at all. Raises OSError."""
    newest = sorted(all_kept, key=lambda one: one.last)[-MOST_KEPT:]
    document = {"schema": SCHEMA, "incidents": [asdict(one) for one in newest]}
    replace_whole(folder / FILE, (json.dumps(document, indent=1) + "\n").encode(), alone=True)


def kept(folder: Path) -> list[KeptIncident]:
    """What the file in this folder holds, the newest last; nothing where it is missing or makes no sense."""
    try:
        document = json.loads((folder / FILE).read_text("utf-8"))
        return [_read(row) for row in document["incidents"]][-MOST_KEPT:]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        log.warning("%s cannot be read and is begun anew (%s)", folder / FILE, type(error).__name__)
        return []


def _read(row: dict[str, Any]) -> KeptIncident:
    texts = {name: str(row[name]) for name in ("room", "place", "error", "version", "black_box")}
    return KeptIncident(**texts, first=float(row["first"]), last=float(row["last"]), times=int(row["times"]))


def log_for(folder: Path, box: BlackBox | None, played: str) -> IncidentLog | None:
    """None while one of its own black boxes is played: that would write over what is looked at."""
    inside = Path(played).absolute().parent == (folder / FOLDER).absolute()
    return None if inside else IncidentLog(folder, box)
