"""Looks for the toe tips of whoever stands, once for every placing of the feet, and hands them to the knees.

The knees say when somebody stands and when the feet have moved; what finds the toes says how they look.
"""

from __future__ import annotations

from mirror.camera.frame import F32, Frame
from mirror.knees.live import KneeWatch
from mirror.pose.pose import Pose, Presence
from mirror.pose.toe_search import Toes
from mirror.stopwatch import Mark, unmarked


class ToeWatch:
    """One look a frame while the knees want toes. Not for several threads.

        AWAY       somebody is surely seen and stands calibrated, without toes    SEARCHING
        SEARCHING  the toes are found, so that the knees have them                AWAY
        SEARCHING  they squat, or are not surely seen for a while                 WAITING
        WAITING    they stand again                                               SEARCHING
        either     nobody is there, or somebody else                              AWAY

    What was seen so far is forgotten on every way to AWAY; where the feet have been placed anew meanwhile,
    what finds the toes sees that itself.
    """

    def __init__(self, toes: Toes, mark: Mark = unmarked) -> None:
        """toes: what finds them. mark: told "feet" when a look is done."""
        self.toes = toes
        self._mark = mark

    def reset(self) -> None:
        """Forget the looks so far: the person is somebody else, perhaps."""
        self.toes.reset()

    def see(self, frame: Frame, pose: Pose, knees: KneeWatch) -> F32 | None:
        """(2, 2) (y, x) [left, right], normalised, with the frame that completes a search; else None.

        knees: have seen this pose already, and have taken the tips afterwards.
        """
        if pose.seen is Presence.NOBODY:
            self.toes.reset()
        if pose.seen is not Presence.FOUND or not knees.wants_toes:
            return None
        tips = self.toes.next(frame, pose.keypoints)
        if tips is not None:
            self.toes.reset()
            knees.take_toes(tips, frame.size)
        self._mark("feet")
        return tips
