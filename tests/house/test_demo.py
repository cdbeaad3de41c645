"""End to end: real pixels through the real model, at the desk and live, against what the clips show."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE_S
from reliability.in_step import judge

from mirror.camera.recording import Recording, load
from mirror.cli import main
from mirror.fitting.from_settings import camera_of, constants_of, thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.reading import Verdict
from mirror.knees.track import TrackedPose
from mirror.settings import Settings

BOTH, LEFT_ONLY, CLEAN = [4, 5], [6], [1, 2, 3, 7]
RENDERED = (
    dict.fromkeys(CLEAN, ("good", "good"))
    | dict.fromkeys(BOTH, ("off_track", "off_track"))
    | dict.fromkeys(LEFT_ONLY, ("off_track", "good"))
)
"""What each repetition's left and right knee do in the bundled clip."""

pytestmark = pytest.mark.slow


def settings_of_nobody(folder: Path) -> dict[str, str]:
    """The environment without this machine's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith("SQUAT_MIRROR_")}
    return kept | {"XDG_CONFIG_HOME": str(folder), "XDG_STATE_HOME": str(folder)}


# -- at the desk


@pytest.fixture(scope="module")
def studied(demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled clip judged against its first repetition: demo.json and demo.npz in a folder."""
    folder = tmp_path_factory.mktemp("desk")
    outputs = ["--json", str(folder / "demo.json"), "--keypoints", str(folder / "demo.npz")]
    assert main(["analyze", str(demo_clip), "--reference", "1", *outputs]) == 0
    return folder


def reps_in(path: Path) -> list[dict[str, Any]]:
    reps: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["reps"]
    return reps


def verdicts_in(reps: list[dict[str, Any]]) -> dict[int, tuple[str, str]]:
    return {rep["n"]: (rep["left"]["verdict"], rep["right"]["verdict"]) for rep in reps}


def test_the_clip_has_seven_repetitions_at_their_true_times(
    studied: Path, demo_truth: dict[str, Any]
) -> None:
    reps = reps_in(studied / "demo.json")
    assert len(reps) == 7
    for rep, true in zip(reps, demo_truth["reps"], strict=True):
        assert rep["start_s"] == pytest.approx(true["t_start"], abs=0.25)
        assert rep["bottom_s"] == pytest.approx((true["t_bottom"] + true["t_up"]) / 2, abs=0.25)
        assert rep["end_s"] == pytest.approx(true["t_end"], abs=0.25)


def test_every_knee_gets_the_verdict_it_was_rendered_for(studied: Path) -> None:
    assert verdicts_in(reps_in(studied / "demo.json")) == RENDERED


def test_the_report_says_where_the_foot_direction_is_from(studied: Path) -> None:
    found = json.loads((studied / "demo.json").read_text())
    assert found["calibration"]["reference"] == 1
    assert found["calibration"]["foot_source"] in ("reference", "toes+reference")
    assert [rep["n"] for rep in found["reps"] if rep["is_reference"]] == [1]


def test_the_keypoints_alone_give_the_same_repetitions(studied: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.json"
    assert main(["analyze", str(studied / "demo.npz"), "--reference", "1", "--json", str(again)]) == 0
    assert reps_in(again) == reps_in(studied / "demo.json")


# -- real clips


def test_real_squats_are_counted_exactly_and_no_clean_knee_is_off_track(
    real_clips: Path, tmp_path: Path
) -> None:
    clips = json.loads((real_clips / "labels.json").read_text())["clips"]
    assert len(clips) >= 6
    inputs = [str(real_clips / clip["file"]) for clip in clips]
    assert main(["analyze", *inputs, "--json", str(tmp_path)]) == 0
    counted = {}
    for clip in clips:
        reps = reps_in(tmp_path / f"{Path(clip['file']).stem}.json")
        counted[clip["id"]] = len(reps)
        for rep, label in zip(reps, clip["reps"], strict=False):
            for side in ("left", "right"):
                if label[f"cave_{side}"] == "none":
                    assert rep[side]["verdict"] != "off_track", (clip["id"], rep["n"], side, rep[side])
    assert counted == {clip["id"]: clip["rep_count_eye"] for clip in clips}


# -- live


@dataclass
class Ran:
    code: int
    out: str
    err: str
    events: list[dict[str, Any]]
    picture: Path

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.events if line["event"] == event]


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "mirror", *map(str, arguments)]


def events_in(path: Path) -> list[dict[str, Any]]:
    """Whole lines only: the mirror may be writing the last one."""
    text = path.read_text("utf-8") if path.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The whole demo, in real time, with a lamp and no screen."""
    folder = tmp_path_factory.mktemp("demo")
    log, picture = folder / "events.jsonl", folder / "summary.png"
    where = ["--screen", "none", "--lights", "mock", "--events", log, "--picture", picture]
    done = subprocess.run(
        command("demo", *where),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=folder,
        env=settings_of_nobody(folder),
    )
    return Ran(done.returncode, done.stdout, done.stderr, events_in(log), picture)


def test_the_demo_ends_by_itself_with_a_summary_in_words_and_as_a_picture(ran: Ran) -> None:
    assert ran.code == 0, ran.err
    assert "Traceback" not in ran.err
    assert "7 squats. Your left knee moved up to" in " ".join(ran.out.split())
    assert ran.picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    (summary,) = ran.of("summary")
    assert summary["headline"] == "7 squats"
    assert "3 of 7" in summary["sentence"]


def test_the_demo_s_set_can_be_taken_home_from_its_picture(ran: Ran) -> None:
    cv2, zxing = pytest.importorskip("cv2"), pytest.importorskip("zxingcpp")
    says = [found.text for found in zxing.read_barcodes(cv2.imread(str(ran.picture)))]
    assert len(says) == 1
    assert says[0].startswith("Squat Mirror ")
    assert "7 squats\nYour left knee moved up to" in says[0]


def test_the_demo_s_verdicts_are_right_and_its_first_squat_is_the_reference(ran: Ran) -> None:
    assert verdicts_in([*ran.of("rep"), *ran.of("judged_late")]) == RENDERED
    assert [rep["is_reference"] for rep in ran.of("rep")] == [True] + [False] * 6
    assert any("first squat is the reference" in line["note"] for line in ran.of("note"))


def test_the_demo_goes_through_the_visit_in_order(ran: Ran) -> None:
    states = [line["state"] for line in ran.of("state")]
    assert states[-3:] == ["ready", "squatting", "summary"]
    assert "fault" not in states


def times_of_reps(truth: dict[str, Any]) -> Iterator[tuple[int, float, float]]:
    for n, rep in enumerate(truth["reps"], 1):
        yield n, rep["t_start"], rep["t_end"] + 0.25


def test_at_most_one_sound_a_repetition_and_none_on_a_good_one(ran: Ran, demo_truth: dict[str, Any]) -> None:
    sounds = [line["t"] for line in ran.of("sound")]
    inside = {n: sum(a <= t <= b for t in sounds) for n, a, b in times_of_reps(demo_truth)}
    assert sum(inside.values()) == len(sounds)
    assert inside[4] == inside[5] == 1
    assert inside[6] <= 1
    assert not any(inside[n] for n in CLEAN)
    assert [cue["t"] for cue in ran.of("cue")] == sounds


def test_the_way_back_is_praised_after_the_last_repetition(ran: Ran) -> None:
    (praise,) = ran.of("praise")
    assert praise["key"] == "better"
    assert praise["t"] >= ran.of("rep")[-1]["t"]


def test_the_light_is_off_track_in_the_bad_repetitions_only(ran: Ran, demo_truth: dict[str, Any]) -> None:
    off = [line["t"] for line in ran.of("light") if line["light"] == "off_track"]
    seen = {n for n, a, b in times_of_reps(demo_truth) for t in off if a <= t <= b}
    assert seen == {*BOTH, *LEFT_ONLY}
    assert len(off) == len(seen)


def watch_of(recording: Recording) -> KneeWatch:
    settings = Settings()
    limits = thresholds(settings, with_reference=True)
    return KneeWatch(camera_of(settings, recording.image_size), constants_of(recording.model), limits)


@pytest.fixture(scope="module")
def in_step(studied: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What is told of the clip's joints, frame by frame through the eyes thread.

    None is dropped or late, however busy the computer is.
    """
    recording = load(studied / "demo.npz")
    log = tmp_path_factory.mktemp("in_step") / "events.jsonl"
    events, tally = judge(recording, log, watch=watch_of(recording))
    assert tally.judged == len(recording.t)
    return events


def test_the_off_track_light_comes_with_the_decision(studied: Path, in_step: list[dict[str, Any]]) -> None:
    recording = load(studied / "demo.npz")
    decided, before, told = [], False, watch_of(recording)
    for t, keypoints in zip(recording.t, recording.keypoints, strict=True):
        reading, _ = told.update(TrackedPose(float(t), keypoints, recording.image_size))
        off = Verdict.OFF_TRACK in (reading.left.verdict, reading.right.verdict)
        decided += [float(t)] if off and not before else []
        before = off
    shown = [line["t"] for line in in_step if line["event"] == "light" and line["light"] == "off_track"]
    assert len(shown) == 3
    for light in shown:
        assert any(-0.001 < light - t <= 0.1 for t in decided), (light, decided)  # told in milliseconds


def test_a_colour_stays_long_enough_to_be_seen_unless_a_worse_one_follows(
    in_step: list[dict[str, Any]],
) -> None:
    rank = ["off", "unknown", "good", "caution", "off_track"]
    lights = [line for line in in_step if line["event"] == "light"]
    assert len(lights) > 10
    for shown, after in itertools.pairwise(lights):
        better = rank.index(after["light"]) < rank.index(shown["light"])
        assert not better or after["t"] - shown["t"] >= 0.598, (shown, after)


def test_sounds_come_while_the_light_is_off_track_and_cues_are_the_speaker_s(
    ran: Ran, in_step: list[dict[str, Any]]
) -> None:
    lights, sounds = ([line for line in in_step if line["event"] == what] for what in ("light", "sound"))
    assert {sound["sound"] for sound in sounds} == {"off_track"}
    for sound in sounds:
        shown = [line for line in lights if line["t"] <= sound["t"]][-1]
        assert shown["light"] == "off_track"
        assert 0.198 <= sound["t"] - shown["t"] <= 0.2 + 0.3
    assert {cue["cue"] for cue in ran.of("cue")} == {"Knees over your toes"}


def test_the_summary_says_in_words_what_each_knee_did(ran: Ran) -> None:
    (summary,) = ran.of("summary")
    assert summary["sentence"].startswith("Your left knee moved up to")
    assert "on 3 of 7 squats" in summary["sentence"]
    assert summary["sentence"].endswith("on 2.")


def test_the_lamp_ends_dark(ran: Ran) -> None:
    assert ran.of("light")[-1]["light"] == "off"


def test_run_on_a_clip_ends_with_the_clip(demo_clip: Path, tmp_path: Path) -> None:
    whole = demo_clip.read_bytes()
    clip, log = tmp_path / "clip.mp4", tmp_path / "events.jsonl"
    clip.write_bytes(whole[: len(whole) // 4])  # five seconds of it
    done = subprocess.run(
        command("run", "--camera", clip, "--screen", "none", "--lights", "mock", "--events", log),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=tmp_path,
        env=settings_of_nobody(tmp_path),
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "clip.mp4" in done.stderr  # which camera it picked
    assert [line["n"] for line in events_in(log) if line["event"] == "rep"] == [1]
    assert [line["light"] for line in events_in(log) if line["event"] == "light"][-1] == "off"


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT], ids=lambda s: s.name)
def test_asked_to_stop_in_mid_squat_the_lamp_goes_off_and_the_exit_is_clean(
    asked: signal.Signals, tmp_path: Path
) -> None:
    log = tmp_path / "events.jsonl"
    running = subprocess.Popen(
        command("demo", "--screen", "none", "--lights", "mock", "--events", log),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=settings_of_nobody(tmp_path),
    )
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not any(line["event"] == "light" for line in events_in(log)):
            assert running.poll() is None, running.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        running.send_signal(asked)
        _, err = running.communicate(timeout=PATIENCE_S)
    finally:
        running.kill()
    assert running.returncode == 0, err
    assert "Traceback" not in err
    last = events_in(log)[-1]
    assert (last["event"], last["light"]) == ("light", "off")
    assert len([line for line in events_in(log) if line["event"] == "rep"]) < 7, "it ran to its end"
