"""Where results are from: enough to get the same numbers again, and nothing that is nobody's business."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import simulate

from mirror import __version__
from mirror.cli import main
from mirror.desk.provenance import provenance_of
from mirror.desk.study import study
from mirror.pose.catalog import entries
from mirror.settings import load

SETTINGS = """
[knees]
strictness = "strict"
[camera]
source = "/home/somebody/holiday.mp4"
[mqtt]
broker = "gym.example"
"""


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "set.npz"
    moves = [simulate.Stand(1.5), simulate.Squat(), simulate.Squat(), simulate.Stand(1.0)]
    simulate.save_recording(simulate.simulate(moves), path)
    return path


def told(recording: Path, folder: Path, *flags: str) -> Any:
    output = folder / "out.json"
    assert main(["analyze", str(recording), "--json", str(output), "--yes", *flags]) == 0
    return json.loads(output.read_text("utf-8"))["provenance"]


def test_program_bytes_and_day_are_told(recording: Path, tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    made = told(recording, tmp_path)
    assert made["version"] == __version__
    assert made["input_sha256"] == hashlib.sha256(recording.read_bytes()).hexdigest()
    assert before <= datetime.fromisoformat(made["date"]) <= datetime.now(UTC)
    assert made["settings"] == {}
    nobody = {"name": None, "file": None, "sha256": None}
    assert made["model"] == made["feet_model"] == nobody  # joints of a simulated body are no network's


def test_limits_are_those_in_force_with_a_reference_and_without(recording: Path, tmp_path: Path) -> None:
    alone = told(recording, tmp_path)["thresholds"]
    assert (alone["strictness"], alone["caution_deg"], alone["off_track_deg"]) == ("standard", 3.5, 5.5)
    assert (alone["caution_sure"], alone["off_track_sure"]) == (0.65, 0.5)
    with_one = told(recording, tmp_path, "--reference", "1")["thresholds"]
    assert (with_one["caution_deg"], with_one["off_track_sure"]) == (4.0, 0.8)


def test_settings_that_differ_are_told_and_whoever_is_told_of_sets_is_not(
    recording: Path, tmp_path: Path
) -> None:
    config = tmp_path / "mirror.toml"
    config.write_text(SETTINGS)
    made = told(recording, tmp_path, "--config", str(config), "--hfov", "66")
    assert made["settings"] == {"knees.strictness": "strict", "camera.hfov_deg": 66.0}
    assert made["thresholds"]["caution_deg"] == 3.0


def test_a_video_names_the_networks_that_saw_it_by_their_bytes(recording: Path) -> None:
    done = study(recording, load(Path(os.devnull), {}), None)
    seen = done.source | {"kind": "video", "model": "movenet_lightning_256x128_mixed_u8"}
    done.source.clear()
    done.source.update(seen)
    made = provenance_of(recording, load(Path(os.devnull), {}), done)
    for network in (made.model, made.feet):
        assert network.name is not None
        entry = entries()[network.name]
        assert network.file == entry.path.name
        assert network.sha256 == hashlib.sha256(entry.path.read_bytes()).hexdigest()


def test_a_recording_names_its_network_and_no_file_it_cannot_know(recording: Path) -> None:
    done = study(recording, load(Path(os.devnull), {}), None)
    done.source["model"] = "movenet_lightning_256x128_mixed_u8"
    made = provenance_of(recording, load(Path(os.devnull), {}), done)
    assert made.model.name == "movenet_lightning_256x128_mixed_u8"
    assert (made.model.file, made.model.sha256) == (None, None)


def test_a_file_that_is_gone_meanwhile_has_no_digest(recording: Path) -> None:
    settings = load(Path(os.devnull), {})
    done = study(recording, settings, None)
    assert provenance_of(recording.with_name("gone.npz"), settings, done).input_sha256 is None
