"""`squat-mirror bench`: how long everything takes on this very machine, told as a table and as JSON.

Runs the real mirror on the bundled clip at the clip's own pace, with every stage timed and pictures drawn off
screen, then the desk and the knees kernel on the same clip. Measures; decides nothing.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mirror.camera.video import VideoFile
from mirror.coach.feedback import Light
from mirror.coach.words import words
from mirror.desk.study import Study, study
from mirror.files.writing import check_writable, write_whole
from mirror.fitting.from_settings import constants_of, model_threads, thresholds
from mirror.knees.analysis import analyse
from mirror.knees.constants import ANKLE, KNEE
from mirror.knees.shank import deviation, lift
from mirror.knees.track import Track
from mirror.pose.catalog import find
from mirror.settings import Settings, files_named
from mirror.station.run import DEMO_CLIP
from mirror.station.station import Station
from mirror.stopwatch import Laps, Took

if TYPE_CHECKING:
    from mirror.screen.stage import Stage

CANVAS = (1080, 1920)
WAITING = "wait"
OUTSIDE = ("invoke", "draw")
"""Stages whose time belongs to the network and the screen, not to us in between."""
KERNEL_ROUNDS = 5
BATCH = 20_000
DRAWN_FRAMES = 60
VIEWS = {"reflection": False, "camera": True}
"""The two views of the person, and whether the camera's picture is drawn in them."""
START_ROUNDS = 5

Measured = dict[str, Any]


def bench(settings: Settings, seconds: float, output: Path | None, *, overwrite: bool) -> int:
    """Measure, print the table, write the JSON where asked. Exit code."""
    if output is not None:
        check_writable([output], files_named(settings), overwrite)
    began = time.perf_counter()
    live, start_up, runtime = _live(settings, seconds, began)
    desk_took, done = _desk(settings)
    measured = {
        "schema": 1,
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "load": os.getloadavg()[0]},
        "model": {
            "name": find(settings.model.name).name,
            "runtime": runtime,
            "threads": model_threads(settings),
        },
        "stages": {stage: asdict(took) for stage, took in live.items()},
        **_sums(live),
        "desk": desk_took,
        "drawing": {view: _drawing(picture) for view, picture in VIEWS.items()},
        "kernel": _kernel(settings, done),
        "memory_mb": _memory_mb(),
        "start_up": start_up | _bare_start(),
    }
    _print(measured)
    if output is not None:
        write_whole(output, json.dumps(measured, indent=1) + "\n")
    return 0


def _live(settings: Settings, seconds: float, began: float) -> tuple[dict[str, Took], Measured, str]:
    """The mirror on the bundled clip for so long: stages, the parts of its start, the network's runtime."""
    source = VideoFile(DEMO_CLIP, pace=True)
    drawing = Laps()
    station = Station(settings, source, "the bundled clip", None, threading.Event())
    start = {"built_s": time.perf_counter() - began}
    stage = _stage(settings, station)
    start["screen_s"] = time.perf_counter() - began
    with station.running():
        until = time.perf_counter() + seconds
        tick = time.perf_counter()
        while time.perf_counter() < until and not station.over:
            drawing.start()
            if station.draw(stage):
                drawing.mark("draw")
            _notice(start, station, began)
            tick = max(tick + 1 / settings.screen.max_fps, time.perf_counter())
            station.stop.wait(max(0.0, tick - time.perf_counter()))
    station.check()
    return station.eyes.laps.took() | drawing.took(), start, station.runtime


def _notice(start: Measured, station: Station, began: float) -> None:
    """The first time a frame was judged, and the first time the lamp said something, since the beginning."""
    if station.eyes.tally.judged:
        start.setdefault("first_pose_s", time.perf_counter() - began)
    if station.eyes.feedback.light not in (Light.OFF, Light.UNKNOWN):
        start.setdefault("first_verdict_s", time.perf_counter() - began)


def _stage(settings: Settings, station: Station) -> Stage:
    """A stage on a canvas in memory: what drawing costs without a display."""
    from mirror.screen.stage import Stage

    import pygame  # isort: skip - the screen room quiets its greeting first

    return Stage(pygame.Surface(CANVAS), words(settings.coach.language), limits_deg=station.limits_deg)


def _drawing(picture: bool) -> Measured:
    """A live frame drawn off screen, with nothing else running, and a plain copy of a screen to compare."""
    from mirror.bench.drawing import time_drawing

    took = time_drawing(CANVAS, picture, DRAWN_FRAMES)
    return {"median_ms": took["frame"], "blit_ms": took["blit"], "ratio_to_blit": took["ratio"]}


def _sums(stages: dict[str, Took]) -> Measured:
    """The sum of a frame's stages without waiting, and our own share against the network's."""
    medians = {stage: took.median_ms for stage, took in stages.items() if stage not in (WAITING, "feet")}
    ours = sum(median for stage, median in medians.items() if stage not in OUTSIDE)
    invoke = medians.get("invoke")
    return {
        "sum_ms": sum(medians.values()),
        "overhead_ratio": ours / invoke if invoke else None,
    }


def _desk(settings: Settings) -> tuple[Measured, Study]:
    """The whole clip at the desk, and how much faster than real time that was."""
    began = time.perf_counter()
    done = study(DEMO_CLIP, settings, None)
    took = time.perf_counter() - began
    return {"seconds": took, "times_real_time": done.source["duration_s"] / took}, done


def _kernel(settings: Settings, done: Study) -> Measured:
    """Frames a second through all of the knees room, from keypoints to repetitions."""
    recording = done.recording
    t = recording.t
    track = Track(t, recording.keypoints, recording.image_size, np.ones(len(t), np.bool_))
    constants = constants_of(recording.model)
    limits = thresholds(settings, with_reference=False)
    best = np.inf
    for _ in range(KERNEL_ROUNDS):
        began = time.perf_counter()
        analyse(track, done.analysis.camera, constants, limits)
        best = min(best, time.perf_counter() - began)
    return {"frames": len(t), "frames_per_s": len(t) / best, "batch_frames_per_s": _batch(done)}


def _batch(done: Study) -> float:
    """Frames a second through the kernel's formulas alone, both legs, all frames of a long array at once."""
    motions = done.analysis.motions
    depth = next(
        placement.stance.depth for placement in done.analysis.placements if placement.stance is not None
    )
    times = -(-BATCH // len(motions))
    p = np.tile(np.stack([motion.p for motion in motions]), (times, 1, 1))[:BATCH]
    azimuth = np.zeros(2)
    best = np.inf
    for _ in range(KERNEL_ROUNDS):
        began = time.perf_counter()
        deviation(lift(p[:, KNEE], p[:, ANKLE], depth), azimuth)
        best = min(best, time.perf_counter() - began)
    return BATCH / best


def _memory_mb() -> float | None:
    """Resident memory of this program now, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _bare_start() -> Measured:
    """How long `squat-mirror --help` takes next to a Python that does nothing, in turns."""
    bare, with_help = [], []
    for _ in range(START_ROUNDS):
        bare.append(_seconds_of(["-c", "pass"]))
        with_help.append(_seconds_of(["-m", "mirror", "--help"]))
    return {
        "python_s": float(np.median(bare)),
        "help_s": float(np.median(with_help)),
        "help_ratio": float(np.median(with_help) / np.median(bare)),
    }


def _seconds_of(arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    return time.perf_counter() - began


def _print(measured: Measured) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, header_style="bold")
    for heading in ("stage", "median ms", "p95 ms", "times"):
        table.add_column(heading, justify="left" if heading == "stage" else "right")
    for stage, took in measured["stages"].items():
        table.add_row(stage, f"{took['median_ms']:.2f}", f"{took['p95_ms']:.2f}", str(took["laps"]))
    console = Console()
    console.print(table)
    model, start, desk = measured["model"], measured["start_up"], measured["desk"]
    overhead = measured["overhead_ratio"]
    memory = measured["memory_mb"]
    for line in (
        f"{model['name']} on {model['runtime']}, {model['threads']} thread(s)",
        f"a frame: {measured['sum_ms']:.1f} ms without waiting"
        + (f"; all that is neither network nor drawing: {overhead:.3f} of the network" if overhead else ""),
        "a live frame drawn alone: "
        + ", ".join(
            f"{view} {took['median_ms']:.1f} ms, {took['ratio_to_blit']:.1f} times a plain copy of a screen"
            for view, took in measured["drawing"].items()
        ),
        f"desk: {desk['times_real_time']:.1f} times real time; "
        f"knees: {measured['kernel']['frames_per_s']:,.0f} frames/s frame by frame, "
        f"{measured['kernel']['batch_frames_per_s']:,.0f} at once",
        (f"memory: {memory:.0f} MB; " if memory else "")
        + f"--help takes {start['help_s']:.2f} s, {start['help_ratio']:.1f} times a bare Python",
        "start: " + ", ".join(f"{part[:-2].replace('_', ' ')} {start[part]:.2f} s" for part in _parts(start)),
    ):
        console.print(line, highlight=False, soft_wrap=True)


def _parts(start: Measured) -> list[str]:
    return [part for part in ("built_s", "screen_s", "first_pose_s", "first_verdict_s") if part in start]
