"""Lining up: somebody whose knees lie behind two dots says where the lens is on the glass."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pygame
import pytest
import simulate

from mirror.calibrate.lens_place import EDGE_MM, WIDER, DotsDisagree, LensPlace, dots, lens_place
from mirror.coach.words import words
from mirror.knees.constants import ANATOMICAL
from mirror.knees.optics import Camera
from mirror.knees.reading import Ray
from mirror.mounting.dot_steps import EyeAndKnees, LiningSteps
from mirror.screen.fonts import OWN
from mirror.screen.glass import Glass
from mirror.screen.letters import Letters
from mirror.screen.overlay import Mounting, on_glass
from mirror.screen.scenes.lining_up import Lining, LiningUp
from mirror.screen.theme import sizes

HANGS = simulate.Camera(hfov_deg=60.0, height_m=1.06, tilt_deg=4.0, distance_m=2.4)
LOOKS = Camera(60.0, 4.0, 0.0, 1.06)
HOLD = [simulate.Stand(1.6), simulate.Squat(depth_deg=35.0, down_s=1.5, hold_s=3.0, up_s=1.2, rest_s=0.6)]
PANEL = (299.0, 531.0)
LENS = (150.0, -20.0)
"""Millimetres: above the middle of the upper edge."""


def lined_up(stature_m: float = 1.75, **how: float) -> tuple[LiningSteps, simulate.Simulated, list[float]]:
    """Twice down to a hold; the moments it was accepted."""
    sim = simulate.simulate([*HOLD, *HOLD[1:]], body=simulate.Body(stature_m), camera=HANGS, **how)  # type: ignore[arg-type]
    steps, accepted = LiningSteps(LOOKS, ANATOMICAL, stature_m), []
    for t, k in zip(sim.t, sim.keypoints, strict=True):
        before = len(steps.lined)
        steps.update(float(t), k, sim.image_size, True)
        accepted += [float(t)] if len(steps.lined) > before else []
    return steps, sim, accepted


def true_place(sim: simulate.Simulated, t: float, joint: str) -> tuple[float, float]:
    """Where the reflection of this joint lies on the glass, metres from the lens (x to the camera's right,
    y up): mirrored in the plane of the lens, straight from the truth."""
    at = sim.joints[int(np.argmin(np.abs(sim.t - t)))]
    names = list(simulate.INDEX)
    lens = np.array([0.0, HANGS.height_m, HANGS.distance_m])
    eye = at[[names.index("left_eye"), names.index("right_eye")]].mean(0) - lens
    point = at[names.index(joint)] - lens
    image = point * [1, 1, -1]  # behind the glass
    share = -eye[2] / (image[2] - eye[2])
    meets = eye + share * (image - eye)
    return float(meets[0]), float(meets[1])


def test_standing_is_not_lining_up_and_bending_still_is() -> None:
    steps, sim, accepted = lined_up()
    assert steps.standing is not None
    assert steps.done
    assert len(accepted) == 2
    first, second = accepted
    assert 1.6 + 1.5 < first < 1.6 + 1.5 + 3.0 + 0.2  # while the first bend was held
    assert first + 2.0 < second
    assert all(sim.q[int(t * 30)] > 0.1 for t in accepted)


@pytest.mark.parametrize("stature", [1.58, 1.75, 1.92])
def test_the_lens_is_found_to_a_centimetre(stature: float) -> None:
    """Dots put where the truth says that the knees' reflections are, for a lens that is somewhere."""
    steps, sim, accepted = lined_up(stature)
    shown = []
    for t in accepted:
        places = [true_place(sim, t - 1.0, f"{side}_knee") for side in ("left", "right")]
        left, right = ((LENS[0] - 1000 * x, LENS[1] - 1000 * y) for x, y in places)
        shown.append((left, right))
    found = lens_place(steps.lined, shown)
    assert found.x_mm == pytest.approx(LENS[0], abs=10)
    assert found.y_mm == pytest.approx(LENS[1], abs=12)
    assert found.scale == pytest.approx(1.0, abs=0.05)


def a_person(shift: float = 0.0) -> EyeAndKnees:
    return EyeAndKnees(
        Ray(0.0 + shift, 0.2, 2.4), Ray(0.08 + shift, -0.24, 2.3), Ray(-0.08 + shift, -0.24, 2.3)
    )


def behind(
    seen: EyeAndKnees, lens: tuple[float, float] = LENS
) -> tuple[tuple[float, float], tuple[float, float]]:
    left, right = (on_glass(seen.eye, knee) for knee in (seen.left, seen.right))
    return (
        (lens[0] - 1000 * left[0], lens[1] - 1000 * left[1]),
        (lens[0] - 1000 * right[0], lens[1] - 1000 * right[1]),
    )


def test_dots_that_lay_over_the_knees_give_the_lens_exactly() -> None:
    seen = [a_person(), a_person(0.03)]
    found = lens_place(seen, [behind(s) for s in seen])
    assert found == LensPlace(pytest.approx(LENS[0]), pytest.approx(LENS[1]), 5.0, pytest.approx(1.0))


def test_two_tries_that_disagree_are_refused() -> None:
    seen = [a_person(), a_person()]
    other = behind(seen[1], (LENS[0], LENS[1] + 45))
    with pytest.raises(DotsDisagree, match="45 mm apart"):
        lens_place(seen, [behind(seen[0]), other])


def test_a_panel_of_another_height_is_noticed() -> None:
    """Dots drawn for a panel that is in truth 1.4 times as large."""
    seen = [a_person(), a_person()]
    left, right = behind(seen[0])
    middle = (left[0] + right[0]) / 2
    wide = ((middle + (left[0] - middle) * 1.4, left[1]), (middle + (right[0] - middle) * 1.4, right[1]))
    with pytest.raises(DotsDisagree, match="71 % as far apart"):
        lens_place(seen, [wide, wide])


@pytest.mark.parametrize("down", [60.0, 110.0, 900.0])
def test_dots_are_a_little_wider_than_the_knees_below_them_and_on_the_panel(down: float) -> None:
    standing = a_person(0.02)
    left, right = dots(standing, LENS, PANEL, down)
    there = behind(standing)
    assert right[0] - left[0] == pytest.approx(WIDER * (there[1][0] - there[0][0]))
    assert left[1] == right[1] == pytest.approx(min(there[0][1] + down, PANEL[1] - EDGE_MM))
    assert EDGE_MM <= left[0] < right[0] <= PANEL[0] - EDGE_MM + 1e-6


def test_the_person_s_left_knee_is_on_the_left_of_the_glass() -> None:
    left, right = dots(a_person(), LENS, PANEL, 60.0)
    assert left[0] < LENS[0] < right[0]


@pytest.mark.parametrize("size", [(540, 960), (960, 540)])
@pytest.mark.parametrize("height", [0.2, 0.5, 0.8])
def test_words_never_lie_on_the_dots(size: tuple[int, int], height: float) -> None:
    """The scene with and without its words differs nowhere near the dots."""
    at = tuple((round(size[0] * x), round(size[1] * height)) for x in (0.35, 0.65))
    pictures = []
    for said in ("Bend your knees and shift until they are behind the dots, then hold still", ""):
        canvas = pygame.Surface(size)
        glass = Glass(canvas, sizes(size), words("en"), Letters(OWN), Mounting(0, 0, 1000))
        glass.sheet.begin()
        LiningUp().draw(glass, Lining(said, "1 of 2" if said else "", 0.4, at), None)
        glass.sheet.finish()
        pictures.append(pygame.surfarray.array3d(canvas).astype(int))
    differs = np.abs(pictures[0] - pictures[1]).sum(2) > 0
    assert differs.any()
    xs, ys = np.nonzero(differs)
    for x, y in at:
        assert min(math.dist((x, y), p) for p in zip(xs, ys, strict=True)) > sizes(size).ring


def test_progress_fills_the_rings() -> None:
    seen = []
    for progress in (0.0, 0.5, 1.0):
        canvas = pygame.Surface((540, 960))
        glass = Glass(canvas, sizes((540, 960)), words("en"), Letters(OWN), Mounting(0, 0, 1000))
        glass.sheet.begin()
        LiningUp().draw(
            glass, replace(Lining("", "", 0.0, ((200, 400), (340, 400))), progress=progress), None
        )
        glass.sheet.finish()
        seen.append(int((pygame.surfarray.array3d(canvas).sum(2) > 250).sum()))
    assert seen[0] < seen[1] < seen[2]
