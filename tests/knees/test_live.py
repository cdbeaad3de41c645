"""The live watch, where it differs from a whole recording: what it learns while somebody stands there."""

from __future__ import annotations

import simulate

from mirror.knees.constants import ANATOMICAL
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import Verdict

STRICT = Thresholds(caution_deg=3.0, off_track_deg=4.0, clear_deg=2.5)


def test_an_accepted_reference_brings_its_own_limits_though_toes_were_known_before() -> None:
    movements = [simulate.Stand(1.5), simulate.Squat(), simulate.Squat(delta=(6.0, 6.0)), simulate.Stand(0.5)]
    sim = simulate.simulate(movements)
    watch = KneeWatch(
        Camera(sim.camera.hfov_deg, sim.tilt_deg), ANATOMICAL, Thresholds(), with_reference=STRICT
    )
    shown = []
    for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
        reading, _ = watch.update(float(t), keypoints, sim.image_size, True)
        if watch.wants_toes:
            watch.take_toes(sim.toes, sim.image_size)
        shown.append((t, reading.left.verdict, reading.right.verdict))
    second = sim.reps[1]
    during = {verdict for t, *both in shown if second.start_s < t < second.end_s for verdict in both}
    assert Verdict.OFF_TRACK in during
