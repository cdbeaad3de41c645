#!/usr/bin/env python3
"""Fuzzes what the mirror reads from files, guided by coverage: settings, recordings, what was learned.

Anything but use or one line of refusal is a finding; the file that led to it is left in the working folder.
Needs atheris, which is in no extra of the project:

    pip install atheris
    python scripts/fuzz/fuzz_readers.py settings -max_total_time=300
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

with atheris.instrument_imports(include=["mirror", "tomllib", "zipfile", "numpy.lib"]):
    import numpy as np

    from mirror.camera.recording import Recording, RecordingSource, load, save
    from mirror.faults import BadInput
    from mirror.knees.constants import ANATOMICAL
    from mirror.knees.optics import Camera
    from mirror.mounting import memory as mounting
    from mirror.pose import choice
    from mirror.pose.catalog import DEFAULT_MODEL
    from mirror.settings import Settings, check, render_toml
    from mirror.settings import load as load_settings

LEARNED = {
    "schema": 1,
    "camera": {"hfov_deg": 55.0, "size": [640, 480], "height_m": 1.08, "roll_deg": None},
    "people": [[3.0, 1.3, 0.6, 0.4]],
}
CHOSEN = {
    "schema": 1,
    "machine": {},
    "choice": {"model": DEFAULT_MODEL, "threads": 2, "why": "measured", "ladder": [DEFAULT_MODEL]},
}


def one_line(told: str) -> None:
    """Raises AssertionError for none and for several."""
    if len(told.splitlines()) != 1:
        raise AssertionError(f"not one line: {told!r}")


def settings_file(path: Path) -> None:
    problems = check(path)
    for problem in problems:
        one_line(problem)
    try:
        load_settings(path)
    except BadInput as refused:
        one_line(str(refused))
        if not problems:
            raise AssertionError("refused without a problem") from refused


def recording(path: Path) -> None:
    try:
        for frame in RecordingSource(load(path), pace=False).frames():
            if frame.keypoints is None or not np.isfinite(frame.keypoints).all():
                raise AssertionError("keypoints that are no places")
    except BadInput as refused:
        one_line(str(refused))


def learned(path: Path) -> None:
    camera = Camera(55.0, 8.0, 0.0, 1.08, (("tilt", "assumed"), ("roll", "assumed")))
    path.replace(path.with_name(mounting.FILE_NAME))
    mounting.learning_mount(path.parent, camera, (640, 480), ANATOMICAL, None)


def chosen(path: Path) -> None:
    path.replace(path.with_name(choice.FILE_NAME))
    choice.kept(path.parent, {})


def plain_recording(folder: Path) -> bytes:
    path = folder / "seed.npz"
    save(path, Recording(np.arange(3.0), np.full((3, 17, 3), 0.5, np.float32), (64, 48), model="m"))
    return path.read_bytes()


READERS: dict[str, tuple[Callable[[Path], None], Callable[[Path], bytes]]] = {
    "settings": (settings_file, lambda _: render_toml(Settings(), commented=False).encode()),
    "recording": (recording, plain_recording),
    "mounting": (learned, lambda _: json.dumps(LEARNED).encode()),
    "choice": (chosen, lambda _: json.dumps(CHOSEN).encode()),
}


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in READERS:
        sys.exit(
            f"fuzz_readers.py {'|'.join(READERS)} [-max_total_time=SECONDS and other options of libFuzzer]"
        )
    logging.disable()
    for name in [name for name in os.environ if name.startswith("SQUAT_MIRROR_")]:
        del os.environ[name]
    read, seed = READERS[sys.argv.pop(1)]
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        (corpus / "seed").write_bytes(seed(Path(folder)))
        given = Path(folder) / "given"

        def one(content: bytes) -> None:
            given.write_bytes(content)
            read(given)

        atheris.Setup([*sys.argv, str(corpus)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
