"""Who is on the mark: finds one person, keeps to them, and does not hop to somebody else.

Holds the little that has to be remembered between frames: where the person stands, how they looked last and
what is known of them now. Knows nothing of knees or of what a squat is.
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

from mirror.camera.frame import Frame
from mirror.pose.body import Body, Point, body_of, body_score
from mirror.pose.fixed_feet import FixedFeet
from mirror.pose.joints import SHANK
from mirror.pose.pose import Pose, Presence
from mirror.pose.pose_net import Looks
from mirror.pose.window import F32, WINDOW_HEIGHTS, Window, search_windows
from mirror.stopwatch import Mark

GONE_SCORE = 0.2
"""Below this mean score (`Body.score`) somebody who was followed is hardly seen..."""
GONE_AFTER_S = 0.5
"""...and gone when that lasts so long."""
REMEMBER_S = 2.0
"""For this long after losing somebody, only somebody of the same size in the same place is them."""
HOP_SHANKS = 0.5
"""Hips that jump this many shank lengths between two frames may belong to somebody else."""
DART_SHARE = 0.05
"""...and so do hips that dart aside by this share of standing height: 1.3 m/s, sideways."""
SWELL, ASIDE_SHARE = 1.05, 0.02
"""...and a body that grows by this factor between two frames, beyond what the person on the mark measures,
while its hips move aside by this share of standing height: hips that stay are of somebody who stretches."""
LARGER = 1.08
SURE_SCORE = 0.4
"""Joints less sure than this jump about on one body that lies, or that is half out of the picture..."""
AWAY_SHARE = 0.12
"""...or of somebody whose feet left their place by this share of standing height: they walk, or lie..."""
WALKS_UPRIGHT = 0.5
"""...and a body lower than this share of the person's standing height folds up: nobody passes like that."""
FRAME_S = 1 / 15
"""Between two frames as far apart as these; further apart, so much more is allowed."""
SECOND_BODY = 2
"""So many kinds of joint where the body in the window has none are another body's."""
TOGETHER_S = 0.5
"""A jump is somebody else's when a second body is seen within this time of it; else the person moved so."""
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
STOOD_UP = 0.1
"""...at once, when they grew by so much over the same feet: they were first seen in a squat."""
SHRINK_AFTER_S = 8.0
"""Somebody who looks smaller over the same feet squats; nobody squats this long without moving at all."""


class Tracking(enum.Enum):
    """What the tracker is doing about the person on the mark."""

    SEARCHING = "searching"  # nobody is there: every frame is looked through as a whole
    FOLLOWING = "following"  # the person is surely seen in their window
    HIDDEN = "hidden"  # ...was a moment ago, and is hardly seen now
    DOUBTED = "doubted"  # somebody is in the window, and it is not known whether it is the person
    REPLACED = "replaced"  # it was not: nobody is seen for a moment, then whoever is there is new


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: the window made for them; their height and the place of their feet then, px."""

    window: Window
    height: float
    feet: Point

    def moved(self, body: Body) -> float:
        """How far the body's feet are from this place, in standing heights."""
        return math.dist(body.feet, self.feet) / self.height

    def is_over(self, body: Body) -> bool:
        """Feet where they were when the window was made, and hips over them."""
        return body.over(self.feet, LANE_SHARE * self.height)

    def in_lane(self, body: Body) -> bool:
        """Hips over the feet's place, feet on it, and about as large as the person on the mark."""
        height = body.height / self.height
        return height <= LARGER and (height > 1 - SAME_SIZE or not body.upright) and self.is_over(body)

    def same_size(self, body: Body) -> bool:
        """Standing, and as tall in the picture as the person on the mark."""
        return abs(body.height / self.height - 1) < SAME_SIZE and body.upright


@dataclass(frozen=True, slots=True)
class Person:
    """What is remembered of one person from frame to frame; somebody new is another of these.

    last: as they were surely seen last, at time last_t. ill_fitted_since: since when they stand where the
    window does not fit; None while it does.
    """

    place: Place
    last: Body
    last_t: float
    ill_fitted_since: float | None


@dataclass(frozen=True, slots=True)
class Jump:
    """Joints that were elsewhere from one frame to the next at time t, and the person as before."""

    t: float
    before: Person


class PersonTracker:
    """From frames to the poses of one person. One instance per stream; not for several threads.

    Its states, and all ways from one to another:

        SEARCHING                    somebody is found, and may be who was lost     FOLLOWING
        FOLLOWING                    hardly seen                                    HIDDEN
        HIDDEN                       seen again                                     FOLLOWING
        FOLLOWING, HIDDEN            joints jump, and a second body is seen         DOUBTED
        DOUBTED                      after 1 s: on their place, or as tall          FOLLOWING
        DOUBTED                      after 5 s: neither                             REPLACED
        FOLLOWING, HIDDEN, DOUBTED   hardly seen, and not surely seen for 0.5 s     SEARCHING
        REPLACED                     1.2 s later                                    SEARCHING
        all but REPLACED             another picture size or network                SEARCHING

    A jump alone is no doubt: people dart when they sit back turned, and grow when they stand up. A second
    body is what the look, or one within half a second of it, sees of joints that are not this body's; when it
    comes after the jump, the person's place from before it counts.

    A pose is FOUND while FOLLOWING, UNSURE while HIDDEN or DOUBTED, else NOBODY.
    """

    def __init__(self, net: Looks) -> None:
        self._net = net
        self._size: tuple[int, int] | None = None
        self._state = Tracking.SEARCHING
        self._since = -math.inf  # when DOUBTED or REPLACED began
        self._person: Person | None = None  # on the mark, or lost a moment ago
        self._fixed_feet = FixedFeet()
        self._second_t = -math.inf  # when a second body was seen last
        self._jump: Jump | None = None  # the last one that nobody knows the reason of

    @property
    def net(self) -> Looks:
        """The network that looks now."""
        return self._net

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
    def state(self) -> Tracking:
        return self._state

    @property
    def window(self) -> Window | None:
        """Where the person is looked for; None while nobody is there."""
        if self._person is None or self._state in (Tracking.SEARCHING, Tracking.REPLACED):
            return None
        return self._person.place.window

    def see(self, frame: Frame) -> Pose:
        """The pose in this frame. Frames come in order of time; sizes may change (a camera reopened)."""
        if frame.keypoints is not None:
            return Pose(frame.t, frame.keypoints, frame.size, _seen(frame.keypoints), None)
        if self._size != frame.size:
            self._forget(frame.size)
        if self._state is Tracking.REPLACED:
            if frame.t < self._since + CHANGE_S:
                return self._pose(frame, np.zeros((17, 3), np.float32), Presence.NOBODY)
            self._state = Tracking.SEARCHING
        if self._state is Tracking.SEARCHING or self._person is None:
            return self._search(frame)
        return self._watch(frame, self._person)

    def _pose(self, frame: Frame, keypoints: F32, seen: Presence) -> Pose:
        """What leaves the tracker: joints put right. What it remembers, and so its windows, stay as seen."""
        window = self.window
        if window is None:
            return Pose(frame.t, keypoints, frame.size, seen, None)
        if self._net.correction is not None:
            standing = window.height / WINDOW_HEIGHTS
            keypoints = self._net.correction.of_keypoints(keypoints, frame.size, standing)
        where = (window.top, window.left, window.height, window.width)
        return Pose(frame.t, keypoints, frame.size, seen, where)

    def _look(self, frame: Frame, window: Window) -> Body:
        return body_of(self._net.look(frame, window), frame.size)

    def _forget(self, size: tuple[int, int]) -> None:
        """Pictures are others from now on. A person's replacement goes on: everybody is to notice it."""
        self._person, self._size = None, size
        self._fixed_feet.forget()
        self._second_t, self._jump = -math.inf, None
        if self._state is not Tracking.REPLACED:
            self._state = Tracking.SEARCHING

    # -- nobody there yet ------------------------------------------------------------------------------

    def _search(self, frame: Frame) -> Pose:
        """Looks everywhere; on the person found, looks again with a window that fits them."""
        aspect = self._net.aspect
        looks = [self._look(frame, window) for window in search_windows(frame.size, aspect)]
        best = max(looks, key=lambda body: body.appeal)
        if best.appeal <= 0 or not self._may_be(best, frame.t):
            return self._pose(frame, best.keypoints, Presence.NOBODY)
        window = best.window(aspect, best.tall)
        for _ in range(2):  # the first look was through a coarse window: look closer, fit again
            closer = self._look(frame, window)
            if closer.appeal <= 0:
                return self._pose(frame, best.keypoints, Presence.NOBODY)
            window = closer.window(aspect, closer.tall)
        body = self._look(frame, window)
        if self._long_lost(frame.t):
            self._fixed_feet.forget()
        self._fixed_feet.resume()  # wherever hips and shoulders were before, they came back since
        self._accept(body, frame.t, Place(window, body.tall, body.feet), None)
        return self._pose(frame, body.keypoints, Presence.FOUND)

    def _may_be(self, body: Body, t: float) -> bool:
        """Whether a find may be who was lost a moment ago; true for anybody once that is long ago."""
        lost = self._person
        if lost is None or self._long_lost(t):
            return True
        apart, height = math.dist(body.hips, lost.last.hips), lost.place.height
        return apart < 0.5 * height and 0.75 < body.tall / height < 1.33

    def _long_lost(self, t: float) -> bool:
        """Whether whoever is found now is somebody new."""
        return self._person is None or t - self._person.last_t > REMEMBER_S

    # -- somebody there --------------------------------------------------------------------------------

    def _watch(self, frame: Frame, person: Person) -> Pose:
        body = self._look(frame, person.place.window)
        if body.score < GONE_SCORE:
            return self._pose(frame, body.keypoints, self._missing(frame.t - person.last_t))
        if self._doubts(body, person, frame.t):
            return self._pose(frame, body.keypoints, Presence.UNSURE)
        self._accept(body, frame.t, *_followed(person, body, frame.t, self._net.aspect))
        return self._pose(frame, body.keypoints, Presence.FOUND)

    def _missing(self, for_s: float) -> Presence:
        """They are hardly seen; whether they are gone. for_s: since they were surely seen."""
        if for_s > GONE_AFTER_S:
            self._state = Tracking.SEARCHING
            return Presence.NOBODY
        if self._state is Tracking.FOLLOWING:
            self._state = Tracking.HIDDEN
        return Presence.UNSURE

    def _doubts(self, body: Body, person: Person, t: float) -> bool:
        """Whether the joints jumped to another body, and it is not yet known whose they are.

        A passer-by is through within a second. Somebody who is elsewhere then is the person if they are of
        the same size; anybody else is a stranger, who may stay but takes over only as somebody new.
        """
        if self._state is not Tracking.DOUBTED:
            before = self._before_jump(body, person, t)
            if before is None:
                return False
            self._state, self._since = Tracking.DOUBTED, t
            self._person = person = Person(before.place, before.last, person.last_t, None)
        lasted = t - self._since
        if lasted >= FREEZE_S and (person.place.in_lane(body) or person.place.same_size(body)):
            self._fixed_feet.resume()
            self._jump = None
            return False
        if lasted >= STRANGER_S:
            self._replace(t)
        return True

    def _before_jump(self, body: Body, person: Person, t: float) -> Person | None:
        """The person as they were before joints jumped to somebody else's; None while nothing says so."""
        if self._net.others >= SECOND_BODY:
            self._second_t = t
        if self._jump is not None and t - self._jump.t > TOGETHER_S:
            self._jump = None
        if self._jumped(body, person, t):
            self._jump = Jump(t, person if self._jump is None else self._jump.before)
        seen = self._jump is not None and t - self._second_t <= TOGETHER_S
        return self._jump.before if self._jump is not None and seen else None

    def _jumped(self, body: Body, person: Person, t: float) -> bool:
        """Whether no person moves like that from the last frame to this one."""
        height, (x, y), (last_x, last_y) = person.place.height, body.hips, person.last.hips
        if body.score < SURE_SCORE or body.height < WALKS_UPRIGHT * height:
            return False
        if person.place.moved(person.last) > AWAY_SHARE:
            return False
        frames = max(1.0, (t - person.last_t) / FRAME_S)
        far = math.hypot(x - last_x, y - last_y) > HOP_SHANKS * SHANK * height * frames
        aside = abs(x - last_x) > DART_SHARE * height * frames
        swollen = body.height > LARGER * height and body.height > SWELL**frames * person.last.height
        swollen = swollen and abs(x - last_x) > ASIDE_SHARE * height
        return far or aside or swollen or self._fixed_feet.darted(t, x, body.shoulders[0], height)

    def _replace(self, t: float) -> None:
        """Whoever stands there now is somebody else: for a moment nobody is there, then they are new."""
        self._person, self._state, self._since = None, Tracking.REPLACED, t
        self._second_t, self._jump = -math.inf, None
        self._fixed_feet.forget()

    def _accept(self, body: Body, t: float, place: Place, ill_fitted_since: float | None) -> None:
        """This is surely the person, who stands there."""
        self._state, self._person = Tracking.FOLLOWING, Person(place, body, t, ill_fitted_since)
        self._fixed_feet.stands(t, body.hips[0], body.shoulders[0], over_feet=place.is_over(body))


def _settled(window: Window, body: Body) -> Place:
    return Place(window, body.height, body.feet)


def _followed(person: Person, body: Body, t: float, aspect: float) -> tuple[Place, float | None]:
    """Where the person stands now, and since when that is another place than their window's, if it is.

    The window moves when they stand elsewhere for a while, at once when they are being cut off, or stand up
    from a squat they were first seen in: upright, larger, and over the same feet.
    """
    place = person.place
    moved, grown = place.moved(body), body.height / place.height - 1
    if (grown > 0 or moved > REFIT_SHARE) and body.cut_off_by(place.window):
        wanted = body.window(aspect)
        return _settled(wanted if grown > 0 else _grown(wanted, place.window), body), None
    shrunk = grown < -REFIT_SHARE
    if not body.upright or (moved < REFIT_SHARE and grown < REFIT_SHARE and not shrunk):
        return place, None
    since = t if person.ill_fitted_since is None else person.ill_fitted_since
    if grown > STOOD_UP and moved < REFIT_SHARE and body.feet_seen:
        return _settled(body.window(aspect), body), None
    patience = REFIT_AFTER_S if moved > REFIT_SHARE or not shrunk else SHRINK_AFTER_S
    if t - since >= patience:
        return _settled(body.window(aspect), body), None
    return place, since


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
    return pose.seen is Presence.UNSURE and body_score(pose.keypoints) >= GONE_SCORE


def _seen(keypoints: F32) -> Presence:
    return Presence.FOUND if body_score(keypoints) >= GONE_SCORE else Presence.NOBODY
