"""A mirror through hours of clip time, as fast as it can be judged: does it grow?

Run it as `python tests/reliability/soak.py HOURS`; the test suite runs some minutes of it. The network is not
asked, because a recording has the keypoints already; everything else is real, the store and the screen too.
"""

from __future__ import annotations

import ctypes
import gc
import itertools
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]
os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import simulate  # noqa: E402
from reliability.whole_mirror import squats  # noqa: E402

from mirror.camera.frame import Frame  # noqa: E402
from mirror.camera.recording import Recording, RecordingSource  # noqa: E402
from mirror.coach.words import words  # noqa: E402
from mirror.history.database import Store  # noqa: E402
from mirror.history.records import Logbook  # noqa: E402
from mirror.screen.pick import open_stage  # noqa: E402
from mirror.screen.window import DisplayWindow  # noqa: E402
from mirror.settings import Settings  # noqa: E402
from mirror.station.station import Station  # noqa: E402
from mirror.station.upkeep import Upkeep  # noqa: E402

DRAW_EVERY = 30
"""Frames between two pictures drawn: enough to pass through every scene many times."""


@dataclass(frozen=True)
class Size:
    """What the process holds: resident memory in MB, open files, threads."""

    memory_mb: float
    files: int
    threads: int


def size_now() -> Size:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    memory = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return Size(memory, len(list(Path("/proc/self/fd").iterdir())), threading.active_count())


class EndlessVisits(RecordingSource):
    """One visit after the other, each handed over once the one before was taken; nothing is dropped."""

    def __init__(self, visit: simulate.Simulated, seconds: float) -> None:
        recording = Recording(visit.t, visit.keypoints, visit.image_size, hfov_deg=visit.hfov_deg)
        super().__init__(recording, pace=False)
        self._seconds = seconds
        self.reached = Size(0, 0, 0)
        self.station: Station | None = None
        self.t = 0.0

    def frames(self) -> Iterator[Frame]:
        tick, fed = threading.Event(), itertools.count(1)
        began = 0.0
        while began < self._seconds:
            for frame in super().frames():
                if self._closing.is_set():
                    return
                self.t = began + frame.t
                count = next(fed)
                yield replace(frame, t=self.t, index=count)
                while self.station and self.station.mailbox.delivered < count and not self._closing.is_set():
                    tick.wait(0.0002)
            began = self.t + 1 / 30


def soak(hours: float, folder: Path, warm_up: float = 0.2) -> tuple[Size, Size, dict[str, Any]]:
    """(size after the warm-up, size at the end, what was done). warm_up: share of the time."""
    seconds = 3600.0 * hours
    source = EndlessVisits(squats(4, then_stand_s=12.0), seconds)
    settings = Settings.model_validate({"lights": {"kind": "mock"}})
    store = Store(folder / "sets.sqlite", 90)
    stop = threading.Event()
    upkeep = Upkeep(Logbook(store, words("en")))
    station = Station(settings, source, "visits", folder / "events.jsonl", stop, None, upkeep)
    source.station = station
    window = DisplayWindow((480, 800))
    stage, _ = open_stage(window.canvas, settings.screen, "en", station.limits_deg)
    warm: Size | None = None
    drawn = 0
    with station.running():
        while not station.over:
            taken = station.mailbox.delivered
            if taken >= DRAW_EVERY * drawn:
                station.draw(stage)
                drawn = taken // DRAW_EVERY + 1
            if warm is None and source.t >= warm_up * seconds:
                warm = size_now()
            station.eyes.done.wait(0.005)
        cold = size_now()
    station.check()
    window.close()
    done = {
        "frames": station.eyes.tally.judged,
        "seconds": source.t,
        "drawn": drawn,
        "dropped": store.dropped,
    }
    return warm or cold, cold, done


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        warm, cold, done = soak(float(sys.argv[1]), Path(folder))
    grown = cold.memory_mb - warm.memory_mb
    print(
        f"{done['seconds'] / 3600:.2f} h of clip time, {done['frames']} frames judged, {done['drawn']} drawn"
    )
    print(f"memory {warm.memory_mb:.1f} -> {cold.memory_mb:.1f} MB, {grown:+.1f} MB")
    print(f"open files {warm.files} -> {cold.files}, threads {warm.threads} -> {cold.threads}")


if __name__ == "__main__":
    main()
