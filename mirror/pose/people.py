"""Who is on the mark: finds one person, keeps to them, and does not hop to somebody else.

Holds the little that has to be remembered between frames: the window, the person's last place and since
when they are out of sight. Knows nothing of knees or of what a squat is.
"""

from __future__ import annotations

import math

import numpy as np

from mirror.camera.frame import Frame
from mirror.laps import Mark
from mirror.pose.fixed_feet import FixedFeet
from mirror.pose.pose import Pose, Seen
from mirror.pose.pose_net import Looks
from mirror.pose.window import (
    ANKLES,
    F32,
    HIPS,
    KNEES,
    SHOULDERS,
    WINDOW_HEIGHTS,
    Window,
    fit,
    pixels,
    search_windows,
    standing_height,
)

BODY = SHOULDERS + HIPS + KNEES + ANKLES
PRESENT_SCORE = 0.25
"""Mean score of shoulders, hips, knees and ankles from which somebody is there. Real squats give 0.3-0.85."""
GONE_SCORE = 0.2
GONE_AFTER_S = 0.5
REMEMBER_S = 2.0
"""For this long after losing somebody, only somebody of the same size in the same place is them."""
HOP_SHANKS = 0.5
"""Hips that jump this many shank lengths between two frames belong to somebody else."""
DART_SHARE = 0.05
"""...and so do hips that dart aside by this share of standing height: 1.3 m/s, sideways."""
SWELL = 1.05
"""...and a body that grows by this factor between two frames, beyond what the person on the mark measures."""
LARGER = 1.08
FRAME_S = 1 / 15
"""Between two frames as far apart as these; further apart, so much more is allowed."""
FREEZE_S = 1.0
"""For so long after such a jump nobody is sure who is seen: whoever passes is through by then."""
LANE_SHARE = 0.06
"""The person is back when hips and feet are within this share of standing height of their place."""
SAME_SIZE = 0.1
"""Somebody elsewhere of the same size is them after all (they hopped, or the picture stalled)."""
STRANGER_S = 5.0
"""Somebody of another size in their place for so long is whoever comes next..."""
CHANGE_S = 1.2
"""...and for so long nobody is seen, so that everybody notices the change."""
REFIT_AFTER_S = 0.4
"""The window follows a person who stands elsewhere for this long."""
REFIT_SHARE = 0.06
"""...and whose feet, or height, moved by more than this share of standing height. Up to 10 % is harmless."""
SHRINK_AFTER_S = 8.0
"""Somebody who looks smaller over the same feet squats; nobody squats this long without moving at all."""
SMALLEST_SHARE = 0.25
"""A body lower than this share of the picture is a reflection, a poster or somebody far behind."""
SHANK_SHARE = 0.246
"""Shank length in statures."""


class PersonTracker:
    """From frames to the poses of one person. One instance per stream; not for several threads."""

    def __init__(self, net: Looks) -> None:
        self._net = net
        self._window: Window | None = None
        self._height_px = 0.0  # standing height the window was made for
        self._feet: tuple[float, float] = (0.0, 0.0)  # ...and where the feet were then, (x, y) px
        self._last: F32 | None = None  # last keypoints that were surely theirs
        self._last_t = -math.inf
        self._elsewhere_since: float | None = None  # stands where the window does not fit
        self._hopped_since: float | None = None
        self._last_height = 0.0  # standing height as the last keypoints show it, px
        self._nobody_until = -math.inf
        self._fixed_feet = FixedFeet()
        self._size: tuple[int, int] | None = None

    def mark_with(self, mark: Mark) -> None:
        """Have the network's stages timed."""
        self._net.mark = mark

    def use(self, net: Looks) -> None:
        """Look with this network from now on; whoever was seen with the other is looked for anew."""
        net.mark = self._net.mark
        self._net = net
        self.forget()

    def forget(self) -> None:
        """Whoever is there is looked for anew."""
        if self._size is not None:
            self._forget(self._size)

    @property
    def window(self) -> Window | None:
        return self._window

    def see(self, frame: Frame) -> Pose:
        """The pose in this frame. Frames come in order of time; sizes may change (a camera reopened)."""
        if frame.keypoints is not None:
            return Pose(frame.t, frame.keypoints, frame.size, _seen(frame.keypoints), None)
        if self._size != frame.size:
            self._forget(frame.size)
        if frame.t < self._nobody_until:
            return self._nobody(frame)
        if self._window is None:
            return self._search(frame)
        keypoints = self._net.look(frame, self._window)
        if _body_score(keypoints) < GONE_SCORE:
            return self._missing(frame, keypoints)
        if self._hopped(keypoints, frame):
            return self._pose(frame, keypoints, Seen.UNSURE)
        self._accept(keypoints, frame)
        return self._pose(frame, keypoints, Seen.FOUND)

    def _pose(self, frame: Frame, keypoints: F32, seen: Seen) -> Pose:
        """What leaves the tracker: joints put right. What it remembers, and so its windows, stay as seen."""
        window = self._window
        if window is None:
            return Pose(frame.t, keypoints, frame.size, seen, None)
        if self._net.correction is not None:
            standing = window.height / WINDOW_HEIGHTS
            keypoints = self._net.correction.of_keypoints(keypoints, frame.size, standing)
        where = (window.top, window.left, window.height, window.width)
        return Pose(frame.t, keypoints, frame.size, seen, where)

    def _forget(self, size: tuple[int, int]) -> None:
        self._window, self._last, self._size = None, None, size
        self._last_t = -math.inf
        self._elsewhere_since = self._hopped_since = None
        self._fixed_feet.forget()

    # -- nobody there yet ------------------------------------------------------------------------------

    def _search(self, frame: Frame) -> Pose:
        """Looks everywhere; on the person found, looks again with a window that fits them."""
        looks = [self._net.look(frame, window) for window in search_windows(frame.size, self._net.aspect)]
        best = max(looks, key=lambda keypoints: self._appeal(keypoints, frame.size))
        if self._appeal(best, frame.size) <= 0 or not self._is_them(best, frame):
            return Pose(frame.t, best, frame.size, Seen.NOBODY, None)
        window = fit(best, frame.size, self._net.aspect)
        for _ in range(2):  # the first look was through a coarse window: look closer, fit again
            keypoints = self._net.look(frame, window)
            if self._appeal(keypoints, frame.size) <= 0:
                return Pose(frame.t, best, frame.size, Seen.NOBODY, None)
            window = fit(keypoints, frame.size, self._net.aspect)
        keypoints = self._net.look(frame, window)
        self._settle(window, keypoints, frame)
        self._hopped_since = None
        self._last = None
        self._accept(keypoints, frame)
        return self._pose(frame, keypoints, Seen.FOUND)

    def _appeal(self, keypoints: F32, size: tuple[int, int]) -> float:
        """How much this looks like the person on the mark: sure, large, in the middle. 0: nobody."""
        score = _body_score(keypoints)
        if score < PRESENT_SCORE:
            return 0.0
        large = standing_height(keypoints, size) / size[0]
        if large < SMALLEST_SHARE:
            return 0.0
        off_middle = abs(float(keypoints[HIPS, 1].mean()) - 0.5)
        return score * min(large, 1.0) * (1.0 - off_middle)

    def _is_them(self, keypoints: F32, frame: Frame) -> bool:
        """Whether a find may be who was lost a moment ago; true for anybody once that is long ago."""
        if self._last is None or frame.t - self._last_t > REMEMBER_S:
            return True
        apart = math.dist(_middle(keypoints, HIPS, frame.size), _middle(self._last, HIPS, frame.size))
        height = standing_height(keypoints, frame.size)
        return apart < 0.5 * self._height_px and 0.75 < height / self._height_px < 1.33

    # -- somebody there --------------------------------------------------------------------------------

    def _missing(self, frame: Frame, keypoints: F32) -> Pose:
        if frame.t - self._last_t <= GONE_AFTER_S:
            return self._pose(frame, keypoints, Seen.UNSURE)
        self._window = None
        return Pose(frame.t, keypoints, frame.size, Seen.NOBODY, None)

    def _nobody(self, frame: Frame) -> Pose:
        return Pose(frame.t, np.zeros((17, 3), np.float32), frame.size, Seen.NOBODY, None)

    def _hopped(self, keypoints: F32, frame: Frame) -> bool:
        """Whether the keypoints jumped to another body, and it is not yet known whose they are.

        A passer-by is through within a second. Somebody who is elsewhere then is the person if they are of
        the same size; anybody else is a stranger, who may stay but takes over only as somebody new.
        """
        if self._hopped_since is None:
            if not self._jumped(keypoints, frame):
                return False
            self._hopped_since = frame.t
        lasted = frame.t - self._hopped_since
        if lasted < FREEZE_S or not (
            self._in_lane(keypoints, frame.size) or self._same_size(keypoints, frame)
        ):
            if lasted >= STRANGER_S:
                self._give_up(frame.t)
            return True
        self._hopped_since = None
        self._fixed_feet.resume()
        return False

    def _jumped(self, keypoints: F32, frame: Frame) -> bool:
        """Whether no person moves like that from the last frame to this one."""
        if self._last is None:
            return False
        x, y = _middle(keypoints, HIPS, frame.size)
        last_x, last_y = _middle(self._last, HIPS, frame.size)
        frames = max(1.0, (frame.t - self._last_t) / FRAME_S)
        far = math.hypot(x - last_x, y - last_y) > HOP_SHANKS * SHANK_SHARE * self._height_px * frames
        aside = abs(x - last_x) > DART_SHARE * self._height_px * frames
        height = standing_height(keypoints, frame.size)
        swollen = height > LARGER * self._height_px and height > SWELL**frames * self._last_height
        shoulders_x, _ = _middle(keypoints, SHOULDERS, frame.size)
        return far or aside or swollen or self._fixed_feet.darted(frame.t, x, shoulders_x, self._height_px)

    def _in_lane(self, keypoints: F32, size: tuple[int, int]) -> bool:
        """Hips over the feet's place, feet on it, and about as large as the person on the mark."""
        height = standing_height(keypoints, size) / self._height_px
        fits = height <= LARGER and (height > 1 - SAME_SIZE or not _stands_upright(keypoints, size))
        return fits and self._over_feet(keypoints, size)

    def _over_feet(self, keypoints: F32, size: tuple[int, int]) -> bool:
        """Feet where they were when the window was made, and hips over them."""
        near = LANE_SHARE * self._height_px
        feet = _middle(keypoints, ANKLES, size)
        hips_x, _ = _middle(keypoints, HIPS, size)
        return math.dist(feet, self._feet) < near and abs(hips_x - self._feet[0]) < near

    def _same_size(self, keypoints: F32, frame: Frame) -> bool:
        """Standing, and as tall in the picture as the person on the mark."""
        apart = abs(standing_height(keypoints, frame.size) / self._height_px - 1)
        return apart < SAME_SIZE and _stands_upright(keypoints, frame.size)

    def _give_up(self, t: float) -> None:
        """Whoever stands there now is somebody else: for a moment nobody is there, then they are new."""
        self._window, self._last, self._hopped_since = None, None, None
        self._fixed_feet.forget()
        self._nobody_until = t + CHANGE_S

    def _accept(self, keypoints: F32, frame: Frame) -> None:
        self._last, self._last_t = keypoints, frame.t
        self._last_height = standing_height(keypoints, frame.size)
        self._hopped_since = None
        self._follow(keypoints, frame)
        hips_x, _ = _middle(keypoints, HIPS, frame.size)
        shoulders_x, _ = _middle(keypoints, SHOULDERS, frame.size)
        over_feet = self._over_feet(keypoints, frame.size)
        self._fixed_feet.stands(frame.t, hips_x, shoulders_x, over_feet=over_feet)

    def _follow(self, keypoints: F32, frame: Frame) -> None:
        """Moves the window when the person stands elsewhere, at once when they are being cut off."""
        window = self._window
        if window is None:
            return
        wanted = fit(keypoints, frame.size, self._net.aspect)
        moved = math.dist(_middle(keypoints, ANKLES, frame.size), self._feet) / self._height_px
        grown = standing_height(keypoints, frame.size) / self._height_px - 1
        if self._cut_off(keypoints, window, frame.size) and (grown > 0 or moved > REFIT_SHARE):
            self._settle(wanted if grown > 0 else _grown(wanted, window), keypoints, frame)
            return
        upright = _stands_upright(keypoints, frame.size)
        shrunk = grown < -REFIT_SHARE
        if not upright or (moved < REFIT_SHARE and grown < REFIT_SHARE and not shrunk):
            self._elsewhere_since = None
            return
        if self._elsewhere_since is None:
            self._elsewhere_since = frame.t
        patience = REFIT_AFTER_S if moved > REFIT_SHARE or not shrunk else SHRINK_AFTER_S
        if frame.t - self._elsewhere_since >= patience:
            self._settle(wanted, keypoints, frame)

    def _cut_off(self, keypoints: F32, window: Window, size: tuple[int, int]) -> bool:
        """A joint of legs or trunk that is surely seen lies on the window's rim."""
        sure = [joint for joint in BODY if keypoints[joint, 2] > 0.4]
        if not sure:
            return False
        return bool(window.share_inside(pixels(keypoints[sure], size)).min() < 0.02)

    def _settle(self, window: Window, keypoints: F32, frame: Frame) -> None:
        self._window = window
        self._height_px = standing_height(keypoints, frame.size)
        self._feet = _middle(keypoints, ANKLES, frame.size)
        self._elsewhere_since = None


def _grown(wanted: Window, window: Window) -> Window:
    """`wanted`, but never smaller than `window`: somebody who squats is no smaller for it."""
    if wanted.height >= window.height:
        return wanted
    x, _ = wanted.centre
    bottom = wanted.top + wanted.height
    left = 2 * round((x - window.width / 2) / 2)
    return Window(bottom - window.height, left, window.height, window.width)


def somebody_else(pose: Pose) -> bool:
    """Whether an unsure pose shows a body, so that somebody is in the way, and no one out of sight."""
    return pose.seen is Seen.UNSURE and _body_score(pose.keypoints) >= GONE_SCORE


def _body_score(keypoints: F32) -> float:
    return float(keypoints[BODY, 2].mean())


def _seen(keypoints: F32) -> Seen:
    return Seen.FOUND if _body_score(keypoints) >= GONE_SCORE else Seen.NOBODY


def _middle(keypoints: F32, joints: list[int], size: tuple[int, int]) -> tuple[float, float]:
    """(x, y) in pixels of the middle between two joints."""
    x, y = pixels(keypoints[joints], size).mean(0)
    return float(x), float(y)


def _stands_upright(keypoints: F32, size: tuple[int, int]) -> bool:
    """Thighs about as long as shanks in the picture, and hips under the shoulders."""
    xy = pixels(keypoints, size)
    y = xy[:, 1]
    thigh = float(np.mean(y[KNEES] - y[HIPS]))
    shank = float(np.mean(y[ANKLES] - y[KNEES]))
    trunk = float(np.mean(y[HIPS] - y[SHOULDERS]))
    return shank > 0 and thigh > 0.8 * shank and trunk > 0.9 * shank
