"""Every state of the tracker is left in every way it can be left: a network that sees what it is told."""

from __future__ import annotations

import math

import numpy as np
import pytest
from bodies import F32, SIZE, TALL_PX, squatting, standing

from mirror.camera.frame import Frame, Layout
from mirror.pose.people import (
    CHANGE_S,
    FREEZE_S,
    GONE_AFTER_S,
    REFIT_AFTER_S,
    REMEMBER_S,
    SECOND_BODY,
    SHRINK_AFTER_S,
    STRANGER_S,
    TOGETHER_S,
    PersonTracker,
    Tracking,
)
from mirror.pose.pose import Pose, Presence
from mirror.pose.window import Window

FRAME_S = 1 / 15
HARDLY = standing(score=0.1)
ASIDE = standing(x=330.0, tall=1.3 * TALL_PX)
"""Somebody else: elsewhere, and larger."""


class Scripted:
    """A network that sees what the test says, whatever the window."""

    aspect = 0.5
    correction = None

    def __init__(self) -> None:
        self.sees: F32 = standing()
        self.others = 0
        self.looks = 0
        self.mark = lambda stage: None

    def look(self, frame: Frame, window: Window) -> F32:
        self.looks += 1
        return self.sees.copy()


class Scene:
    """A tracker with pictures at 15 a second; by default somebody stands there."""

    def __init__(self) -> None:
        self.net = Scripted()
        self.tracker = PersonTracker(self.net)
        self.t = 0.0

    def frame(self, sees: F32, size: tuple[int, int] = SIZE, after: float = FRAME_S, others: int = 0) -> Pose:
        """others: kinds of joint that are seen where this body has none."""
        self.net.sees, self.net.others = sees, others
        self.t += after
        return self.tracker.see(Frame(np.zeros((1, 1, 3), np.uint8), self.t, 0, Layout.BGR, size))

    def lasting(self, sees: F32, seconds: float) -> Pose:
        """The last pose of so many seconds of this."""
        until = self.t + seconds
        pose = self.frame(sees)
        while self.t < until - 1e-9:
            pose = self.frame(sees)
        return pose

    @property
    def state(self) -> Tracking:
        return self.tracker.state


def following() -> Scene:
    scene = Scene()
    scene.lasting(standing(), 1.0)
    assert scene.state is Tracking.FOLLOWING
    return scene


def hidden() -> Scene:
    scene = following()
    scene.frame(HARDLY)
    assert scene.state is Tracking.HIDDEN
    return scene


def doubted() -> Scene:
    scene = following()
    scene.frame(ASIDE, others=SECOND_BODY)
    assert scene.state is Tracking.DOUBTED
    return scene


def replaced() -> Scene:
    scene = doubted()
    scene.lasting(ASIDE, STRANGER_S + FRAME_S)
    assert scene.state is Tracking.REPLACED
    return scene


def lost() -> Scene:
    scene = following()
    scene.lasting(HARDLY, GONE_AFTER_S + FRAME_S)
    assert scene.state is Tracking.SEARCHING
    return scene


# -- searching


def test_a_new_tracker_searches_until_somebody_is_there() -> None:
    scene = Scene()
    assert scene.state is Tracking.SEARCHING
    pose = scene.lasting(HARDLY, 1.0)
    assert (scene.state, pose.seen, pose.window) == (Tracking.SEARCHING, Presence.NOBODY, None)
    pose = scene.frame(standing())
    assert (scene.state, pose.seen) == (Tracking.FOLLOWING, Presence.FOUND)
    assert pose.window is not None


def test_somebody_lost_is_found_again_in_the_same_place() -> None:
    scene = lost()
    assert scene.frame(standing()).seen is Presence.FOUND
    assert scene.state is Tracking.FOLLOWING


@pytest.mark.parametrize("other", [standing(x=440.0), standing(tall=0.7 * TALL_PX)], ids=["far", "small"])
def test_somebody_else_is_found_only_when_the_one_lost_is_long_gone(other: F32) -> None:
    scene = lost()
    long_gone_t = 1.0 + REMEMBER_S  # surely seen for the first second
    while scene.t < long_gone_t - 1.5 * FRAME_S:
        assert scene.frame(other).seen is Presence.NOBODY
        assert scene.state is Tracking.SEARCHING
    assert scene.frame(other, after=2 * FRAME_S).seen is Presence.FOUND
    assert scene.state is Tracking.FOLLOWING


def test_whoever_comes_next_is_not_measured_by_where_the_one_before_stood() -> None:
    scene = lost()
    scene.lasting(HARDLY, 10.0)
    for _ in range(30):
        assert scene.frame(standing(x=300.0)).seen is Presence.FOUND


def test_whoever_is_found_again_a_step_aside_is_not_in_doubt() -> None:
    scene = lost()
    for _ in range(30):
        assert scene.frame(standing(x=300.0)).seen is Presence.FOUND


def test_a_poster_and_somebody_far_behind_are_nobody() -> None:
    scene = Scene()
    assert scene.lasting(standing(tall=0.2 * SIZE[0]), 1.0).seen is Presence.NOBODY


# -- following


def test_whoever_squats_is_followed_in_the_same_window() -> None:
    scene = following()
    window = scene.tracker.window
    for down in (0.05, 0.1, 0.15, 0.2, 0.22, 0.2, 0.15, 0.1, 0.05, 0.0):
        assert scene.frame(squatting(down)).seen is Presence.FOUND
    assert (scene.state, scene.tracker.window) == (Tracking.FOLLOWING, window)


def test_whoever_is_hardly_seen_is_hidden_for_a_moment() -> None:
    scene = following()
    pose = scene.frame(HARDLY)
    assert (scene.state, pose.seen) == (Tracking.HIDDEN, Presence.UNSURE)
    assert pose.window is not None


def test_joints_that_jump_where_a_second_body_is_seen_are_doubted() -> None:
    scene = following()
    pose = scene.frame(ASIDE, others=SECOND_BODY)
    assert (scene.state, pose.seen) == (Tracking.DOUBTED, Presence.UNSURE)


JUMPS = {
    "darts aside": standing(x=240.0 + 0.06 * TALL_PX),
    "grows at once": standing(x=240.0 + 0.03 * TALL_PX, tall=1.15 * TALL_PX),
    "is elsewhere": ASIDE,
}


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_one_body_alone_is_never_doubted_however_it_moves(jump: F32) -> None:
    scene = following()
    for _ in range(10):
        pose = scene.frame(jump, others=SECOND_BODY - 1)
        assert (scene.state, pose.seen) == (Tracking.FOLLOWING, Presence.FOUND)
    alone, scene = scene.net.looks, following()
    scene.lasting(standing(), 10 * FRAME_S)
    assert alone == scene.net.looks  # a jump costs no look more


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS.keys())
def test_the_same_movement_with_a_second_body_a_moment_before_is_doubted(jump: F32) -> None:
    scene = following()
    scene.frame(standing(), others=SECOND_BODY)
    scene.lasting(standing(), TOGETHER_S - 2 * FRAME_S)
    assert scene.frame(jump).seen is Presence.UNSURE
    assert scene.state is Tracking.DOUBTED


@pytest.mark.parametrize(
    "odd",
    [standing(x=300.0, score=0.35), standing(x=300.0, tall=0.45 * TALL_PX)],
    ids=["joints that are hardly sure", "somebody folded up on the floor"],
)
def test_joints_that_are_nobody_on_their_feet_are_no_jump(odd: F32) -> None:
    scene = following()
    for _ in range(3):
        assert scene.frame(odd, others=SECOND_BODY).seen is Presence.FOUND


def test_whoever_walks_away_from_their_place_is_not_doubted_for_the_picture_behind_them() -> None:
    scene, x = Scene(), 240.0
    scene.frame(standing())
    while x < 300.0:
        x += 15.0
        assert scene.frame(standing(x=x)).seen is Presence.FOUND
    assert scene.frame(standing(x=x + 30.0), others=SECOND_BODY).seen is Presence.FOUND


def test_a_second_body_beside_somebody_who_moves_as_one_does_is_no_doubt() -> None:
    scene = following()
    for _ in range(60):
        assert scene.frame(standing(), others=5).seen is Presence.FOUND


def test_a_second_body_seen_long_before_the_jump_is_none_of_it() -> None:
    scene = following()
    scene.frame(standing(), others=SECOND_BODY)
    scene.lasting(standing(), TOGETHER_S + 2 * FRAME_S)
    assert scene.frame(ASIDE).seen is Presence.FOUND


def test_a_second_body_seen_just_after_the_jump_gives_the_person_their_place_back() -> None:
    scene = following()
    window = scene.tracker.window
    assert scene.frame(ASIDE).seen is Presence.FOUND
    scene.lasting(ASIDE, TOGETHER_S - 2 * FRAME_S)
    assert scene.frame(ASIDE, others=SECOND_BODY).seen is Presence.UNSURE
    assert (scene.state, scene.tracker.window) == (Tracking.DOUBTED, window)
    assert scene.lasting(standing(), FREEZE_S + FRAME_S).seen is Presence.FOUND
    assert scene.tracker.window == window


def test_with_seldom_pictures_whoever_is_hardly_seen_is_gone_at_once() -> None:
    scene = following()
    pose = scene.frame(HARDLY, after=GONE_AFTER_S + 0.1)
    assert (scene.state, pose.seen, pose.window) == (Tracking.SEARCHING, Presence.NOBODY, None)


# -- hidden


def test_whoever_is_seen_again_is_followed() -> None:
    scene = hidden()
    assert scene.frame(standing()).seen is Presence.FOUND
    assert scene.state is Tracking.FOLLOWING


def test_a_body_that_comes_out_of_hiding_elsewhere_is_doubted() -> None:
    scene = hidden()
    assert scene.frame(ASIDE, others=SECOND_BODY).seen is Presence.UNSURE
    assert scene.state is Tracking.DOUBTED


def test_whoever_stays_hidden_is_gone() -> None:
    scene = hidden()
    assert scene.lasting(HARDLY, GONE_AFTER_S - 2 * FRAME_S).seen is Presence.UNSURE
    assert scene.state is Tracking.HIDDEN
    assert scene.lasting(HARDLY, 2 * FRAME_S).seen is Presence.NOBODY
    assert (scene.state, scene.tracker.window) == (Tracking.SEARCHING, None)


# -- doubted


@pytest.mark.parametrize(
    "back",
    [standing(), standing(x=240.0 + 0.05 * TALL_PX), standing(x=300.0)],
    ids=["on their place", "a little aside", "as tall elsewhere"],
)
def test_the_person_is_back_after_a_second_and_not_before(back: F32) -> None:
    scene = doubted()
    assert scene.lasting(back, FREEZE_S - FRAME_S).seen is Presence.UNSURE
    assert scene.state is Tracking.DOUBTED
    assert scene.lasting(back, 2 * FRAME_S).seen is Presence.FOUND
    assert scene.state is Tracking.FOLLOWING
    for _ in range(15):
        assert scene.frame(back).seen is Presence.FOUND  # and not in doubt again for where they were before


def test_a_doubt_that_is_over_leaves_nothing_behind() -> None:
    scene = doubted()
    scene.lasting(standing(), FREEZE_S + FRAME_S)
    for _ in range(30):
        assert scene.frame(standing(), others=SECOND_BODY).seen is Presence.FOUND


def test_whoever_is_back_deep_in_a_squat_is_followed() -> None:
    scene = doubted()
    assert scene.lasting(squatting(), FREEZE_S + FRAME_S).seen is Presence.FOUND


def test_a_stranger_who_stays_replaces_the_person() -> None:
    scene = doubted()
    assert scene.lasting(ASIDE, STRANGER_S - FRAME_S).seen is Presence.UNSURE
    assert scene.state is Tracking.DOUBTED
    scene.lasting(ASIDE, 2 * FRAME_S)
    assert (scene.state, scene.tracker.window) == (Tracking.REPLACED, None)


def test_a_moment_hardly_seen_does_not_end_the_doubt() -> None:
    scene = doubted()
    assert scene.lasting(HARDLY, GONE_AFTER_S - 2 * FRAME_S).seen is Presence.UNSURE
    assert scene.state is Tracking.DOUBTED
    assert scene.frame(standing()).seen is Presence.UNSURE  # the second is not over


def test_when_the_one_in_doubt_is_gone_the_search_begins() -> None:
    scene = doubted()
    scene.lasting(ASIDE, GONE_AFTER_S)
    assert scene.frame(HARDLY).seen is Presence.NOBODY
    assert scene.state is Tracking.SEARCHING


# -- replaced


def test_nobody_is_seen_for_a_moment_then_the_stranger_is_the_person() -> None:
    scene = replaced()
    looks = scene.net.looks
    assert scene.lasting(ASIDE, CHANGE_S - 2 * FRAME_S).seen is Presence.NOBODY
    assert (scene.state, scene.net.looks) == (Tracking.REPLACED, looks)  # the network rests
    pose = scene.lasting(ASIDE, 3 * FRAME_S)
    assert (scene.state, pose.seen) == (Tracking.FOLLOWING, Presence.FOUND)
    assert scene.lasting(ASIDE, 1.0).seen is Presence.FOUND  # and nothing is left to compare with


def test_when_the_stranger_left_meanwhile_the_search_begins() -> None:
    scene = replaced()
    assert scene.lasting(HARDLY, CHANGE_S + FRAME_S).seen is Presence.NOBODY
    assert scene.state is Tracking.SEARCHING


# -- other pictures, another network


@pytest.mark.parametrize("before", [following, hidden, doubted, lost])
def test_pictures_of_another_size_begin_a_search(before: object) -> None:
    scene = before()  # type: ignore[operator]
    pose = scene.frame(HARDLY, size=(1280, 960))
    assert (scene.state, pose.seen, pose.size) == (Tracking.SEARCHING, Presence.NOBODY, (1280, 960))
    for _ in range(15):
        assert scene.frame(ASIDE, size=(1280, 960)).seen is Presence.FOUND  # whoever it is


@pytest.mark.parametrize("before", [following, hidden, doubted, lost])
def test_another_network_begins_a_search(before: object) -> None:
    scene = before()  # type: ignore[operator]
    old, scene.net = scene.net, Scripted()
    looks = old.looks
    scene.tracker.use(scene.net)
    assert (scene.state, scene.tracker.window) == (Tracking.SEARCHING, None)
    for _ in range(15):
        assert scene.frame(ASIDE).seen is Presence.FOUND  # whoever it is, and wherever somebody stood before
    assert old.looks == looks


def test_neither_another_size_nor_another_network_cuts_a_replacement_short() -> None:
    scene = replaced()
    scene.tracker.use(scene.net)
    assert scene.state is Tracking.REPLACED
    assert scene.frame(ASIDE, size=(1280, 960)).seen is Presence.NOBODY
    assert scene.state is Tracking.REPLACED


# -- the window, while following


def test_the_window_follows_whoever_steps_aside_after_a_moment() -> None:
    scene = Scene()
    scene.frame(standing())
    first, x = scene.tracker.window, 240.0
    while x < 275.0:
        x += 4.0
        assert scene.frame(standing(x=x)).seen is Presence.FOUND
    scene.lasting(standing(x=x), REFIT_AFTER_S)
    assert first is not None
    assert scene.tracker.window is not None
    assert scene.tracker.window.centre[0] == pytest.approx(x, abs=3)
    assert scene.tracker.window.height == first.height


@pytest.mark.parametrize("down", [0.1, 0.16, 0.22])
def test_whoever_is_first_seen_in_a_squat_keeps_the_window_when_they_stand_up(down: float) -> None:
    scene, upright = Scene(), following()
    scene.frame(squatting(down))
    first, fits = scene.tracker.window, upright.tracker.window
    assert first is not None
    assert fits is not None
    assert 0.9 < first.height / fits.height < 1.05
    for i in range(45):
        pose = scene.frame(squatting(down * abs(math.cos(i / 5))))
        assert (pose.seen, scene.state) == (Presence.FOUND, Tracking.FOLLOWING)


def test_whoever_turns_out_much_taller_over_the_same_feet_has_a_larger_window_at_once() -> None:
    scene = Scene()
    scene.frame(standing(tall=0.85 * TALL_PX))
    scene.frame(standing())
    assert scene.tracker.window is not None
    assert scene.tracker.window.height == pytest.approx(1.15 * TALL_PX, abs=4)


def test_the_window_shrinks_only_for_somebody_who_stays_smaller_for_long() -> None:
    scene = following()
    first, smaller = scene.tracker.window, standing(tall=0.9 * TALL_PX)
    scene.lasting(smaller, SHRINK_AFTER_S - FRAME_S)
    assert scene.tracker.window == first
    scene.lasting(smaller, 3 * FRAME_S)
    assert first is not None
    assert scene.tracker.window is not None
    assert scene.tracker.window.height == pytest.approx(0.9 * first.height, abs=3)


def test_a_moment_upright_in_the_old_place_begins_the_wait_anew() -> None:
    scene = following()
    first, smaller = scene.tracker.window, standing(tall=0.9 * TALL_PX)
    for _ in range(2):
        scene.lasting(smaller, SHRINK_AFTER_S - 1.0)
        scene.frame(standing())
    assert scene.tracker.window == first
