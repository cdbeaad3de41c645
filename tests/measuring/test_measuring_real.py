"""The scripts that measure with real people: they say when nothing is there, and their arithmetic holds."""

from __future__ import annotations

import sys
from pathlib import Path

import counting
import measure_feet
import measure_motion
import measure_real
import numpy as np
import own_track
import pytest
import real_motion
import simulate

from mirror.camera.recording import Recording

PRIOR = own_track.Prior()
NONE = np.zeros(0)


def zero_of(shown: list[float]) -> float:
    """Where a left leg that showed this is believed to be when all is well."""
    share, _ = own_track.belief((np.array(shown), NONE), PRIOR, PRIOR.about)
    return float((share * own_track.ZEROS).sum())


def inside(shown: list[float], n: int, x: float = 5.0) -> float:
    share, _ = own_track.belief((np.array(shown), NONE), PRIOR, PRIOR.about)
    return own_track.over(shown[n], share, x)


@pytest.mark.parametrize("script", [measure_motion, measure_real, measure_feet])
def test_nothing_to_measure_with_is_said_in_one_sentence(
    script: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["measure", str(tmp_path / "nowhere")])
    assert script.main() == 0  # type: ignore[attr-defined]
    assert "nothing is measured" in capsys.readouterr().out


def test_a_leg_that_is_always_alike_is_on_its_own_track_wherever_that_lies() -> None:
    assert zero_of([9.0, 8.0, 9.5, 8.5, 9.0, 8.0]) == pytest.approx(8.7, abs=1.0)
    assert inside([9.0, 8.0, 9.5, 8.5, 9.0, 8.0], 2) < 0.05


def test_a_repetition_far_inside_the_others_is_found_wherever_those_lie() -> None:
    for constant in (-6.0, 0.0, 7.0):
        shown = [constant + one for one in (0.5, -0.5, 0.0, 11.0, 1.0, -1.0)]
        assert inside(shown, 3) > 0.95
        assert inside(shown, 1) < 0.1


def test_the_first_repetition_alone_says_little() -> None:
    assert inside([9.0], 0) < 0.7
    assert inside([20.0], 0) > inside([9.0], 0)


def test_the_other_leg_tells_where_a_zero_may_be() -> None:
    calm, deep = np.array([1.0, 0.0, 1.0, 0.5]), np.array([12.0, 12.5, 11.5, 12.0])
    alone, _ = own_track.belief((deep, NONE), PRIOR, PRIOR.about)
    beside, _ = own_track.belief((deep, calm), PRIOR, PRIOR.about)
    assert own_track.over(12.0, beside, 5.0) > own_track.over(12.0, alone, 5.0)


def test_squats_are_counted_though_nobody_stands_still_first() -> None:
    moves = [simulate.Squat() for _ in range(4)]
    sim = simulate.simulate([*moves, simulate.Stand(0.5)], noise=simulate.Noise(sigma_px=0.8))
    assert len(dips_of(sim)) == 4
    assert dips_of(sim)[0].bottom_s == pytest.approx(sim.reps[0].bottom_s, abs=0.2)


def test_a_squat_cut_by_the_end_is_none() -> None:
    sim = simulate.simulate([simulate.Squat(), simulate.Squat()])
    assert len(dips_of(sim, until_s=sim.reps[1].bottom_s + 0.2)) == 1


def test_a_lift_from_the_floor_is_told_from_a_squat() -> None:
    recording = recording_of(simulate.simulate([simulate.Squat(), simulate.Stand(0.5)]))
    hips, p, scale = counting.height(recording)
    found = counting.dips(recording.t, hips, scale, counting.Limits())
    assert [why for _, why in counting.squats(recording.t, p, scale, found, counting.Limits())] == [""]
    down = np.argmin(np.where(np.isfinite(hips), hips, np.inf))
    p[down - 10 : down + 10, [9, 10], 1] = p[down, 15:17, 1].mean()  # the hands at the ankles
    ((_, why),) = counting.squats(recording.t, p, scale, found, counting.Limits())
    assert "wrists below the knees" in why


def recording_of(sim: simulate.Simulated) -> Recording:
    return Recording(
        sim.t,
        sim.keypoints,
        sim.image_size,
        hfov_deg=sim.hfov_deg,
        tilt_deg=sim.tilt_deg,
        camera_height_m=1.2,
    )


def dips_of(sim: simulate.Simulated, until_s: float = np.inf) -> list[counting.Dip]:
    recording = recording_of(sim)
    hips, _, scale = counting.height(recording)
    kept = recording.t < until_s
    return counting.dips(recording.t[kept], hips[kept], scale[kept], counting.Limits())


@pytest.mark.skipif(not real_motion.there(), reason="../shared/motion is not there: real squats not measured")
def test_a_good_repetition_in_front_is_seen_by_the_same_camera() -> None:
    one = next(one for one in real_motion.sequences() if one.name == "p3_incorrect_still_y+10_exact")
    own = real_motion.load(one.path)
    spliced, later = real_motion.after_a_good_one(one)
    n = len(own.t)
    assert spliced.t[-n] == pytest.approx(later)
    assert np.abs(spliced.keypoints[-n:, :, :2] - own.keypoints[..., :2]).max() < 0.003


@pytest.mark.skipif(not real_motion.there(), reason="../shared/motion is not there: real squats not measured")
def test_noise_is_what_the_noisy_recordings_have() -> None:
    one = next(one for one in real_motion.sequences() if one.name == "p3_correct_still_y+0_exact")
    exact = real_motion.load(one.path)
    miss = (real_motion.noisy(exact, 3).keypoints - exact.keypoints)[..., 0] * 640
    step = np.diff(miss, axis=0).std() / np.sqrt(2) / miss.std()
    assert step == pytest.approx(np.sqrt(0.7), abs=0.05)
