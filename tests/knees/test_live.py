"""The live watch, where it differs from a whole recording: what it learns while somebody stands there."""

from __future__ import annotations

import simulate

from mirror.knees.constants import ANATOMICAL
from mirror.knees.frame_buffers import FrameBuffers
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import Rep, Verdict
from mirror.knees.track import TrackedPose

STRICT = Thresholds(caution_deg=3.0, off_track_deg=4.0, clear_deg=2.5)


def test_an_accepted_reference_brings_its_own_limits_though_toes_were_known_before() -> None:
    movements = [simulate.Stand(1.5), simulate.Squat(), simulate.Squat(delta=(6.0, 6.0)), simulate.Stand(0.5)]
    sim = simulate.simulate(movements)
    watch = KneeWatch(
        Camera(sim.camera.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds(), with_reference=STRICT
    )
    shown = []
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        reading, _ = watch.update(TrackedPose(float(t), keypoints, sim.image_size))
        if watch.wants_toes:
            watch.take_toes(sim.toes, sim.image_size)
        shown.append((t, reading.left.verdict, reading.right.verdict))
    second = sim.reps[1]
    during = {verdict for t, *both in shown if second.start_s < t < second.end_s for verdict in both}
    assert Verdict.OFF_TRACK in during


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


def test_without_a_reference_the_repetitions_mend_toes_that_were_seen_wrong() -> None:
    """The toes are seen turned out 10 degrees too far, which makes good knees look 5 degrees inside."""
    good, both = (0.5, 0.0), (12.0, 11.0)
    deltas = [good, both, good, both, good]
    squats = [simulate.Squat(delta=delta) for delta in deltas]
    noise = simulate.Noise(sigma_px=0.6, person_share=0.0)
    sim = simulate.simulate([simulate.Stand(1.5), *squats], noise=noise, toe_error_deg=(10.0, 10.0))
    watch = KneeWatch(
        Camera(sim.camera.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds(), ask_reference=False
    )
    peaks, verdicts = [], []
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        _, rep = watch.update(TrackedPose(float(t), keypoints, sim.image_size))
        if watch.wants_toes:
            watch.take_toes(sim.toes, sim.image_size)
        if rep:
            peaks.append((rep.left.deviation_deg, rep.right.deviation_deg))
            verdicts.append((rep.left.verdict, rep.right.verdict))
    assert min(peaks[0]) > 3.0
    assert max(peaks[4]) < 2.5
    assert verdicts[3:] == [(Verdict.OFF_TRACK, Verdict.OFF_TRACK), (Verdict.GOOD, Verdict.GOOD)]


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
