"""Whenever a mirror is asked to end it ends in order: exit code 0, the lamp dark, no traceback, sets kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import simulate
from reliability.sets_done import kept, set_done
from reliability.whole_mirror import PATIENCE_S, WholeMirror, arms, far_away, nobody, restless, squats

from mirror.history.database import Store
from mirror.service.wall_clock import A_DAY_S, BUILT_S

SCENES: dict[str, Callable[[], Any]] = {
    "idle": lambda: nobody(60),
    "framing": lambda: far_away(60),
    "calibrating": lambda: restless(60),
    "ready": lambda: simulate.simulate([simulate.Stand(60.0)], noise=simulate.Noise(sigma_px=0.8)),
    "squatting": lambda: squats(10),
    "summary": lambda: squats(1, then_stand_s=60.0),
    "paused": lambda: arms("tee"),
    "help": lambda: arms("up", "right"),
    "class": lambda: nobody(60),
}
MODES = {"class": "class"}
"""Scenes that only one mode of the coach has."""


@pytest.fixture
def recorded(tmp_path) -> Callable[[Any], Path]:
    def save(what: Any) -> Path:
        path = tmp_path / "visit.npz"
        if isinstance(what, simulate.Simulated):
            simulate.save_recording(what, path)
        else:
            np.savez(path, **what)
        return path

    return save


@pytest.mark.parametrize("scene", SCENES)
def test_sigterm_in_this_scene_ends_in_order(scene, recorded, tmp_path, record_property):
    visit = recorded(SCENES[scene]())
    mode = {"SQUAT_MIRROR_COACH__MODE": MODES.get(scene, "standard")}
    with WholeMirror(tmp_path, "--camera", str(visit), **mode) as mirror:
        mirror.wait_until(f"in {scene}", lambda: [e for e in mirror.events("state") if e["state"] == scene])
        if scene == "squatting":
            mirror.wait_until("the lamp is lit", lambda: mirror.events("light"))
        code, seconds = mirror.terminate()
        record_property("seconds", round(seconds, 2))
        assert code == 0
        assert "Traceback" not in mirror.said
        lights = mirror.events("light")
        assert not lights or lights[-1]["light"] == "off"
        if scene == "squatting":
            assert len(lights) >= 2


def test_sigterm_in_the_fault_scene_ends_in_order(tmp_path, record_property):
    with WholeMirror(tmp_path, "--camera", "/dev/video97") as mirror:
        mirror.wait_until("the camera is missed", lambda: "/dev/video97 does not exist" in mirror.said)
        mirror.wait_until("the screen is there", lambda: "screen:" in mirror.said)
        code, seconds = mirror.terminate()
        record_property("seconds", round(seconds, 2))
        assert code == 0
        assert "Traceback" not in mirror.said


def test_without_a_screen_a_missing_camera_is_said_once_and_sigterm_still_ends_it(tmp_path):
    with WholeMirror(tmp_path, "--camera", "/dev/video97", screen="none") as mirror:
        mirror.wait_until("the camera is missed", lambda: "does not exist" in mirror.said)
        with pytest.raises(Exception, match="timed out"):
            mirror.process.wait(4)  # two or three more attempts
        code, _ = mirror.terminate()
        assert code == 0
        waits = [line for line in mirror.said.splitlines() if line.startswith("/dev/video97 does not exist")]
        assert len(waits) == 1, mirror.said


def mirror_on(folder: Path, recording: Path, *, live: bool, **more: str) -> WholeMirror:
    """A mirror whose camera sees the recording, or that plays it as a clip."""
    camera, seen = ("webcam", recording) if live else (str(recording), None)
    return WholeMirror(folder, "--camera", camera, seen=seen, screen="none", **more)


@pytest.mark.parametrize("live", [True, False], ids=["a camera", "a clip"])
def test_a_set_that_sigterm_cuts_short_is_kept_but_not_a_clip_s(recorded, tmp_path, live):
    visit = recorded(squats(6))
    with mirror_on(tmp_path, visit, live=live) as mirror:
        mirror.wait_until("two repetitions are done", lambda: len(mirror.events("rep")) >= 2)
        assert mirror.terminate()[0] == 0
        assert ("no set of a clip is kept" in mirror.said) is not live
    history = tmp_path / "state" / "squat-mirror" / "sets.sqlite"
    if live:
        ((_, reps, _),) = kept(history)
        assert reps >= 2
    else:
        assert not history.exists()


@pytest.mark.parametrize("live", [True, False], ids=["a camera", "a clip"])
def test_a_set_from_last_year_is_gone_after_any_run(recorded, tmp_path, live):
    history = tmp_path / "state" / "squat-mirror" / "sets.sqlite"
    store = Store(history, 3650)
    for sentence, at in (("last year's", BUILT_S - 200 * A_DAY_S), ("today's", time.time())):
        store.keep(set_done(1, at, sentence))
    store.close(PATIENCE_S)
    brief = recorded(simulate.simulate([simulate.Stand(1.0)]))
    with mirror_on(tmp_path, brief, live=live, SQUAT_MIRROR_STORE__KEEP_DAYS="1") as mirror:
        mirror.wait_until("it looks", lambda: mirror.events("state"))
        if live:
            mirror.terminate()
        mirror.process.wait(PATIENCE_S)
    assert [sentence for _, _, sentence in kept(history)] == ["today's"]
