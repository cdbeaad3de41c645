"""What a station learned of its mounting survives restarts, power cuts and broken files."""

from __future__ import annotations

import json
import logging
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import simulate
from patience import PATIENCE_S
from service.live_camera import Live

from mirror.knees.constants import ANATOMICAL
from mirror.knees.optics import Camera, rectify
from mirror.knees.stance import median_pose
from mirror.mounting.learned_tilt import LearnedMount, Visitor
from mirror.mounting.memory import FILE_NAME, Memory, learning_mount
from mirror.pose.catalog import DEFAULT_MODEL
from mirror.settings import CameraSettings, LightsSettings, ModelSettings, Settings
from mirror.station.station import Station

HOW = (("hfov", "given"), ("tilt", "assumed"), ("roll", "assumed"), ("height", "given"))
CAMERA = Camera(55.0, 8.0, 0.0, 1.08, HOW)
SIZE = (640, 480)
PEOPLE = tuple(Visitor(t, 1.3, 0.6, 0.4) for t in (2.5, 3.1, 3.9, 2.2))


def mount_in(folder: Path, camera: Camera = CAMERA) -> LearnedMount:
    mount = learning_mount(folder, camera, SIZE, ANATOMICAL, None)
    assert mount is not None
    return mount


def remember(folder: Path, people: tuple[Visitor, ...] = PEOPLE, camera: Camera = CAMERA) -> Path:
    """Kept and on disk."""
    mount = mount_in(folder, camera)
    assert mount._keep is not None
    mount._keep(people)
    mount._keep.__self__.settle()  # type: ignore[attr-defined]
    return folder / FILE_NAME


def how(mount: LearnedMount) -> str:
    return dict(mount.camera.how_known)["tilt"]


def test_what_was_learned_is_there_after_a_restart(tmp_path: Path) -> None:
    remember(tmp_path / "state")
    again = mount_in(tmp_path / "state")
    assert how(again).startswith("learned from 4 people, +-")
    assert again.camera.tilt_deg == pytest.approx(2.9, abs=0.2)


def test_the_file_holds_angles_of_people_and_nothing_else_of_them(tmp_path: Path) -> None:
    told = json.loads(remember(tmp_path).read_text())
    assert set(told) == {"schema", "camera", "people"}
    assert set(told["camera"]) == {"hfov_deg", "size", "height_m", "roll_deg"}
    assert all(len(row) == 4 for row in told["people"])


@pytest.mark.parametrize(
    "changed", [{"height_m": 1.20}, {"hfov_deg": 66.0}, {"height_m": None}], ids=["height", "lens", "unknown"]
)
def test_another_mounting_begins_anew(tmp_path: Path, changed: dict[str, float | None]) -> None:
    remember(tmp_path)
    assert how(mount_in(tmp_path, replace(CAMERA, **changed))) == "assumed"  # type: ignore[arg-type]


def test_a_given_tilt_needs_no_memory_and_a_clip_of_unknown_height_leaves_it_alone(tmp_path: Path) -> None:
    remember(tmp_path)
    given = replace(CAMERA, how_known=(("tilt", "given"),))
    assert learning_mount(tmp_path, given, SIZE, ANATOMICAL, None) is None
    assert learning_mount(None, replace(CAMERA, height_m=None), SIZE, ANATOMICAL, None) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b'{"schema": 2, "camera": {}, "people": []}',
        b'{"schema": 1}',
        b'{"schema": 1, "camera": {}, "people": 3}',
        b'{"schema": 1, "camera": {}, "people": [[1, 2]]}',
        b'{"schema": 1, "camera": {}, "people": [["a", 1, 1, 1]]}',
        b'{"schema": 1, "camera": {}, "people": [[NaN, 1, 1, 1]]}',
        b'{"schema": 1, "camera": {}, "people": [[900, 1, 1, 1]]}',
        b'{"schema": 1, "camera": {}, "people": [[3, 0, 0, 0]]}',
        b"[" * 5000,
    ],
)
def test_a_broken_file_is_said_once_and_replaced(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert how(mount_in(tmp_path)) == "assumed"
    (warning,) = [line for line in caplog.messages if FILE_NAME in line]
    assert "begun anew" in warning
    assert "\n" not in warning
    remember(tmp_path)
    assert how(mount_in(tmp_path)).startswith("learned from 4 people")


def test_a_folder_that_cannot_be_made_costs_the_memory_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    memory = Memory(tmp_path / "file" / FILE_NAME, {})
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            memory.keep(PEOPLE)
            memory.settle()
    deadline, tick = time.monotonic() + PATIENCE_S, threading.Event()
    while not caplog.messages and time.monotonic() < deadline:
        tick.wait(0.01)
    (warning,) = [line for line in caplog.messages if "not kept" in line]
    assert FILE_NAME in warning


WRITER = """
import sys
from pathlib import Path
from mirror.mounting.learned_tilt import Visitor
from mirror.mounting.memory import Memory
memory = Memory(Path(sys.argv[1]), {"hfov_deg": 55.0})
people = ()
while True:
    people = (*people, Visitor(3.0, 1.3, 0.6, 0.0))[-60:]
    memory.keep(people)
    memory.settle()
    if len(people) == 2:
        print("ready", flush=True)
"""


def test_a_power_cut_while_writing_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    file, tick = tmp_path / FILE_NAME, threading.Event()
    rng = np.random.default_rng(0)
    for _ in range(12):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        tick.wait(float(rng.uniform(0.005, 0.05)))
        writer.send_signal(signal.SIGKILL)
        writer.wait(PATIENCE_S)
        writer.stdout.close()
        assert Memory(file, {"hfov_deg": 55.0}).visitors()


# -- in a station


def stands(seed: int) -> simulate.Simulated:
    rng = np.random.default_rng(seed)
    return simulate.simulate(
        [simulate.Stand(1.6)],
        body=simulate.Body(float(np.clip(rng.normal(1.70, 0.09), 1.5, 1.9))),
        camera=simulate.Camera(hfov_deg=55.0, height_m=1.08, tilt_deg=3.0, distance_m=2.7),
        noise=simulate.Noise(sigma_px=0.8),
        seed=seed,
    )


def people_in(file: Path, count: int) -> list[list[float]]:
    """So many people, once they are on disk."""
    deadline, tick = time.monotonic() + PATIENCE_S, threading.Event()
    while time.monotonic() < deadline:
        people: list[list[float]] = json.loads(file.read_text())["people"] if file.exists() else []
        if len(people) == count:
            return people
        tick.wait(0.01)
    raise AssertionError(f"not {count} people in {file}")


def test_a_station_keeps_what_the_people_before_it_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    settings = Settings(
        camera=CameraSettings(height_m=1.08),
        model=ModelSettings(name=DEFAULT_MODEL),  # chosen, so that nobody waits for the choice
        lights=LightsSettings(kind="none"),
    )
    for seed in (1, 2):
        camera = Live([stands(seed)])
        station = Station(settings, camera, "a camera", None, threading.Event())
        camera.mailbox = station.mailbox
        with station.running():
            assert station.eyes.done.wait(PATIENCE_S)
        station.check()
        people = people_in(tmp_path / "state" / FILE_NAME, seed)
    assert np.mean([row[0] for row in people]) == pytest.approx(3.0, abs=2.5)


def test_median_pose_is_what_the_mount_is_told(tmp_path: Path) -> None:
    """A pose seen by the camera as it is taken to hang, not as it hangs."""
    sim, mount = stands(3), mount_in(tmp_path)
    p = rectify(sim.keypoints[..., :2], sim.image_size, mount.camera)
    mount.stood(0.0, median_pose(p, sim.keypoints[..., 2].astype(np.float64)), sim.image_size, mount.camera)
    steeper = replace(mount.camera, tilt_deg=14.0)
    p = rectify(sim.keypoints[..., :2], sim.image_size, steeper)
    other = mount_in(tmp_path / "other")
    other.stood(0.0, median_pose(p, sim.keypoints[..., 2].astype(np.float64)), sim.image_size, steeper)
    assert other.camera.tilt_deg == pytest.approx(mount.camera.tilt_deg, abs=0.05)
