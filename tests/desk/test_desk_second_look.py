"""What a video is looked at again for: toes of every placing of the feet, hips at every bottom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import simulate
from judged import judged as at_the_desk

import mirror.desk.second_look
from mirror.camera.frame import F32, Frame, Layout
from mirror.camera.recording import Recording, load, save
from mirror.desk.second_look import Looker
from mirror.desk.study import Study, as_recording, study
from mirror.fitting.from_recording import recorded_toes
from mirror.knees.analysis import Analysis
from mirror.pose.window import Window, standing_height
from mirror.settings import Settings

CAVE, GOOD = (13.0, 12.0), (1.0, 0.0)
WIDE = simulate.Replant(width_m=0.62, toe_out_deg=(32.0, 30.0))


@pytest.fixture(scope="module")
def two_placings() -> simulate.Simulated:
    """Two squats, then two on feet that stand wider and point elsewhere: a good and a caving one each."""
    squats = [simulate.Squat(delta=GOOD), simulate.Squat(delta=CAVE)]
    movements = [simulate.Stand(1.5), *squats, WIDE, simulate.Stand(1.0), *squats, simulate.Stand(0.6)]
    return simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.5))


def toes_at(sim: simulate.Simulated, moment: float) -> F32:
    """True toe tips (2, 2) (y, x) at that moment."""
    return sim.camera.project(sim.toes3d[int(np.searchsorted(sim.t, moment))]).astype(np.float32)


def recording_of(sim: simulate.Simulated) -> Recording:
    return Recording(sim.t, sim.keypoints, sim.image_size, hfov_deg=sim.hfov_deg, tilt_deg=sim.tilt_deg)


def judged(recording: Recording) -> Analysis:
    assert recording.hfov_deg is not None
    assert recording.tilt_deg is not None
    return at_the_desk(recording, toes=False, toes_of=recorded_toes(recording))


def verdicts(found: Analysis) -> list[str]:
    return [rep.left.verdict.value for rep in found.reps]


class Feet:
    """Stands in for the foot network: knows the true toe tips of a simulation, or is blind at times."""

    def __init__(self, sim: simulate.Simulated, blind_until: float = -1.0) -> None:
        self._sim, self._blind_until = sim, blind_until
        self.asked: list[float] = []
        self.heights: list[float | None] = []

    def looks(self, frame: Frame, keypoints: F32, standing_px: float | None = None) -> list[F32 | None]:
        self.asked.append(frame.t)
        self.heights.append(standing_px)
        return [None] * 8 if frame.t < self._blind_until else [toes_at(self._sim, frame.t)] * 8


def frames_of(sim: simulate.Simulated) -> Iterator[Frame]:
    picture = np.zeros((4, 3, 3), np.uint8)
    for i, t in enumerate(sim.t.tolist()):
        yield Frame(picture, t, i, Layout.BGR, sim.image_size)


def looked_again(
    sim: simulate.Simulated, feet: Feet, windows: list[Window | None] | None = None
) -> Recording:
    recording = recording_of(sim)
    looker = Looker(None, feet, windows or [None] * len(sim.t))  # type: ignore[arg-type]
    return looker.again(frames_of(sim), recording, judged(recording))


def test_the_toes_of_each_placing_of_the_feet_are_found_and_kept(
    two_placings: simulate.Simulated, tmp_path: Path
) -> None:
    seen = looked_again(two_placings, Feet(two_placings))
    assert seen.toes_t is not None
    assert len(seen.toes_t) == 2
    assert seen.toes is None  # there is no one pair that holds throughout
    found = judged(seen)
    assert verdicts(found) == ["good", "off_track", "good", "off_track"]
    save(tmp_path / "set.npz", seen)
    again = study(tmp_path / "set.npz", Settings(), None)
    assert again.analysis.reps == found.reps


def test_one_placing_s_toes_are_also_there_for_those_who_know_only_one(
    two_placings: simulate.Simulated,
) -> None:
    until = two_placings.reps[1].end_s + 0.2
    keep = two_placings.t < until
    first = replace(two_placings, t=two_placings.t[keep], keypoints=two_placings.keypoints[keep])
    seen = looked_again(first, Feet(two_placings))
    assert seen.toes is not None
    assert seen.toes == pytest.approx(toes_at(two_placings, 1.0), abs=0.01)


def test_toes_seen_on_one_placing_say_nothing_about_another(two_placings: simulate.Simulated) -> None:
    seen = looked_again(two_placings, Feet(two_placings, blind_until=two_placings.reps[1].end_s))
    found = judged(seen)
    assert [azimuth is None for azimuth in found.azimuths] == [True, False]
    assert verdicts(found)[2:] == ["good", "off_track"]


def test_feet_not_seen_while_somebody_stood_are_looked_at_deep_in_a_squat(
    two_placings: simulate.Simulated,
) -> None:
    first = two_placings.reps[0]
    feet = Feet(two_placings, blind_until=first.start_s + 0.5)
    found = judged(looked_again(two_placings, feet))
    assert verdicts(found) == ["good", "off_track", "good", "off_track"]
    assert any(abs(moment - first.bottom_s) < 0.2 for moment in feet.asked)
    tall, low = feet.heights[0], next(height for height in feet.heights if height is not None)
    assert tall is None, "whoever stands is as tall as they look"
    assert low == pytest.approx(
        standing_height(two_placings.keypoints[15], two_placings.image_size), rel=0.05
    )


def test_feet_seen_before_are_not_looked_at_deep_in_a_squat(two_placings: simulate.Simulated) -> None:
    feet = Feet(two_placings)
    looked_again(two_placings, feet)
    assert set(feet.heights) == {None}


def test_a_recording_with_one_pair_of_toes_uses_it_throughout(two_placings: simulate.Simulated) -> None:
    recording = replace(recording_of(two_placings), toes=toes_at(two_placings, 1.0))
    assert "unknown" not in verdicts(judged(recording))


# -- hips


@pytest.fixture
def hips_found_lower(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Every look at a bottom finds the hips a hundredth of the picture lower; the times of the looks."""
    asked: list[float] = []

    def lower(pose_net: object, foot_net: object, frame: Frame, *_: object) -> float:
        asked.append(frame.t)
        return 0.01

    monkeypatch.setattr(mirror.desk.second_look, "hips_lower", lower)
    return asked


def squats(depth_deg: float) -> simulate.Simulated:
    movements = [simulate.Stand(1.5), *[simulate.Squat(depth_deg=depth_deg)] * 2, simulate.Stand(0.6)]
    return simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.5))


def test_hips_found_lower_at_the_bottom_make_the_squat_deeper_and_nothing_else(
    hips_found_lower: list[float],
) -> None:
    sim = squats(5.0)
    seen = looked_again(sim, Feet(sim), [Window(40, 100, 560, 280)] * len(sim.t))
    before, after = judged(replace(recording_of(sim), toes=sim.toes)), judged(seen)
    assert len(hips_found_lower) == 4
    for rep, moments in zip(sim.reps, (hips_found_lower[:2], hips_found_lower[2:]), strict=True):
        assert moments == pytest.approx([rep.bottom_s, rep.bottom_s + 0.1], abs=0.12)
    for one, other in zip(before.reps, after.reps, strict=True):
        assert one.depth_deg is not None
        assert other.depth_deg is not None
        assert 2.0 < one.depth_deg - other.depth_deg < 8.0
        assert one.left.deviation_deg == pytest.approx(other.left.deviation_deg, abs=0.3)
        assert one.start_s == pytest.approx(other.start_s)
    moved = np.abs(seen.keypoints - sim.keypoints).max((1, 2)) > 0
    assert not moved[sim.q < 0.3 * sim.q.max()].any()
    assert moved[sim.q > 0.9 * sim.q.max()].all()
    assert (np.flatnonzero(np.abs(seen.keypoints - sim.keypoints).max((0, 2))) == [11, 12]).all()


def test_the_hips_of_a_shallow_squat_are_left_alone(hips_found_lower: list[float]) -> None:
    sim = squats(40.0)
    seen = looked_again(sim, Feet(sim), [Window(40, 100, 560, 280)] * len(sim.t))
    assert len(judged(seen).reps) == 2
    assert hips_found_lower == []
    assert (seen.keypoints == sim.keypoints).all()


# -- what is written down


def as_read_back(done: Study, path: Path) -> Study:
    save(path, as_recording(done))
    return study(path, Settings(), None)


def test_what_is_assumed_of_the_camera_is_not_written_down_as_known(
    two_placings: simulate.Simulated, tmp_path: Path
) -> None:
    save(tmp_path / "bare.npz", Recording(two_placings.t, two_placings.keypoints, two_placings.image_size))
    done = study(tmp_path / "bare.npz", Settings(), None)
    again = as_read_back(done, tmp_path / "again.npz")
    assert dict(again.analysis.camera.how_known)["hfov"] == "assumed"
    assert again.analysis.reps == done.analysis.reps


def test_camera_and_person_from_the_settings_travel_with_the_recording(
    two_placings: simulate.Simulated, tmp_path: Path
) -> None:
    save(tmp_path / "bare.npz", Recording(two_placings.t, two_placings.keypoints, two_placings.image_size))
    given = {"hfov_deg": 48.5, "tilt_deg": 4.0, "roll_deg": 2.0, "height_m": 1.05}
    settings = Settings.model_validate({"camera": given, "person": {"stature_m": 1.8}})
    done = study(tmp_path / "bare.npz", settings, None)
    again = as_read_back(done, tmp_path / "again.npz")
    camera = again.analysis.camera
    assert (camera.hfov_deg, camera.tilt_deg, camera.roll_deg, camera.height_m) == (48.5, 4.0, 2.0, 1.05)
    assert set(dict(camera.how_known).values()) == {"recording"}
    assert load(tmp_path / "again.npz").stature_m == 1.8
    assert again.analysis.reps == done.analysis.reps


def test_a_repetition_of_hidden_legs_is_left_as_it_was_seen(two_placings: simulate.Simulated) -> None:
    """Its bottom was looked at, but no frame of it says how deep the hips were."""
    recording = recording_of(two_placings)
    first = judged(recording)
    hidden = [replace(motion, q=float("nan")) for motion in first.motions]
    level = [replace(motion, q=0.0) for motion in first.motions]
    for motions in (hidden, level):
        seen = mirror.desk.second_look._mended(
            recording, replace(first, motions=motions), [[0.02] for _ in first.reps]
        )
        assert np.array_equal(seen.keypoints, recording.keypoints)
