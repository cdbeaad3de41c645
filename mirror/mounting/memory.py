"""What a station has learned about its own mounting, kept across restarts: one small JSON file.

Angles only, no picture, no joint and nobody's name. Knows files; what the numbers mean is the knees room's.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
from dataclasses import astuple
from pathlib import Path
from typing import Any

from mirror.files.writing import replace_whole
from mirror.knees.constants import KeypointConstants
from mirror.knees.optics import Camera
from mirror.mounting.learned_tilt import LearnedMount, Visitor

log = logging.getLogger(__name__)

FILE_NAME = "mounting.json"
SCHEMA = 1
LARGEST_BYTES = 100_000
"""Sixty people are 5 kB."""
STEEPEST_DEG = 60.0
SMALLEST_DEG, LARGEST_DEG = 0.001, 90.0
"""Of a standard deviation: the last digit that is written, and knowing nothing at all."""
Key = dict[str, Any]
"""What the angles hold for: the same camera, as high and as wide, in pictures of the same shape."""


def learning_mount(
    folder: Path | None,
    camera: Camera,
    size: tuple[int, int],
    constants: KeypointConstants,
    stature_m: float | None,
) -> LearnedMount | None:
    """A Mount that begins with what `folder` remembers of this camera, and remembers what it learns there.

    size: (height, width) of the pictures. folder: None for a clip, whose camera says nothing of the
    station's: it learns for itself, where its height was given, and nothing is kept. None where there is
    nothing to learn. A file that is broken or belongs to another mounting is left behind with a line in the
    log; a folder that cannot be written costs the memory, not the mirror.
    """
    if dict(camera.how_known).get("tilt") != "assumed":
        return None
    if folder is None:
        return None if camera.height_m is None else LearnedMount(camera, constants, stature_m)
    memory = Memory(folder / FILE_NAME, _key(camera, size))
    mount = LearnedMount(camera, constants, stature_m, memory.visitors(), memory.keep)
    how = dict(mount.camera.how_known)["tilt"]
    log.info("tilt: %.1f degrees down, %s", mount.camera.tilt_deg, how)
    return mount


def _key(camera: Camera, size: tuple[int, int]) -> Key:
    height = None if camera.height_m is None else round(camera.height_m, 3)
    roll = None if dict(camera.how_known).get("roll") == "assumed" else camera.roll_deg
    return {"hfov_deg": round(camera.hfov_deg, 2), "size": list(size), "height_m": height, "roll_deg": roll}


class Memory:
    """One file, read once and written by a thread of its own: the eyes never wait for a disk."""

    def __init__(self, path: Path, key: Key) -> None:
        self._path = path
        self._key = key
        self._newest: queue.SimpleQueue[tuple[Visitor, ...]] = queue.SimpleQueue()
        self._writing = threading.Lock()
        self._complained = False

    def visitors(self) -> tuple[Visitor, ...]:
        """Everybody remembered for this camera; nobody when the file is missing, broken or another's."""
        try:
            with self._path.open("rb") as file:
                document = json.loads(file.read(LARGEST_BYTES))
            if not isinstance(document, dict) or document.get("schema") != SCHEMA:
                raise ValueError("of another version")
            people = tuple(_visitor(row) for row in document["people"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
            log.warning("%s cannot be read and is begun anew (%s)", self._path, _clause(error))
            return ()
        if document.get("camera") != self._key:
            log.info("%s was learned with another camera or height, and is begun anew", self._path)
            return ()
        return people

    def keep(self, people: tuple[Visitor, ...]) -> None:
        """Remember these people, soon; returns at once."""
        self._newest.put(people)
        threading.Thread(target=self._write, name="mounting", daemon=True).start()

    def settle(self) -> None:
        """Come back when everything given to `keep` is on disk."""
        self._write()

    def _write(self) -> None:
        with self._writing:
            people = None
            while not self._newest.empty():
                people = self._newest.get()
            if people is None:
                return  # another thread has written it
            rows = [[round(value, 3) for value in astuple(who)] for who in people]
            document = {"schema": SCHEMA, "camera": self._key, "people": rows}
            try:
                _replace(self._path, json.dumps(document) + "\n")
            except OSError as error:
                if not self._complained:
                    log.warning(
                        "%s: what was learned of the tilt is not kept: %s", self._path, error.strerror
                    )
                self._complained = True


def _visitor(row: Any) -> Visitor:
    tilt, sd, shared, roll = (float(value) for value in row)
    level = abs(tilt) < STEEPEST_DEG and abs(roll) < STEEPEST_DEG
    sane = level and SMALLEST_DEG <= sd <= LARGEST_DEG and 0 <= shared <= LARGEST_DEG
    if not sane:
        raise ValueError("angles no camera hangs at")
    return Visitor(tilt, sd, shared, roll)


def _clause(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "it is not what was written" if not str(error) else str(error).splitlines()[0]


def _replace(path: Path, text: str) -> None:
    """The old file or the new one, whatever happens in between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_whole(path, text.encode(), alone=True)  # one station a folder
