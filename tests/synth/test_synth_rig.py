"""The rendered subjects: their bones, their scripted knees and the pictures that show them."""

from __future__ import annotations

import gzip
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the rendering rig needs the `synth` extra (scipy)")

from scripts.synth.body import SHAPES, Body
from scripts.synth.camera import Camera
from scripts.synth.posture import BALANCE_M, Poser
from scripts.synth.squat import Feet, Lifter, Moment, Move, Passer, timeline
from scripts.synth.truth import Witness, leg

BONES = (("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"), ("elbow", "wrist"))


def acted(shape: str = "m_avg", **asked: Any) -> tuple[list[dict[str, Any]], list[Moment]]:
    """Joints and moments of one move, every fifth frame. Lifter's settings are told by their names."""
    stands = {k: asked.pop(k) for k in ("toe_out_deg", "yaw_deg", "hands", "stance") if k in asked}
    body = Body(shape)
    poser, witness = Poser(body), Witness(body)
    lifter = Lifter(poser, liveliness=0.0, **stands)
    moments = list(timeline([Move(**asked)], lead_s=0.2, tail_s=0.1, fps=30.0))
    # Every fifth frame, and the lowest one.
    kept = sorted({*range(0, len(moments), 5), max(range(len(moments)), key=lambda i: moments[i].bend)})
    return [witness.joints(poser.pose(lifter.posture(moments[i]))) for i in kept], [moments[i] for i in kept]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_bone_ever_changes_its_length(shape: str) -> None:
    frames, _ = acted(shape, delta_deg=(14.0, -6.0), depth_deg=-12.0, heel_m=0.03)
    for side in ("left", "right"):
        for above, below in BONES:
            lengths = [np.linalg.norm(f[f"{side}_{above}"] - f[f"{side}_{below}"]) for f in frames]
            assert np.ptp(lengths) < 1e-9, f"{side} {above} to {below}"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("asked", [(13.0, 0.0), (0.0, 11.0), (-9.0, 12.0)])
def test_the_scripted_deviation_is_in_the_joints(shape: str, asked: tuple[float, float]) -> None:
    frames, moments = acted(shape, delta_deg=asked, toe_out_deg=(24.0, 10.0), yaw_deg=12.0)
    lowest = frames[int(np.argmax([m.bend for m in moments]))]
    assert (leg(lowest, "L").shank_deg, leg(lowest, "R").shank_deg) == pytest.approx(asked, abs=0.01)


def test_a_knee_moved_inward_comes_closer_to_the_other() -> None:
    clean, _ = acted()
    caved, moments = acted(delta_deg=(12.0, 0.0))
    at = int(np.argmax([m.bend for m in moments]))
    moved = clean[at]["left_knee"] - caved[at]["left_knee"]
    assert moved[0] > 0.05, "the person's left knee, at +x, moves toward the middle"
    assert np.abs(clean[at]["right_knee"] - caved[at]["right_knee"]).max() < 1e-6


@pytest.mark.parametrize("depth", [-14.0, 0.0, 28.0])
def test_clean_thighs_reach_the_wanted_depth(depth: float) -> None:
    frames, _ = acted(depth_deg=depth)
    lowest = min(frames, key=lambda f: f["left_hip"][1])
    assert leg(lowest, "L").thigh_deg == pytest.approx(depth, abs=0.5)


def test_feet_stay_planted_and_point_where_they_should() -> None:
    frames, _ = acted(toe_out_deg=(25.0, 12.0), delta_deg=(10.0, 10.0))
    for side, sign, out in (("left", 1.0, 25.0), ("right", -1.0, 12.0)):
        toes = np.array([f[f"{side}_toe2_mtp"] - f[f"{side}_ankle"] for f in frames])
        assert np.ptp(toes, axis=0).max() < 1e-9
        assert np.degrees(np.arctan2(sign * toes[0, 0], toes[0, 2])) == pytest.approx(out)


def test_a_rising_heel_keeps_the_ball_of_the_foot_on_the_floor() -> None:
    frames, _ = acted(heel_m=0.04)
    assert np.ptp([f["left_ankle"][1] for f in frames]) == pytest.approx(0.04)
    assert np.ptp([f["left_toe2_mtp"] for f in frames], axis=0).max() < 1e-9


def test_a_squatting_body_balances_over_its_feet() -> None:
    poser = Poser(Body())
    lifter = Lifter(poser, liveliness=0.0)
    moments = list(timeline([Move()], lead_s=0.1, tail_s=0.1, fps=30.0))
    for moment in moments[::8]:
        pose = poser.pose(lifter.posture(moment))
        assert poser._balance(pose, 0.0) == pytest.approx(BALANCE_M, abs=2e-3)


def test_a_hinge_and_raised_arms_hardly_lower_the_hips() -> None:
    for kind in ("hinge", "arms"):
        frames, _ = acted(kind=kind, hands="hang")
        assert np.ptp([f["left_hip"][1] for f in frames]) < 0.08
    assert max(f["left_wrist"][1] - f["nose"][1] for f in frames) > 0.2, "hands went over the head"


def test_somebody_passing_walks_without_sliding() -> None:
    body = Body("f_avg")
    poser, witness = Poser(body), Witness(body)
    passer = Passer(poser, depth_m=1.2, reach_m=1.5, start_s=0.0, every_s=5.0)
    assert passer.posture(3.5) is None, "gone by then"
    frames = [witness.joints(poser.pose(passer.posture(t))) for t in np.arange(0.0, 1.5, 1 / 30)]  # type: ignore[arg-type]
    ankles = np.array([[f["left_ankle"], f["right_ankle"]] for f in frames])
    assert np.diff([f["nose"][0] for f in frames]).min() > 0.0, "moves on all the time"
    # In every step one foot at least stands still on the floor.
    assert np.linalg.norm(np.diff(ankles, axis=0), axis=-1).min(axis=1).max() < 0.003


def test_the_camera_shows_a_joint_where_the_renderer_draws_it() -> None:
    camera = Camera(height_m=1.3, lateral_m=0.3, look_y_m=0.8, pan_deg=4.0)
    points = np.random.default_rng(1).uniform([-0.6, 0.0, -1.0], [0.6, 1.8, 0.6], (50, 3))
    drawn = np.c_[points, np.ones(50)] @ camera.clip_from_world().T
    x = (drawn[:, 0] / drawn[:, 3] + 1.0) / 2.0 * camera.width
    y = (1.0 - drawn[:, 1] / drawn[:, 3]) / 2.0 * camera.height
    np.testing.assert_allclose(camera.project(points), np.stack([x, y], axis=1), atol=1e-9)


def test_the_development_set_holds_every_body_at_every_depth() -> None:
    pytest.importorskip("moderngl")
    from scripts.synth.clip import load_specs

    clips = load_specs(Path(__file__).resolve().parents[2] / "scripts" / "synth" / "development_set.toml")
    squats = [c for c in clips if not c.name.startswith("not-a-squat")]
    depths = {(c.shape, np.sign(np.round(c.moves[0].depth_deg / 9.0))) for c in squats}
    assert len(depths) >= 18
    assert len({c.name for c in clips}) == len(clips)
    one_sided = {
        np.sign(m.delta_deg[0] - m.delta_deg[1]) for c in squats for m in c.moves if max(m.delta_deg) > 8
    }
    assert one_sided >= {-1.0, 1.0}
    assert {c.hands for c in clips} >= {"clasp", "front", "bar", "hang"}


@pytest.mark.usefixtures("graphics")
def test_three_frames_and_their_truth_come_out_of_a_description(tmp_path: Path) -> None:
    from scripts.synth.clip import ClipSpec, render

    spec = ClipSpec.model_validate({
        "name": "smoke",
        "fps": 1.0,
        "lead_s": 0.0,
        "tail_s": 0.0,
        "camera": {"width": 120, "height": 160, "distance_m": 2.6},
        "moves": [{"down_s": 1.0, "hold_s": 0.0, "up_s": 1.0, "rest_s": 1.0, "delta_deg": [10, 0]}],
    })  # fmt: skip
    seen: list[tuple[int, int]] = []
    render(spec, tmp_path / "smoke", lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert (tmp_path / "smoke" / "video.mp4").stat().st_size > 1000
    with gzip.open(tmp_path / "smoke" / "truth.json.gz", "rt") as file:
        truth = json.load(file)
    assert len(truth["frames"]) == 3
    assert truth["frames"][1]["L"]["dev_shank_deg"] == pytest.approx(10.0, abs=0.1)
    assert truth["reps"][0]["peak_dev_shank_deg"][0] == pytest.approx(10.0, abs=0.1)
    at = truth["joints"].index("left_knee")
    view = np.array(truth["camera"]["view"]) @ [*truth["frames"][1]["j3"][at], 1.0]
    shown = np.array([60, 80]) + truth["camera"]["f_px"] * view[:2] / -view[2] * [1, -1]
    assert truth["frames"][1]["j2"][at] == pytest.approx(shown, abs=0.3)


@pytest.mark.usefixtures("graphics")
def test_the_person_is_drawn_where_the_truth_says() -> None:
    """A shirt in a colour that nothing else has is looked for around the projected chest."""
    from scripts.synth.clip import ClipSpec, Shoot

    spec = ClipSpec.model_validate({
        "name": "green",
        "outfit": {"top": "long", "shirt_colour": [0.05, 0.9, 0.1]},
        "camera": {"width": 240, "height": 320, "lateral_m": 0.2},
        "sensor": {"grain": 0.0},
        "place_m": [0.1, 0.0],
        "moves": [{}],
    })  # fmt: skip
    with Shoot(spec) as shoot:
        moments = shoot.moments()
        lowest = max(moments, key=lambda m: m.bend)
        heights = []
        for moment in (moments[0], lowest):
            picture, joints = shoot.frame(moment)
            r, g, b = np.moveaxis(picture.astype(int), -1, 0)
            rows, columns = np.nonzero((g > r + 50) & (g > b + 50))
            corners = np.array([joints[f"{s}_{j}"] for s in ("left", "right") for j in ("shoulder", "hip")])
            chest = spec.camera.project(corners).mean(axis=0)
            assert columns.mean() == pytest.approx(chest[0], abs=4.0)
            assert rows.mean() == pytest.approx(chest[1], abs=25.0)
            heights.append(rows.mean())
    standing, squatting = heights
    assert squatting > standing + 20.0, "lower in the picture"


def test_clips_start_standing_and_stand_between_repetitions() -> None:
    moments = list(timeline([Move(), Move(), Move()], lead_s=1.0, tail_s=0.5, fps=30.0))
    bends = np.array([m.bend for m in moments])
    assert bends[0] == bends[-1] == 0.0
    starts = [i for i, (a, b) in enumerate(pairwise(bends)) if a == 0.0 and b > 0.0]
    assert len(starts) == 3
    assert np.abs(np.diff(bends)).max() < 0.08, "no jumps"


def test_a_leg_with_a_line_of_its_own_leans_in_standing_and_keeps_that_line_when_deep() -> None:
    body = Body("m_avg")
    poser, witness = Poser(body), Witness(body)
    lifter = Lifter(poser, stance=1.5, liveliness=0.0, zero_deg=(5.0, -3.0))
    moments = list(timeline([Move()], lead_s=0.2, tail_s=0.1, fps=10.0))
    legs = [
        [leg(witness.joints(poser.pose(lifter.posture(moment))), s).shank_deg for s in "LR"]
        for moment in moments
    ]
    deep = [pair for moment, pair in zip(moments, legs, strict=True) if moment.bend > 0.5]
    assert min(legs[0]) > 7.0, "the shank of somebody who stands wide leans in"
    assert np.mean(deep, axis=0) == pytest.approx((5.0, -3.0), abs=1.0)


def test_feet_placed_anew_are_lifted_and_stand_where_they_were_put() -> None:
    lifter = Lifter(
        Poser(Body("f_avg")), steps=[(2.0, Feet(stance=1.4, toe_out_deg=(30.0, 8.0), aside_m=0.05))]
    )
    before, under_way, after = (lifter.feet(t) for t in (1.9, 2.2, 3.1))
    assert under_way.ankles[0, 1] > before.ankles[0, 1], "the left foot is in the air"
    assert under_way.ankles[1] == pytest.approx(before.ankles[1]), "while the right one stands"
    assert after.toe_out_deg == (30.0, 8.0)
    assert np.ptp(after.ankles[:, 0]) > np.ptp(before.ankles[:, 0])
    assert after.aside_m == pytest.approx(0.05)
    assert after.ankles[:, 1] == pytest.approx(before.ankles[:, 1])
