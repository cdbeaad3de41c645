"""What the knees room is given: the joints of one person, in one frame or over a whole recording.

Types of this room's own, so that it need not know who found the joints, nor how.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mirror.knees.optics import F64
from mirror.knees.reasons import Reason


@dataclass(frozen=True, slots=True)
class TrackedPose:
    """The person who is followed, in one frame.

    t: seconds. keypoints: (17, 3) (y, x, score) normalised to the un-mirrored frame. size: height and width
    of that frame, pixels. seen: somebody is there. why: a reason not to judge this frame
    (Why.SOMEBODY_PASSES), or None.
    """

    t: float
    keypoints: npt.NDArray[np.float32]
    size: tuple[int, int]
    seen: bool = True
    why: Reason | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """The person who is followed, over a whole recording.

    t: (T,) seconds. keypoints: (T, 17, 3) (y, x, score) normalised to the un-mirrored frame. size: height and
    width of the frames, pixels. seen: (T,) somebody is there.
    """

    t: F64
    keypoints: npt.NDArray[np.float32]
    size: tuple[int, int]
    seen: npt.NDArray[np.bool_]
