"""Marker files: a strict reader reads them, and the places in them are where the joints were."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import simulate
from judged import judged

from mirror.cli import main
from mirror.knees.analysis import Analysis
from mirror.knees.shank import Shank, deviation
from mirror.report.trc import ALL, LEGS, trc_2d, trc_3d

NAMES = ["Nose", "LHip", "RHip", "LKnee", "RKnee", "LAnkle", "RAnkle"]
JOINT = {"Nose": 0, "LHip": 11, "RHip": 12, "LKnee": 13, "RKnee": 14, "LAnkle": 15, "RAnkle": 16}


@dataclass(frozen=True)
class Markers:
    """A file as it was read. t: (T,) seconds. at: (T, 3) metres by name, NaN where unknown."""

    rate: float
    t: np.ndarray
    at: dict[str, np.ndarray]


def read(text: str) -> Markers:
    """By the letter of the format: every line, every number of tabs, every count."""
    lines = text.split("\n")
    assert lines.pop() == "", "the last line ends, too"
    path, kinds, values, names, axes, *rows = (line.split("\t") for line in lines)
    assert path[:3] == ["PathFileType", "4", "(X/Y/Z)"]
    assert len(path) == 4
    assert kinds == [
        *("DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units"),
        *("OrigDataRate", "OrigDataStartFrame", "OrigNumFrames"),
    ]
    rate, camera_rate, frames, count, unit, first_rate, first, of = values
    assert (camera_rate, first_rate, unit, first) == (rate, rate, "m", rows[0][0])
    assert (int(frames), int(of)) == (len(rows), len(rows))
    assert names[:2] == ["Frame#", "Time"]
    markers = [name for name in names[2::3] if name]
    assert len(markers) == len(set(markers)) == int(count)
    assert not any(name for i, name in enumerate(names[2:]) if i % 3)
    assert axes == ["", "", *(f"{axis}{n}" for n in range(1, int(count) + 1) for axis in "XYZ")]
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    assert all(len(row) == 2 + 3 * int(count) for row in rows)
    cells = np.array([[float(cell) for cell in row[2:]] for row in rows])  # OpenSim loses an empty last one
    places = cells.reshape(len(rows), int(count), 3)
    return Markers(
        float(rate),
        np.array([float(row[1]) for row in rows]),
        {name: places[:, i] for i, name in enumerate(markers)},
    )


@pytest.fixture(scope="module")
def sim() -> simulate.Simulated:
    """Joints without noise: what is wrong in a file is the file's."""
    moves = [simulate.Stand(1.5), simulate.Squat(), simulate.Squat(delta=(16.0, 0.0)), simulate.Stand(0.5)]
    return simulate.simulate(moves)


@pytest.fixture(scope="module")
def found(sim: simulate.Simulated) -> Analysis:
    return judged(sim)


@pytest.fixture(scope="module")
def flat(sim: simulate.Simulated, found: Analysis) -> Markers:
    return read(trc_2d("a.trc", found, sim.keypoints, sim.image_size, sim.stature_m))


@pytest.fixture(scope="module")
def lifted(sim: simulate.Simulated, found: Analysis) -> Markers:
    return read(trc_3d("a.trc", found, sim.stature_m))


def test_every_joint_is_a_marker_of_a_name_pose2sim_knows(flat: Markers, lifted: Markers) -> None:
    assert tuple(flat.at) == ALL
    assert len(ALL) == 17
    assert tuple(lifted.at) == LEGS


def test_times_and_rate_are_the_recording_s(sim: simulate.Simulated, flat: Markers) -> None:
    assert flat.rate == pytest.approx(30.0, abs=0.001)
    assert np.allclose(flat.t, sim.t, atol=1e-5)


def test_lifted_legs_are_where_they_were(sim: simulate.Simulated, lifted: Markers) -> None:
    """X forward, Y up, Z to the person's right, from between the ankles. Forward, hips are the least sure."""
    world = sim.joints - sim.joints[0, 15:17].mean(0)
    for name in LEGS:
        right_x, up, forward = world[:, JOINT[name]].T
        off = np.abs(lifted.at[name] - np.stack([forward, up, -right_x], axis=-1))
        assert np.nanmax(off[:, 1:]) < 0.02, name
        assert np.nanmax(off[:, 0]) < (0.1 if "Hip" in name else 0.01), name


def test_the_person_s_left_is_on_the_left(flat: Markers, lifted: Markers) -> None:
    assert (flat.at["LKnee"][:, 0] > flat.at["RKnee"][:, 0]).all(), "X of the plane is the image's right"
    assert (lifted.at["LKnee"][:, 2] < lifted.at["RKnee"][:, 2]).all(), "Z of the room is the person's right"


def test_bones_keep_their_length(lifted: Markers) -> None:
    for side in "LR":
        hip, knee, ankle = (lifted.at[f"{side}{joint}"] for joint in ("Hip", "Knee", "Ankle"))
        for upper, lower in ((hip, knee), (knee, ankle)):
            assert np.nanstd(np.linalg.norm(upper - lower, axis=-1)) < 0.002


def test_what_is_judged_can_be_read_from_the_file(found: Analysis, lifted: Markers) -> None:
    """The deviation of the deepest frame, by the definition, from nothing but the markers."""
    assert found.azimuth is not None
    deepest = int(np.nanargmax([motion.q for motion in found.motions]))
    shin = np.stack([(lifted.at[f"{s}Knee"] - lifted.at[f"{s}Ankle"])[deepest] for s in "LR"])
    forward, up, right = (shin / np.linalg.norm(shin, axis=-1, keepdims=True)).T
    outward = right * np.array([-1.0, 1.0])
    by_hand = np.degrees(deviation(Shank(outward, up, forward, np.ones(2, np.bool_)), found.azimuth.value))
    judged_deg = [judgement.deviation_deg for judgement in found.judgements[deepest]]
    assert by_hand == pytest.approx(judged_deg, abs=2.0)


def test_the_plane_has_no_depth_and_the_picture_s_places(sim: simulate.Simulated, flat: Markers) -> None:
    world = (sim.joints - sim.joints[0, 15:17].mean(0))[0]
    for name in NAMES:
        x, y, z = flat.at[name][0]
        assert z == 0.0
        assert math.dist((x, y), world[JOINT[name], :2]) < 0.05, name


def test_joints_that_are_hardly_seen_are_no_places(sim: simulate.Simulated, found: Analysis) -> None:
    hidden = sim.keypoints.copy()
    hidden[10:20, 9, 2] = 0.1
    at = read(trc_2d("a.trc", found, hidden, sim.image_size, sim.stature_m)).at
    assert np.isnan(at["LWrist"][10:20]).all()
    assert not np.isnan(at["LWrist"][20:]).any()
    assert not np.isnan(at["RWrist"]).any()


def test_a_leg_that_is_not_seen_is_not_lifted(sim: simulate.Simulated) -> None:
    hidden = sim.keypoints.copy()
    hidden[40:60, 13, 2] = 0.05
    at = read(trc_3d("a.trc", judged(replace(sim, keypoints=hidden)), sim.stature_m)).at
    assert np.isnan(at["LKnee"][41:59]).all()
    assert not np.isnan(at["RKnee"]).any()


# -- the command


@pytest.fixture
def recorded(sim: simulate.Simulated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        simulate.save_recording(sim, tmp_path / f"{name}.npz")
    return ["a.npz", "b.npz"]


def test_the_command_writes_both_kinds_and_a_folder_of_each(recorded: list[str]) -> None:
    assert main(["analyze", recorded[0], "--trc", "flat.trc", "--trc-3d", "room.trc"]) == 0
    assert tuple(read(Path("flat.trc").read_text()).at) == ALL
    assert Path("room.trc").read_text().startswith("PathFileType\t4\t(X/Y/Z)\troom.trc\n")
    assert main(["analyze", *recorded, "--trc", "out", "--trc-3d", "out"]) == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [
        *("a.trc", "a_3d.trc", "b.trc", "b_3d.trc"),
    ]


def test_a_marker_file_is_named_for_what_it_is(
    recorded: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyze", recorded[0], "--trc-3d", "room.csv"]) == 2
    assert capsys.readouterr().err == ("squat-mirror: room.csv: --trc-3d writes .trc files; name it so.\n")


def test_where_nobody_stood_there_are_no_metres_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    sim = simulate.simulate([simulate.Stand(1.0)])
    bent = sim.keypoints.copy()
    bent[:, 11:15, 0] = bent[:, 15:17, 0].mean()  # hips and knees as low as the ankles
    np.savez("low.npz", t=sim.t, keypoints=bent, image_size=np.array(sim.image_size))
    assert main(["analyze", "low.npz", "--trc", "low.trc"]) == 0
    assert "nobody standing" in capsys.readouterr().err
    assert all(np.isnan(places).all() for places in read(Path("low.trc").read_text()).at.values())
