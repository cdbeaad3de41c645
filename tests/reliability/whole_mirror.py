"""A whole mirror in a process of its own, as a service runs it.

Started, watched through its event log and its stderr, signalled and ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import simulate
from patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]


AS_CAMERA = """
import os
from mirror.station import run as station_run
from mirror.camera.recording import RecordingSource, load
from mirror.cli import script

played = RecordingSource(load(os.environ["IN_A_CAMERA_S_PLACE"]), pace=True)
station_run.open_camera = lambda settings: (played, "a webcam")
script()
"""
"""The command, where a recording is what the webcam sees."""


class WholeMirror:
    """`squat-mirror run` on SDL's offscreen display with a mock lamp. Use as a context manager."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        screen: str = "window",
        seen: Path | None = None,
        **environment: str,
    ) -> None:
        """seen: a recording of what the camera sees."""
        self.log = folder / "events.jsonl"
        self._stderr = folder / "stderr"
        program = ["-c", AS_CAMERA] if seen else ["-m", "mirror"]
        call = [sys.executable, *program, "run", "--lights", "mock", "--screen", screen]
        call += ["--events", str(self.log), *arguments]
        outside = {name: value for name, value in os.environ.items() if not name.startswith("SQUAT_MIRROR_")}
        environment |= {"IN_A_CAMERA_S_PLACE": str(seen)} if seen else {}
        given = {"SDL_VIDEODRIVER": "offscreen", "XDG_STATE_HOME": str(folder / "state"), **environment}
        self.process = subprocess.Popen(
            call, cwd=folder, env={**outside, "PYTHONPATH": str(ROOT), **given},
            stdout=subprocess.DEVNULL, stderr=self._stderr.open("w"),
        )  # fmt: skip

    def __enter__(self) -> WholeMirror:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    @property
    def said(self) -> str:
        """Everything on stderr so far."""
        return self._stderr.read_text("utf-8")

    def events(self, kind: str = "") -> list[dict[str, Any]]:
        """The event log so far, whole lines only."""
        if not self.log.exists():
            return []
        lines = self.log.read_text("utf-8").splitlines(keepends=True)
        all_of_them = [json.loads(line) for line in lines if line.endswith("\n")]
        return [event for event in all_of_them if not kind or event["event"] == kind]

    def wait_until(self, what: str, holds: Callable[[], object]) -> None:
        """Until `holds()`; fails when the mirror ends before."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert self.process.poll() is None, f"it ended before {what}:\n{self.said}"
            assert time.monotonic() < deadline, f"never {what}; events {self.events()[-5:]}\n{self.said}"
            time.sleep(0.02)

    def terminate(self) -> tuple[int, float]:
        """SIGTERM: the exit code, and how long that took in seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_S)
        return code, time.monotonic() - began


def squats(
    count: int, *, deltas: tuple[float, float] = (0.0, 14.0), then_stand_s: float = 2.0
) -> simulate.Simulated:
    """Somebody who does the reference squat, then good and caving ones, and stands."""
    movements: list[simulate.Movement] = [simulate.Stand(2.5)]
    for n in range(count):
        delta = deltas[n % len(deltas)]
        movements += [simulate.Squat(delta=(delta, delta)), simulate.Stand(1.0)]
    return simulate.simulate([*movements, simulate.Stand(then_stand_s)], noise=simulate.Noise(sigma_px=0.8))


def arms(to: str, which: str = "both") -> simulate.Simulated:
    """Somebody who stands, holds an arm or both somewhere for a moment, and asks again until it is seen."""
    asks = [simulate.RaiseArms(3.5, to=to, which=which), simulate.Stand(8.0)]
    return simulate.simulate([simulate.Stand(2.5), *asks * 5], hands="hang")


def nobody(seconds: float) -> dict[str, Any]:
    """A recording in which nobody is."""
    t = np.arange(round(seconds * 30)) / 30
    return {"t": t, "keypoints": np.zeros((len(t), 17, 3), np.float32), "image_size": np.array((640, 480))}


def far_away(seconds: float) -> dict[str, Any]:
    """Somebody too small in the picture to be judged."""
    sim = simulate.simulate([simulate.Stand(seconds)])
    keypoints = sim.keypoints.copy()
    keypoints[..., :2] = 0.5 + 0.3 * (keypoints[..., :2] - 0.5)
    return {"t": sim.t, "keypoints": keypoints, "image_size": np.array(sim.image_size)}


def restless(seconds: float) -> dict[str, Any]:
    """Somebody who never stands still."""
    sim = simulate.simulate([simulate.Stand(seconds)])
    keypoints = sim.keypoints.copy()
    keypoints[..., 1] += 0.05 * np.sin(2 * np.pi * 0.7 * sim.t)[:, None].astype(np.float32)
    return {"t": sim.t, "keypoints": keypoints, "image_size": np.array(sim.image_size)}
