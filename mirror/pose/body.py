"""One body as one frame shows it: how tall, where, how sure. Worked out once and read by whoever asks.

Knows joints and windows of a single frame, nothing of other frames nor of who it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from mirror.pose.joints import ANKLES, HIPS, KNEES, SHOULDERS
from mirror.pose.window import F32, Joints, Window

BODY = SHOULDERS + HIPS + KNEES + ANKLES
PRESENT_SCORE = 0.25
"""Mean score of shoulders, hips, knees and ankles from which somebody is there. Real squats give 0.3-0.85."""
SMALLEST_SHARE = 0.25
"""A body lower than this share of the picture is a reflection, a poster or somebody far behind."""
SURE_JOINT = 0.4
"""A joint that scores this much lies where it is seen..."""
RIM = 0.02
"""...and so near an edge of the window, in its widths and heights, it is about to be cut off."""

BENT = 1.1
"""Shanks or shoulders that belong to somebody this many times as tall tell that somebody is bent..."""
LOWEST = 2.0
"""...and hardly anybody who squats is lower than their height divided by this."""

Point = tuple[float, float]
"""(x, y) in pixels of the un-mirrored frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One person of one frame; lengths and places in pixels of the un-mirrored frame.

    keypoints: (17, 3) float32 (y, x, score), normalised to the frame. size: (height, width) of the frame.
    joints: the same as plain numbers.
    score: the mean of shoulders, hips, knees and ankles.
    height: the person's standing height, as far as this one pose shows it.
    shoulders, hips, feet: the middle of either pair; feet: of the ankles.
    upright: thighs about as long as shanks in the picture, and hips under the shoulders.
    """

    keypoints: F32
    size: tuple[int, int]
    joints: Joints
    score: float
    height: float
    shoulders: Point
    hips: Point
    feet: Point
    upright: bool

    @property
    def tall(self) -> float:
        """Their standing height even where they are deep in a squat or bent over; else `height`."""
        bent = min(self.joints.bent_height, LOWEST * self.height)
        return bent if bent > BENT * self.height else self.height

    @property
    def feet_seen(self) -> bool:
        """Whether both ankles are seen, so that `feet` is a place and not a guess."""
        return self.joints.surely_seen(ANKLES)

    @property
    def appeal(self) -> float:
        """How much this looks like the person on the mark: sure, large, in the middle. 0: nobody."""
        if self.score < PRESENT_SCORE:
            return 0.0
        large = self.height / self.size[0]
        if large < SMALLEST_SHARE:
            return 0.0
        off_middle = abs(self.hips[0] / self.size[1] - 0.5)
        return self.score * min(large, 1.0) * (1.0 - off_middle)

    def over(self, feet: Point, near: float) -> bool:
        """Whether feet are this near to a place, and hips over it."""
        return math.dist(self.feet, feet) < near and abs(self.hips[0] - feet[0]) < near

    def cut_off_by(self, window: Window) -> bool:
        """Whether a joint of legs or trunk that is surely seen lies on the window's rim."""
        x, y, score = self.joints.x, self.joints.y, self.joints.score
        sure = (joint for joint in BODY if score[joint] > SURE_JOINT)
        return any(window.share_inside(x[joint], y[joint]) < RIM for joint in sure)

    def window(self, aspect: float, height: float | None = None) -> Window:
        """The window that fits them standing; aspect = width / height of the network's input.

        height: their standing height in pixels where more than this one pose tells it.
        """
        return self.joints.window(aspect, self.height if height is None else height)


def body_of(keypoints: F32, size: tuple[int, int]) -> Body:
    """The body of keypoints (17, 3) (y, x, score), normalised to a frame of `size` (height, width)."""
    joints = Joints.of(keypoints, size)
    shoulders, hips, feet = (joints.middle(pair) for pair in (SHOULDERS, HIPS, ANKLES))
    score = sum(joints.score[joint] for joint in BODY) / len(BODY)
    upright = _upright(shoulders[1], hips[1], joints.middle(KNEES)[1], feet[1])
    return Body(keypoints, size, joints, score, joints.standing_height, shoulders, hips, feet, upright)


def body_score(keypoints: F32) -> float:
    """How sure a body is seen at all, whoever it is: 0 to 1."""
    return float(keypoints[BODY, 2].mean())


def _upright(shoulders: float, hips: float, knees: float, feet: float) -> bool:
    """Of their heights in the picture, y down."""
    thigh, shank, trunk = knees - hips, feet - knees, hips - shoulders
    return shank > 0 and thigh > 0.8 * shank and trunk > 0.9 * shank
