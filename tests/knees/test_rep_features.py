"""What a repetition shows beside its verdicts, on figures whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simulate
from judged import judged

from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import LegFeatures, Rep, RepFeatures
from mirror.knees.rep_features import _forward, _Frames, _peak_up_share
from mirror.knees.track import TrackedPose


def seen(
    squat: simulate.Squat,
    *,
    fps: float = 30.0,
    toes: bool = True,
    still_s: float = 2.0,
    hands: str = "clasp",
) -> list[Rep]:
    sim = simulate.simulate(
        [simulate.Stand(still_s), squat, squat, simulate.Stand(2.0)],
        noise=simulate.Noise(sigma_px=0.8),
        fps=fps,
        hands=hands,
    )
    return judged(sim, toes=toes).reps


def features(squat: simulate.Squat, **how: object) -> list[RepFeatures]:
    found = [rep.features for rep in seen(squat, **how)]  # type: ignore[arg-type]
    assert all(one is not None for one in found)
    return [one for one in found if one is not None]


def left(squat: simulate.Squat, **how: object) -> list[LegFeatures]:
    return [one.left for one in features(squat, **how)]


@pytest.mark.parametrize("fps", [30.0, 15.0])
def test_a_knee_that_goes_in_only_deep_is_still_out_high_up(fps: float) -> None:
    for leg in left(simulate.Squat(delta=(13, 0), collapse="deep"), fps=fps):
        assert leg.deep_deg > 9
        assert leg.high_deg < 6


@pytest.mark.parametrize("fps", [30.0, 15.0])
def test_a_knee_that_goes_in_only_on_the_way_up_is_seen_to_do_so(fps: float) -> None:
    for leg in left(simulate.Squat(delta=(13, 0), collapse="ascent"), fps=fps):
        assert leg.down_deg < 6 < leg.up_deg
        assert 0.0 < leg.peak_up_share <= 0.4


def test_a_knee_that_goes_in_on_the_way_down_is_early_and_has_no_peak_on_the_way_up() -> None:
    for leg in left(simulate.Squat(delta=(13, 0), collapse="descent")):
        assert leg.early_deg > 6
        assert leg.up_deg < 6 < leg.down_deg
        assert leg.peak_up_share is None


def test_a_rising_heel_shows_in_the_ankle_and_a_flat_foot_does_not() -> None:
    for risen, flat in zip(left(simulate.Squat(heel_rise_m=0.04)), left(simulate.Squat()), strict=True):
        assert risen.ankle_rise > 0.05
        assert abs(flat.ankle_rise) < 0.03
        assert abs(flat.ankle_inward) < 0.03


def test_knees_pushed_out_are_outside() -> None:
    for leg in left(simulate.Squat(delta=(-14, -14))):
        assert leg.least_deg < -10


def test_a_trunk_that_tips_forward_drops_the_shoulders_more_than_the_hips() -> None:
    upright, tipped = (
        features(simulate.Squat(depth_deg=10, trunk_lean_deg=lean), hands="bar")[0].trunk
        for lean in (38.0, 80.0)
    )
    assert upright < 1.7
    assert tipped > 2.0


def test_what_the_feet_are_known_from_is_kept_with_the_repetition() -> None:
    assert {one.foot_source for one in features(simulate.Squat())} == {"toes"}
    blind = features(simulate.Squat(), toes=False)
    assert {one.foot_source for one in blind} == {"none"}
    assert {one.left.deep_deg for one in blind} == {None}
    assert all(one.left.ankle_rise is not None for one in blind)


def test_live_repetitions_have_signs_too() -> None:
    sim = simulate.simulate([simulate.Stand(2.0), simulate.Squat(), simulate.Squat(), simulate.Stand(1.0)])
    watch = KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds())
    reps = [
        rep
        for t, keypoints in zip(sim.t, sim.keypoints, strict=True)
        if (rep := watch.update(TrackedPose(float(t), keypoints, sim.image_size))[1]) is not None
    ]
    assert [rep.features.foot_source for rep in reps if rep.features] == ["reference", "reference"]


@pytest.mark.parametrize("tilt_deg", [16.0, 20.0])
def test_a_knee_that_only_goes_backward_has_no_share_of_its_way_forward(tilt_deg: float) -> None:
    """As a plain squat looks when the camera's tilt is given wrongly: verdicts and count stay."""
    sim = simulate.simulate([simulate.Stand(2.0), simulate.Squat(), simulate.Squat(), simulate.Stand(1.0)])
    reps = judged(replace(sim, tilt_deg=tilt_deg)).reps
    assert len(reps) == 2
    for rep in reps:
        for leg in (rep.features.left, rep.features.right):
            assert (leg.forward_share is None) == (leg.forward is None or leg.forward <= 0)


def test_signs_of_knees_behind_their_ankles_are_told_without_a_share() -> None:
    reached, share = forward_of(np.linspace(-0.1, -0.4, 12))
    assert reached < 0
    assert share is None


def forward_of(way: np.ndarray) -> tuple[float | None, float | None]:
    """A way of the knee on the way down, as `features` sees it."""
    n = len(way)
    q = np.linspace(0.0, 0.5, n)
    frames = _Frames(q, q, np.zeros(n), np.ones(n, np.bool_), np.zeros((n, 17, 2)), 0.5)
    return _forward(frames, way)


def test_where_the_largest_deviation_is_on_the_way_up_is_untold_while_the_legs_were_hidden() -> None:
    n = 10
    hidden = np.where(np.arange(n) == 7, np.nan, 0.3)
    frames = _Frames(hidden, hidden, np.zeros(n), np.arange(n) < 5, np.zeros((n, 17, 2)), 0.5)
    deviation = np.where(np.arange(n) == 7, 12.0, 3.0)
    assert _peak_up_share(frames, deviation) is None
    assert _peak_up_share(frames, deviation[::-1]) is None  # on the way down
    assert _peak_up_share(frames, np.where(np.arange(n) == 8, 12.0, 3.0)) == pytest.approx(0.4)
