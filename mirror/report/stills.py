"""The moment every repetition was lowest, as a small picture with knees and targets drawn, for a report.

Only made where somebody asked for a report. Cut to the body, at the shoulders where the head is above them;
all of a set at one scale. Nothing is mirrored. Knows pictures as arrays, not where they come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from mirror.knees.analysis import Analysis
from mirror.knees.constants import ANKLE, HIP, KNEE, SHOULDER
from mirror.knees.reading import XY
from mirror.report.annotate import Mark, Moment, Pen, Picture, moments, ring_radius

MOST = 24
"""Stills of a report: more of them say nothing new, and a page of megabytes is not sent."""
HIGHEST_PX = 480
WIDE = 0.95
"""Width of a still, in its heights."""
ABOVE, BELOW, BESIDE = 0.03, 0.16, 1.75
"""Room over the shoulders and below the ankles, in what is between them; and the body's width, wider."""
QUALITY = 82
LETTER_AT, LETTER_BELOW, LETTER_ROOM_PX = 1.7, 2.2, 18
"""How far outside and below a knee the foot of its letter is, in radii of its ring; room to the sides."""

F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Still:
    """One picture. n: the repetition's number. jpeg: of (height, width) pixels. letters: where the names of
    the left and the right knee go, (x, y) pixels; None for a knee that is not seen."""

    n: int
    jpeg: bytes
    height: int
    width: int
    letters: tuple[XY | None, XY | None]


@dataclass(frozen=True, slots=True)
class _Cut:
    """A part of a picture: its top left corner and how large it is, pixels."""

    x: int
    y: int
    width: int
    height: int


def stills(pictures: Iterable[Picture], analysis: Analysis, keypoints: F32) -> tuple[Still, ...]:
    """Stills of the first repetitions, in their order.

    pictures: BGR (H, W, 3), upright, un-mirrored, one for every frame of the analysis. keypoints: (T, 17, 3)
    normalised.
    """
    lowest = {
        int(np.argmin(np.abs(analysis.t - rep.bottom_s))): rep.n for rep in reversed(analysis.reps[:MOST])
    }
    if not lowest:
        return ()
    found: list[Still] = []
    cuts: dict[int, _Cut] = {}
    drawn: list[Moment] = []
    for i, picture in enumerate(islice(pictures, max(lowest) + 1)):
        if not cuts:
            size = (picture.shape[0], picture.shape[1])
            cuts, drawn = _cuts(keypoints, sorted(lowest), size), moments(analysis, keypoints, size)
        if i in lowest:
            found.append(_still(lowest[i], picture, cuts[i], drawn[i], ring_radius(keypoints, size)))
    return tuple(found)


def _cuts(keypoints: F32, frames: list[int], size: tuple[int, int]) -> dict[int, _Cut]:
    """What of each of these frames is kept: as much of each, round the body."""
    boxes = [_body(keypoints[i], size) for i in frames]
    high = max(box[3] - box[1] for box in boxes) * (1 + ABOVE + BELOW)
    wide = max(box[2] - box[0] for box in boxes) * BESIDE
    high = max(high, wide / WIDE)
    height, width = min(size[0], round(high)), min(size[1], round(high * WIDE))
    found = {}
    for i, (left, top, right, foot) in zip(frames, boxes, strict=True):
        x = round((left + right - width) / 2)
        y = round(top - ABOVE / (1 + ABOVE + BELOW) * (foot - top))
        x, y = min(max(0, x), size[1] - width), min(max(0, y), size[0] - height)
        found[i] = _Cut(x, y, width, height)
    return found


def _body(keypoints: F32, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Left, top, right and foot of shoulders, hips, knees and ankles, pixels."""
    joints = keypoints[[*SHOULDER, *HIP, *KNEE, *ANKLE], :2] * np.array(size, np.float32)
    joints = np.clip(joints, 0.0, np.array(size, np.float32))
    (top, left), (foot, right) = joints.min(0), joints.max(0)
    return float(left), float(top), float(right), float(max(foot, top + 8))


def _still(n: int, picture: Picture, cut: _Cut, moment: Moment, radius: int) -> Still:
    import cv2

    part = picture[cut.y : cut.y + cut.height, cut.x : cut.x + cut.width]
    scale = min(1.0, HIGHEST_PX / cut.height)
    if scale < 1.0:
        size = (max(1, round(cut.width * scale)), max(1, round(cut.height * scale)))
        part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    height, width = part.shape[:2]
    ring = max(5, round(radius * scale))
    here = _moved(moment, cut, scale)
    canvas = Pen(ring, (height, width)).draw_marks(np.ascontiguousarray(part), here)
    _, jpeg = cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    left, right = (_letter(mark, ring, height, width) for mark in here.legs)
    return Still(n, jpeg.tobytes(), height, width, (left, right))


def _letter(mark: Mark, ring: int, height: int, width: int) -> XY | None:
    """Where a knee's letter goes, below where an arrow would be."""
    if mark.knee is None:
        return None
    x = mark.knee[0] + LETTER_AT * ring * mark.outward
    y = mark.knee[1] + LETTER_BELOW * ring
    return min(max(LETTER_ROOM_PX, x), width - LETTER_ROOM_PX), min(max(26.0, y), height - 6.0)


def _moved(moment: Moment, cut: _Cut, scale: float) -> Moment:
    """The same marks, in the pixels of the part that is kept."""

    def there(at: XY | None) -> XY | None:
        return None if at is None else ((at[0] - cut.x) * scale, (at[1] - cut.y) * scale)

    left, right = (replace(mark, knee=there(mark.knee), target=there(mark.target)) for mark in moment.legs)
    return replace(moment, legs=(left, right))
