"""Every state of the live watch is left in every way it can be left: a finer stance, feet placed anew, a
reference refused and then accepted, somebody out of sight for a moment or for good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import simulate
from simulate import Replant, Squat, Stand

from mirror.knees.constants import ANATOMICAL
from mirror.knees.deep_half import deep_half
from mirror.knees.foot_direction import FootDirection, Limits
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera, rectify
from mirror.knees.reading import KneeReading, Rep
from mirror.knees.reasons import Why
from mirror.knees.squat import Span
from mirror.knees.track import TrackedPose

WIDE = Replant(width_m=0.62, toe_out_deg=(30.0, 30.0))
ON_WIDE_FEET = {"stance_m": 0.62, "toe_out_deg": 30.0}
CAVING = Squat(delta=(16.0, 15.0))
FRAME_S = 1 / 30


class Mirror:
    """A mirror with somebody before it, and what it showed last."""

    def __init__(self) -> None:
        sim = simulate.simulate([Stand(0.1)])
        self.size, self.camera = sim.image_size, Camera(sim.hfov_deg, sim.tilt_deg)
        self.watch = KneeWatch(
            self.camera, ANATOMICAL, Thresholds(), with_reference=Thresholds(off_track_deg=7)
        )
        self.t = 0.0
        self.reading: KneeReading
        self.reps: list[Rep] = []

    def sees(
        self,
        *movements: simulate.Movement,
        toes: bool = False,
        until: Callable[[KneeReading], bool] = lambda reading: False,
        **how: object,
    ) -> Mirror:
        """toes: somebody finds them when asked for. until: what ends it sooner."""
        sim = simulate.simulate(movements, **how)  # type: ignore[arg-type]
        for keypoints in sim.keypoints:
            self._show(keypoints, True)
            if toes and self.watch.wants_toes:
                self.watch.take_toes(sim.toes, sim.image_size)
            if until(self.reading):
                break
        return self

    def sees_nobody(self, seconds: float) -> Mirror:
        for _ in range(round(seconds / FRAME_S)):
            self._show(np.zeros((17, 3), np.float32), False)
        return self

    def _show(self, keypoints: np.ndarray, seen: bool) -> None:
        self.t += FRAME_S
        self.reading, rep = self.watch.update(TrackedPose(self.t, keypoints, self.size, seen))
        self.reps += [rep] if rep else []

    @property
    def calibrated(self) -> bool:
        return self.reading.setup.calibrated

    @property
    def frames(self) -> int:
        """How many the stance rests on; 0 without one."""
        return self.watch.stance.frames if self.watch.stance else 0


def nobody_measured() -> Mirror:
    return Mirror().sees(Stand(0.1))


def rough() -> Mirror:
    return Mirror().sees(Stand(0.4))


def full() -> Mirror:
    return Mirror().sees(Stand(2.4))


def moved() -> Mirror:
    return full().sees(WIDE).sees(Stand(2.4), **ON_WIDE_FEET)


def with_toes() -> Mirror:
    return Mirror().sees(Stand(2.4), toes=True)


def with_reference() -> Mirror:
    return full().sees(Squat())


def with_a_refused_reference() -> Mirror:
    return with_toes().sees(CAVING)


STATES = [nobody_measured, rough, full, moved, with_toes, with_reference, with_a_refused_reference]


# -- a stance, and a finer one


def test_somebody_who_stands_is_measured_after_a_moment() -> None:
    assert not nobody_measured().calibrated
    assert rough().calibrated


def test_a_rough_stance_becomes_a_full_one_and_stays_that() -> None:
    mirror = rough()
    assert mirror.frames < 15
    rough_sd = mirror.watch.stance.sd
    mirror.sees(Stand(2.4))
    measured = mirror.watch.stance
    assert mirror.frames > 28
    assert measured.sd < rough_sd
    assert mirror.sees(Stand(3.0)).watch.stance is measured


def test_tops_of_repetitions_make_a_rough_stance_finer() -> None:
    mirror = rough()
    measured = mirror.watch.stance
    mirror.sees(Squat(), Squat(), Squat())
    assert len(mirror.reps) == 3
    assert mirror.frames > 2 * measured.frames
    assert mirror.watch.stance.shank == pytest.approx(measured.shank, rel=0.01)


def test_the_first_squat_of_somebody_who_walks_up_counts_at_once() -> None:
    mirror = Mirror().sees(WIDE, Squat(rest_s=0.0), noise=simulate.Noise(sigma_px=0.8))
    assert len(mirror.reps) == 1


# -- feet placed anew


@pytest.mark.parametrize("state", [rough, full, with_toes, with_reference, with_a_refused_reference])
def test_feet_placed_anew_are_known_at_once_and_nobody_knows_where_they_point(
    state: Callable[[], Mirror],
) -> None:
    mirror = state()
    narrow = mirror.watch.stance
    assert narrow is not None
    mirror.sees(WIDE).sees(Stand(0.4), **ON_WIDE_FEET)
    assert mirror.calibrated
    assert mirror.watch.stance.width > 1.3 * narrow.width
    assert mirror.reading.target_is_guess
    assert mirror.watch.wants_toes
    assert mirror.reading.setup.reference_awaited


def test_whoever_steps_closer_has_the_legs_they_had() -> None:
    closer = Replant(forward_m=0.4)
    mirror = full()
    far = mirror.watch.stance
    mirror.sees(closer).sees(Stand(1.0), place_m=(0.0, 0.4))
    near = mirror.watch.stance
    assert near.shank == pytest.approx(far.shank * 2.5 / 2.1, rel=0.03)
    assert near.thigh == pytest.approx(far.thigh, rel=0.02)
    assert near.shank.mean() / near.hip_height == pytest.approx(far.shank.mean() / far.hip_height, rel=0.01)


def test_a_squat_on_moved_feet_is_counted_and_not_judged() -> None:
    mirror = with_toes().sees(Squat()).sees(WIDE)
    mirror.sees(Squat(), **ON_WIDE_FEET)
    assert len(mirror.reps) == 2
    assert mirror.reps[0].left.deviation_deg is not None
    assert mirror.reps[1].depth_deg is not None


def test_toes_found_before_the_feet_moved_are_not_believed() -> None:
    assert with_toes().sees(WIDE).sees(Stand(0.4), **ON_WIDE_FEET).reading.target_is_guess


def test_an_ankle_elsewhere_for_a_moment_is_no_new_place() -> None:
    mirror = full()
    measured = mirror.watch.stance
    mirror.sees(Stand(0.25), stance_m=0.62).sees(Stand(1.5))
    assert mirror.calibrated
    assert mirror.watch.stance is measured


# -- where the feet point


def test_toe_tips_say_where_the_feet_point_and_are_asked_for_once() -> None:
    mirror = full()
    assert mirror.reading.target_is_guess
    assert mirror.watch.wants_toes
    mirror = with_toes()
    assert not mirror.reading.target_is_guess
    assert not mirror.watch.wants_toes


@pytest.mark.parametrize("state", [full, with_toes])
def test_a_repetition_becomes_the_reference_with_and_without_toes(state: Callable[[], Mirror]) -> None:
    mirror = state()
    assert mirror.reading.setup.reference_awaited
    mirror.sees(Squat())
    assert [rep.is_reference for rep in mirror.reps] == [True]
    assert not mirror.reading.setup.reference_awaited
    assert not mirror.reading.target_is_guess


def test_a_refused_reference_is_awaited_still_and_the_next_may_be_accepted() -> None:
    mirror = with_a_refused_reference()
    assert [rep.is_reference for rep in mirror.reps] == [False]
    assert mirror.reading.setup.refused is not None
    assert mirror.reading.setup.refused.key is Why.KNEE_INSIDE
    assert mirror.reading.setup.reference_awaited
    mirror.sees(Squat())
    assert [rep.is_reference for rep in mirror.reps] == [False, True]
    assert mirror.reading.setup.refused is None
    assert not mirror.reading.setup.reference_awaited


def direction_on(mirror: Mirror) -> FootDirection:
    """The feet of whoever stands there, from their toes."""
    found = FootDirection(Limits(Thresholds(), Thresholds(off_track_deg=7)), ANATOMICAL)
    sim = simulate.simulate([Stand(0.1)])
    assert mirror.watch.stance is not None
    found.take_toes(rectify(sim.toes, sim.image_size, mirror.camera), mirror.watch.stance)
    return found


def test_toes_found_on_a_rough_stance_count_for_the_finer_one() -> None:
    mirror = Mirror().sees(Stand(0.4), toes=True)
    rough_stance = mirror.watch.stance
    mirror.sees(Stand(0.9), noise=simulate.Noise(sigma_px=0.6))
    assert mirror.watch.stance is not rough_stance
    shown, expected = mirror.watch._visit.feet.azimuth, direction_on(mirror).azimuth
    assert shown is not None
    assert expected is not None
    assert (shown.value == expected.value).all()


def test_a_finer_stance_weighs_the_same_toes_anew() -> None:
    mirror = full()
    found, stance = direction_on(mirror), mirror.watch.stance
    assert stance is not None
    assert found.azimuth is not None
    before = found.azimuth.value
    found.measured_anew(replace(stance, depth=stance.depth * 0.95))
    assert (np.abs(found.azimuth.value - before) > 0.002).all()


def test_other_limits_hold_from_the_reference_on() -> None:
    mirror = with_reference()
    found = direction_on(mirror)
    assert found.thresholds == Thresholds()
    motions = list(mirror.watch._visit.recent)
    rep = mirror.reps[0]
    shown = deep_half(motions, Span(rep.start_s, rep.bottom_s, rep.end_s, max(m.q for m in motions)))
    found.take_reference(shown, mirror.watch.stance)
    assert found.thresholds == Thresholds(off_track_deg=7)
    assert found.azimuth is not None
    assert found.azimuth.source == "toes+reference"


# -- somebody out of sight


def known(mirror: Mirror) -> tuple[object, ...]:
    """All that the mirror has learnt of whoever is there."""
    setup = mirror.reading.setup
    feet = mirror.watch._visit.feet
    azimuth = None if feet.azimuth is None else tuple(feet.azimuth.value)
    return mirror.watch.stance, setup.reference_awaited, setup.refused, azimuth


@pytest.mark.parametrize("state", STATES)
def test_somebody_out_of_sight_for_a_moment_is_the_same_person(state: Callable[[], Mirror]) -> None:
    mirror = state()
    before = known(mirror)
    mirror.sees_nobody(0.8)
    feet = ON_WIDE_FEET if state is moved else {}
    mirror.sees(Stand(0.1), **feet)
    assert known(mirror) == before


@pytest.mark.parametrize("state", STATES)
def test_somebody_out_of_sight_for_longer_is_somebody_new(state: Callable[[], Mirror]) -> None:
    mirror = state().sees_nobody(1.2)
    assert not mirror.calibrated
    mirror.sees(Stand(0.1))
    assert known(mirror) == known(Mirror().sees(Stand(0.1)))
    mirror.sees(Stand(1.4))
    assert mirror.calibrated
    assert mirror.reading.target_is_guess
    mirror.sees(Squat())
    assert mirror.reps[-1].n == 1
    assert mirror.reps[-1].is_reference
