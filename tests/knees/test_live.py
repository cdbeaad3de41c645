"""The live watch, where it differs from a whole recording: what it learns while somebody stands there."""

from __future__ import annotations

from dataclasses import replace

import pytest
import simulate

from mirror.knees.constants import ANATOMICAL
from mirror.knees.frame_buffers import FrameBuffers
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import KneeReading, Rep, Verdict
from mirror.knees.reasons import Reason, Why
from mirror.knees.track import TrackedPose

STRICT = Thresholds(caution_deg=2.0, off_track_deg=3.0, off_track_sure=0.5, first_sure=0.5)
GOOD, UNKNOWN = (Verdict.GOOD, Verdict.GOOD), (Verdict.UNKNOWN, Verdict.UNKNOWN)
OFF_TRACK = (Verdict.OFF_TRACK, Verdict.OFF_TRACK)


class Seen:
    """What a mirror said of a simulated person: repetitions as they came, and by number those judged late."""

    def __init__(self, sim: simulate.Simulated, toes_from_s: float = 0.0, **how: object) -> None:
        camera = Camera(sim.camera.hfov_deg, sim.tilt_deg)
        watch = KneeWatch(camera, ANATOMICAL, Thresholds(), **how)  # type: ignore[arg-type]
        self.readings: list[KneeReading] = []
        self.reps: list[Rep] = []
        self.late: dict[int, Rep] = {}
        self.late_s: list[float] = []
        for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
            reading, rep = watch.update(TrackedPose(float(t), keypoints, sim.image_size))
            if watch.wants_toes and t >= toes_from_s:
                watch.take_toes(sim.toes, sim.image_size)
            self.readings.append(reading)
            self.reps += [rep] if rep else []
            self.late |= {one.n: one for one in reading.judged_late}
            self.late_s += [float(t)] * len(reading.judged_late)

    @property
    def verdicts(self) -> list[tuple[Verdict, Verdict]]:
        return [_verdicts(rep) for rep in self.reps]

    def light(self, during: simulate.SimulatedRep) -> set[Verdict]:
        then = [one for one in self.readings if during.start_s < one.t < during.end_s]
        return {leg.verdict for one in then for leg in (one.left, one.right)}


def _verdicts(rep: Rep) -> tuple[Verdict, Verdict]:
    return rep.left.verdict, rep.right.verdict


def test_an_accepted_reference_brings_its_own_limits_though_toes_were_known_before() -> None:
    movements = [simulate.Stand(1.5), simulate.Squat(), simulate.Squat(delta=(6.0, 6.0)), simulate.Stand(0.5)]
    sim = simulate.simulate(movements)
    assert Verdict.OFF_TRACK in Seen(sim, with_reference=STRICT).light(sim.reps[1])
    assert Verdict.OFF_TRACK not in Seen(sim, with_reference=Thresholds()).light(sim.reps[1])


def test_the_reference_is_asked_for_twice_at_most_and_then_let_go() -> None:
    """Knees that went far inside their toes are no reference, however often."""
    squats = [simulate.Squat(delta=(15.0, 15.0)) for _ in range(4)]
    sim = simulate.simulate([simulate.Stand(1.5), *squats, simulate.Stand(0.5)])
    watch = KneeWatch(Camera(sim.camera.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds())
    awaited, reps = [], 0
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        reading, rep = watch.update(TrackedPose(float(t), keypoints, sim.image_size))
        if watch.wants_toes:
            watch.take_toes(sim.toes, sim.image_size)
        if rep is not None:
            reps += 1
            assert not rep.is_reference
            awaited.append(reading.setup.reference_awaited)
    assert reps == 4
    assert awaited == [True, False, False, False]


# -- judged late


def test_a_repetition_before_the_toes_are_known_counts_at_once_and_is_judged_when_they_are() -> None:
    squats = [simulate.Squat(delta=(20.0, 0.0)), simulate.Stand(1.0)]
    sim = simulate.simulate([simulate.Stand(1.5), *squats])
    toes_s = sim.reps[0].end_s + 0.5
    seen = Seen(sim, toes_from_s=toes_s, ask_reference=False)
    assert seen.verdicts == [UNKNOWN]
    assert seen.reps[0].left.why == Reason(Why.NO_DIRECTION)
    assert _verdicts(seen.late[1]) == (Verdict.OFF_TRACK, Verdict.GOOD)
    assert seen.late[1].left.why is None
    assert seen.late_s == [pytest.approx(toes_s, abs=0.1)]


def test_of_feet_nobody_sees_the_first_repetition_is_judged_with_the_second() -> None:
    squats = [simulate.Squat(delta=delta) for delta in ((12.0, 11.0), (0.5, 0.0), (0.5, 0.0))]
    sim = simulate.simulate([simulate.Stand(1.5), *squats, simulate.Stand(1.0)])
    seen = Seen(sim, toes_from_s=99.0, ask_reference=False)
    assert seen.verdicts == [UNKNOWN, GOOD, GOOD]
    assert set(seen.late) == {1}
    assert seen.late_s == [pytest.approx(sim.reps[1].end_s, abs=0.4)]


def test_who_squats_before_they_could_be_measured_is_judged_once_they_are() -> None:
    """The joints of a repetition are kept, for legs that nobody has measured yet."""
    squats = [simulate.Squat(delta=(20.0, 0.0)), simulate.Stand(2.0)]
    sim = simulate.simulate([simulate.Stand(1.5), *squats])
    first = float(sim.reps[0].start_s) - 0.2
    cut = replace(sim, t=sim.t[sim.t > first], keypoints=sim.keypoints[sim.t > first])
    seen = Seen(cut, ask_reference=False)
    told = seen.late.get(1, seen.reps[0])
    assert len(seen.reps) == 1
    assert _verdicts(told) == (Verdict.OFF_TRACK, Verdict.GOOD)
    assert told.depth_deg is not None


def test_a_repetition_on_feet_placed_anew_since_is_never_judged_by_the_new_ones() -> None:
    movements = [
        simulate.Stand(1.5),
        simulate.Squat(delta=(20.0, 0.0)),
        simulate.Replant(width_m=0.62, toe_out_deg=(30.0, 30.0)),
        simulate.Stand(1.5),
        simulate.Squat(),
        simulate.Stand(1.0),
    ]
    sim = simulate.simulate(movements)
    seen = Seen(sim, toes_from_s=sim.reps[0].end_s + 2.0, ask_reference=False)
    assert seen.verdicts[0] == UNKNOWN
    assert seen.late == {}


def test_a_knee_hidden_throughout_is_not_judged_late() -> None:
    sim = simulate.simulate([simulate.Stand(1.5), simulate.Squat(), simulate.Squat(), simulate.Stand(1.0)])
    keypoints = sim.keypoints.copy()
    keypoints[sim.t > sim.reps[0].start_s, 13, 2] = 0.05
    seen = Seen(replace(sim, keypoints=keypoints), ask_reference=False)
    assert {rep.left.verdict for rep in (*seen.reps, *seen.late.values())} == {Verdict.UNKNOWN}


def test_toes_that_were_seen_wrong_are_part_of_each_leg_s_own_track() -> None:
    """The toes are seen turned out 10 degrees too far, which makes good knees look 5 degrees inside."""
    good, both = (0.5, 0.0), (12.0, 11.0)
    deltas = [good, both, good, both, good]
    squats = [simulate.Squat(delta=delta) for delta in deltas]
    noise = simulate.Noise(sigma_px=0.6, person_share=0.0)
    sim = simulate.simulate([simulate.Stand(1.5), *squats], noise=noise, toe_error_deg=(10.0, 10.0))
    seen = Seen(sim, ask_reference=False)
    last = seen.reps[4]
    for leg in (last.left, last.right):
        assert leg.deep_deviation_deg is not None
        assert leg.deep_deviation_deg > 3.0
        assert leg.inside_own_track_deg == pytest.approx(0.0, abs=2.0)
    assert seen.verdicts == [GOOD, OFF_TRACK, GOOD, OFF_TRACK, GOOD]


def test_a_frame_s_numbers_are_written_where_older_ones_were() -> None:
    """More frames than there are buffers give the same repetitions as buffers that are never used again."""
    squats = [simulate.Squat(delta=(11.0, 0.0))] * 4
    sim = simulate.simulate([simulate.Stand(1.5), *squats, simulate.Stand(1.0)])

    def reps(frames: int) -> list[Rep]:
        camera = Camera(sim.camera.hfov_deg, sim.tilt_deg)
        watch = KneeWatch(camera, ANATOMICAL, Thresholds(), buffers=FrameBuffers(frames))
        seen = zip(sim.t, sim.keypoints, strict=True)
        found = [watch.update(TrackedPose(float(t), pose, sim.image_size))[1] for t, pose in seen]
        return [rep for rep in found if rep is not None]

    few = 120
    assert len(sim.t) > 3 * few
    assert len(reps(few)) == 4
    assert reps(few) == reps(len(sim.t) + 1)
