"""The live mirror and the desk judge by the same functions: the same squats give the same answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import simulate
from judged import judged as analysed

import mirror.knees.analysis as desk
from mirror.knees.analysis import Analysis
from mirror.knees.constants import ANATOMICAL, KeypointConstants
from mirror.knees.foot_placements import FootPlacement
from mirror.knees.judge import Thresholds
from mirror.knees.live import KneeWatch
from mirror.knees.optics import Camera
from mirror.knees.reading import KneeReading, Phase, Rep, RepLeg, Verdict
from mirror.knees.track import TrackedPose

GOOD, BOTH, LEFT, OUT = (0.0, 1.0), (14.0, 13.0), (14.0, 0.0), (-6.0, -5.0)
MODEL_LIKE = KeypointConstants(shank_blend=0.5, shank_scale=1.03, depth_offset_deg=4.0, keypoint_sd=0.04)


def session(*deltas: tuple[float, float], seed: int = 0, fps: float = 30.0) -> simulate.Simulated:
    movements = [simulate.Stand(2.5), *(simulate.Squat(delta=delta) for delta in deltas), simulate.Stand(1.0)]
    return simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.8), seed=seed, fps=fps)


class Live:
    """A recording shown to the live mirror, frame by frame."""

    def __init__(self, sim: simulate.Simulated, constants: KeypointConstants = ANATOMICAL) -> None:
        self.watch = KneeWatch(Camera(sim.hfov_deg, sim.tilt_deg), constants, Thresholds())
        self.readings: list[KneeReading] = []
        self.reps: list[Rep] = []
        for t, keypoints in zip(sim.t, sim.keypoints, strict=True):
            reading, rep = self.watch.update(TrackedPose(float(t), keypoints, sim.image_size))
            self.readings.append(reading)
            self.reps += [rep] if rep else []


def at_the_desk(sim: simulate.Simulated, constants: KeypointConstants = ANATOMICAL) -> Analysis:
    """The same recording at the desk, with the first repetition as the reference, as it is live."""
    return analysed(sim, 1, toes=False, constants=constants)


def verdicts(reps: list[Rep]) -> list[tuple[Verdict, Verdict]]:
    return [(rep.left.verdict, rep.right.verdict) for rep in reps]


def legs(rep: Rep) -> list[RepLeg]:
    return [rep.left, rep.right]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("fps", [30.0, 20.0])
def test_the_same_repetitions_with_the_same_verdicts(seed: int, fps: float) -> None:
    sim = session(GOOD, BOTH, LEFT, GOOD, OUT, seed=seed, fps=fps)
    live, still = Live(sim).reps, at_the_desk(sim).reps
    assert verdicts(live) == verdicts(still)
    assert [(rep.n, rep.is_reference, rep.depth_label) for rep in live] == [
        (rep.n, rep.is_reference, rep.depth_label) for rep in still
    ]


@pytest.mark.parametrize("constants", [ANATOMICAL, MODEL_LIKE], ids=["anatomical", "a model's"])
def test_numbers_agree_though_the_stance_was_measured_on_other_frames(constants: KeypointConstants) -> None:
    sim = session(GOOD, BOTH, LEFT, GOOD, OUT)
    for one, other in zip(Live(sim, constants).reps, at_the_desk(sim, constants).reps, strict=True):
        for when in ("start_s", "bottom_s", "end_s"):
            assert getattr(one, when) == pytest.approx(getattr(other, when), abs=0.1)
        assert one.depth_deg == pytest.approx(other.depth_deg, abs=1.5)
        for live_leg, desk_leg in zip(legs(one), legs(other), strict=True):
            assert live_leg.deviation_deg == pytest.approx(desk_leg.deviation_deg, abs=0.5)
            assert live_leg.judged_share == pytest.approx(desk_leg.judged_share, abs=0.1)


@pytest.mark.parametrize("constants", [ANATOMICAL, MODEL_LIKE], ids=["anatomical", "a model's"])
def test_with_the_same_stance_the_numbers_are_the_same(
    constants: KeypointConstants, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim = session(GOOD, BOTH, LEFT, GOOD, OUT)
    live = Live(sim, constants)
    same = FootPlacement(-np.inf, live.watch.stance, "")
    monkeypatch.setattr(desk, "find_placements", lambda *_: [same])
    still = at_the_desk(sim, constants)
    for one, other in zip(live.reps, still.reps, strict=True):
        # Filters that began with the first frame instead of with the calibration differ by e^-(seconds/0.06).
        assert one.start_s == pytest.approx(other.start_s, abs=1e-6)
        assert one.bottom_s == pytest.approx(other.bottom_s, abs=1e-6)
        assert one.end_s == pytest.approx(other.end_s, abs=1e-6)
        assert one.depth_deg == pytest.approx(other.depth_deg, abs=1e-6)
        for live_leg, desk_leg in zip(legs(one), legs(other), strict=True):
            assert live_leg.deviation_deg == pytest.approx(desk_leg.deviation_deg, abs=1e-6)
            assert live_leg.verdict is desk_leg.verdict
            assert live_leg.judged_share == desk_leg.judged_share


def test_what_the_lamp_follows_is_what_the_desk_draws_from_the_second_repetition_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Frame by frame; before the reference there is no foot direction live, and hindsight at the desk."""
    sim = session(GOOD, BOTH, LEFT, GOOD, OUT)
    live = Live(sim)
    monkeypatch.setattr(desk, "find_placements", lambda *_: [FootPlacement(-np.inf, live.watch.stance, "")])
    still = at_the_desk(sim)
    compared = 0
    for reading, motion, judged in zip(live.readings, still.motions, still.judgements, strict=True):
        if reading.t < live.reps[0].end_s + 0.5:
            continue
        assert reading.phase is motion.phase
        for leg, judgement in zip((reading.left, reading.right), judged, strict=True):
            assert leg.verdict is judgement.verdict
            if leg.deviation_deg is not None:
                assert leg.deviation_deg == pytest.approx(judgement.deviation_deg, abs=1e-6)
                compared += 1
    assert compared > 200


def test_live_nothing_is_judged_before_the_reference_is_over() -> None:
    sim = session(BOTH, GOOD)
    first = Live(sim)
    before = [r for r in first.readings if r.t <= sim.reps[0].end_s - 0.4]
    assert {r.left.verdict for r in before} == {Verdict.UNKNOWN}
    assert all(r.target_is_guess for r in before)


def test_other_movements_are_no_repetitions_live_either() -> None:
    movements = [
        simulate.Stand(2.0), simulate.Hinge(), simulate.RaiseArms(), simulate.JumpingJacks(),
        simulate.Lunge(), simulate.Stand(1.0),
    ]  # fmt: skip
    sim = simulate.simulate(movements, noise=simulate.Noise(sigma_px=0.8))
    assert Live(sim).reps == []


def test_a_dropped_frame_here_and_there_changes_no_verdict() -> None:
    sim = session(GOOD, BOTH, LEFT, GOOD)
    keep = np.random.default_rng(1).random(len(sim.t)) > 0.2
    thin = replace(sim, t=sim.t[keep], keypoints=sim.keypoints[keep])
    assert verdicts(Live(thin).reps) == verdicts(Live(sim).reps)


def test_the_person_after_is_somebody_new() -> None:
    sim = session(GOOD, BOTH)
    live = Live(sim)
    last = float(sim.t[-1])
    for i in range(60):
        live.watch.update(TrackedPose(last + i / 30, sim.keypoints[0], sim.image_size, False))
    reading, _ = live.watch.update(TrackedPose(last + 2.1, sim.keypoints[0], sim.image_size))
    assert not reading.setup.calibrated
    assert reading.setup.reference_awaited
    assert reading.phase is Phase.STAND
