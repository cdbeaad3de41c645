"""A mirror through hours with everything on: video decoded, the network, MQTT, the store, metrics.

Run it as `python tests/reliability/soak_live.py HOURS FOLDER [PICTURES_A_SECOND]`: the demo's clip again and
again as if a camera saw it, told to a broker of its own, with as many arenas of memory as the unit allows.
FOLDER gets memory.csv and memory.png: the process's resident memory and open files over time, and, to tell a
leak from memory that only lies scattered, what is held of both allocators.
"""

from __future__ import annotations

import csv
import ctypes
import gc
import itertools
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from broker import MOSQUITTO, Broker  # noqa: E402

from mirror.camera.frame import Frame  # noqa: E402
from mirror.camera.video import VideoFile  # noqa: E402
from mirror.settings import Settings  # noqa: E402
from mirror.station.run import DEMO_CLIP  # noqa: E402
from mirror.station.station import Station  # noqa: E402
from mirror.station.upkeep import upkeep_for  # noqa: E402

EVERY_S = 10.0
PAUSE_S = 24.0
WARM_UP_S = 600.0
"""Until then caches fill: what is held after it should not grow."""


class AsIfLive(VideoFile):
    """The clip over and over, its pictures on the monotonic clock."""

    live = True

    def __init__(self, path: Path, per_s: float) -> None:
        super().__init__(path, pace=False)
        self._every = max(1, round((self.fps or 30.0) / per_s))

    def frames(self) -> Iterator[Frame]:
        count, due = 0, time.monotonic()
        while not self._closing.is_set():
            for index, frame in enumerate(self._squats_and_a_pause()):
                if index % self._every:
                    continue
                due = max(due + self._every / (self.fps or 30.0), time.monotonic())
                if self._closing.wait(max(0.0, due - time.monotonic())):
                    return
                count += 1
                yield replace(frame, t=due, index=count)

    def _squats_and_a_pause(self) -> Iterator[Frame]:
        """The clip, and whoever is in it stands until the set is over and told."""
        last = None
        for last in super().frames():
            yield last
        if last is not None:
            yield from itertools.repeat(last, round(PAUSE_S * (self.fps or 30.0)))


class _MallInfo(ctypes.Structure):
    """What glibc's mallinfo2 returns."""

    _fields_ = (
        *((f"before_{n}", ctypes.c_size_t) for n in range(4)),
        ("mapped", ctypes.c_size_t),
        *((f"between_{n}", ctypes.c_size_t) for n in range(2)),
        ("held", ctypes.c_size_t),
        *((f"after_{n}", ctypes.c_size_t) for n in range(2)),
    )


def held_mb() -> float:
    """Of malloc's memory, all arenas, what nobody has given back; MB."""
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = _MallInfo
    info = mallinfo()
    return float(info.held + info.mapped) / 1e6


Row = tuple[float, float, int, int, float, int]


def sizes() -> tuple[float, int, int, float, int]:
    """Resident memory in MB, open files, threads of this process; MB held of malloc's, blocks of Python's."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    memory = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    gc.collect()
    files = len(list(Path("/proc/self/fd").iterdir()))
    return memory, files, threading.active_count(), round(held_mb(), 2), sys.getallocatedblocks()


def as_the_unit_starts_it() -> None:
    """Begin anew with the unit's limit on arenas, which holds from a process's start."""
    if os.environ.setdefault("MALLOC_ARENA_MAX", "2") and "SOAKING" not in os.environ:
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"SOAKING": "1"})


def measured(hours: float, folder: Path, per_s: float) -> tuple[list[Row], str]:
    """A row every ten seconds: seconds and `sizes`; and what the mirror says it did."""
    os.environ["STATE_DIRECTORY"] = str(folder / "state")
    rows = []
    with Broker(folder, "mosquitto" if MOSQUITTO else "amqtt") as broker:
        told = {"mqtt": {"broker": broker.address}, "metrics": {"file": str(folder / "mirror.prom")}}
        settings = Settings.model_validate(told | {"lights": {"kind": "mock"}})
        source, events = AsIfLive(DEMO_CLIP, per_s), folder / "events.jsonl"
        stop = threading.Event()
        station = Station(settings, source, "the clip", events, stop, None, upkeep_for(settings))
        began = time.monotonic()
        with station.running(), (folder / "memory.csv").open("w", newline="") as file:
            out = csv.writer(file)
            out.writerow(("seconds", "memory_mb", "files", "threads", "held_mb", "blocks"))
            while not station.over and time.monotonic() - began < 3600.0 * hours:
                rows.append((round(time.monotonic() - began, 1), *sizes()))
                out.writerow(rows[-1])
                file.flush()
                station.eyes.done.wait(EVERY_S)
            stop.set()
        station.check()
        return rows, station.status()


def plot(rows: list[Row], path: Path) -> None:
    """Memory and open files over time."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, (above, below) = plt.subplots(2, sharex=True, figsize=(8, 5))
    minutes = [row[0] / 60 for row in rows]
    above.plot(minutes, [row[1] for row in rows], label="resident")
    above.plot(minutes, [row[4] for row in rows], label="held of malloc's", color="grey", ls="--")
    above.set_ylabel("memory, MB")
    above.legend()
    above.axvline(WARM_UP_S / 60, color="grey", lw=0.8)
    below.plot(minutes, [row[2] for row in rows], label="files")
    below.plot(minutes, [row[3] for row in rows], label="threads")
    below.set_xlabel("minutes")
    below.legend()
    figure.savefig(path, dpi=110)


def main() -> None:
    as_the_unit_starts_it()
    folder = Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    rows, said = measured(float(sys.argv[1]), folder, float(sys.argv[3]) if len(sys.argv) > 3 else 30.0)
    warm = [row for row in rows if row[0] >= WARM_UP_S] or rows
    minutes = 60
    first, last = ([row[1] for row in part] for part in (warm[:minutes], warm[-minutes:]))
    grown = sum(last) / len(last) - sum(first) / len(first)
    plot(rows, folder / "memory.png")
    print(f"{rows[-1][0] / 60:.0f} min; {said}")
    print(
        f"memory {warm[0][1]:.1f} -> {warm[-1][1]:.1f} MB, {grown:+.1f} MB between the means of ten minutes"
    )
    print(f"held of malloc's {warm[0][4]:.1f} -> {warm[-1][4]:.1f} MB")
    print(f"Python's blocks {warm[0][5]} -> {warm[-1][5]}")
    print(f"open files {warm[0][2]} -> {warm[-1][2]}, threads {warm[0][3]} -> {warm[-1][3]}")


if __name__ == "__main__":
    main()
