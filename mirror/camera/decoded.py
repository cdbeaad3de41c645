"""From a decoded picture of any format to upright BGR with square pixels.

Files say themselves how they are to be turned, and by how much their pixels are wider than high; a person may
say besides that pictures lie on their side or that a selfie was stored mirrored. Knows no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from mirror.camera.frame import U8
from mirror.faults import BadInput

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

Shape = tuple[int, int]
"""(height, width) of a picture with square pixels, as it is stored, before it is turned."""
Turn = tuple[int, int, int, int]
"""(a, b, c, d): a point (x, y) of the stored picture is shown at (a x + c y, b x + d y), y down."""

AS_STORED: Turn = (1, 0, 0, 1)
CLOCKWISE: dict[int, Turn] = {0: AS_STORED, 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}
MIRRORED: Turn = (-1, 0, 0, 1)
NARROWEST, WIDEST = Fraction(1, 4), Fraction(4)
"""Pixels more out of square than this are a mistake in the file."""
HIGH_DEFINITION = 720
"""From so many lines on, pictures that do not say which colours they mean are BT.709 by habit, else 601."""
_BT709, _BT601, _UNSAID = 1, 5, 2  # AVColorSpace
_FULL_RANGE = 2  # AVColorRange


def then(first: Turn, second: Turn) -> Turn:
    """One turn after another, as one."""
    a, b, c, d = first
    e, f, g, h = second
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def turn_of(clockwise_deg: int, mirrored: bool) -> Turn:
    """What somebody asks for: turned, then flipped back. Raises BadInput for what is no quarter turn."""
    if clockwise_deg % 360 not in CLOCKWISE:
        raise BadInput(f"--rotate {clockwise_deg}: a picture can be turned by 0, 90, 180 or 270 degrees.")
    turn = CLOCKWISE[clockwise_deg % 360]
    return then(turn, MIRRORED) if mirrored else turn


def in_words(turn: Turn) -> tuple[int, bool]:
    """(degrees clockwise, whether flipped after it): the two a turn is made of."""
    a, b, c, d = turn
    mirrored = a * d - b * c < 0
    plain = then(turn, MIRRORED) if mirrored else turn
    return next(degrees for degrees, one in CLOCKWISE.items() if one == plain), mirrored


def stated_turn(picture: VideoFrame) -> Turn:
    """What the file says about how its pictures are to be shown: quarter turns and flips, nothing between."""
    from av.sidedata.sidedata import Type

    beside: Any = picture.side_data
    stated = beside.get(Type.DISPLAYMATRIX)
    if stated is None:
        return AS_STORED
    matrix = np.frombuffer(memoryview(stated), np.int32)[[0, 1, 3, 4]].astype(np.float64)
    largest = float(np.abs(matrix).max())
    a, b, c, d = (round(value / largest) if largest else 0 for value in matrix.tolist())
    return (a, b, c, d) if abs(a * d - b * c) == 1 else AS_STORED


@dataclass(frozen=True, slots=True)
class Upright:
    """How pictures of one stream become upright ones.

    turn: from the stored picture to the one that is handed on. across: how much wider than high a stored
    pixel is.
    """

    turn: Turn = AS_STORED
    across: Fraction = Fraction(1)

    @staticmethod
    def of(picture: VideoFrame, across: Fraction | None, asked: Turn = AS_STORED) -> Upright:
        """As the file says (across: its pixels' shape, None where it does not), then as `asked`."""
        square = across if across is not None and NARROWEST <= across <= WIDEST else Fraction(1)
        return Upright(then(stated_turn(picture), asked), square)

    def shape(self, picture: VideoFrame) -> Shape:
        """The picture's, with square pixels."""
        return picture.height, max(1, round(picture.width * self.across))

    def size(self, shape: Shape) -> tuple[int, int]:
        """(height, width) of an upright picture of one stored in this shape."""
        return shape if self.turn[0] else shape[::-1]

    def paint(self, picture: VideoFrame, shape: Shape, into: U8) -> None:
        """The picture into BGR pixels (*size(shape), 3), scaled where it has another shape."""
        _turned(_bgr(picture, shape), self.turn, into)


def _bgr(picture: VideoFrame, shape: Shape) -> U8:
    """(*shape, 3), as stored; shares memory with what FFmpeg made."""
    height, width = shape
    space = int(picture.colorspace)
    if space == _UNSAID:
        space = _BT709 if picture.height >= HIGH_DEFINITION else _BT601
    packed = picture.reformat(
        width=width,
        height=height,
        format="bgr24",
        src_colorspace=space,
        src_color_range=picture.color_range or None,
        dst_color_range=_FULL_RANGE,
        threads=1,
    )
    plane = packed.planes[0]
    rows: U8 = np.frombuffer(memoryview(plane), np.uint8).reshape(height, plane.line_size)
    return rows[:, : 3 * width].reshape(height, width, 3)


def _turned(stored: U8, turn: Turn, into: U8) -> None:
    a, b, c, d = turn
    if turn in _OPENCV and (rotate := _opencv_rotate()):
        rotate(stored, _OPENCV[turn], dst=into)
    elif a:
        np.copyto(into, stored[::d, ::a])
    else:
        np.copyto(_pixels(into), _pixels(stored).T[::b, ::c])


def _pixels(picture: U8) -> npt.NDArray[Any]:
    """(H, W) of three bytes each: moved together, which is twice as fast."""
    return np.ascontiguousarray(picture).view("V3")[..., 0]


_OPENCV = {CLOCKWISE[90]: 0, CLOCKWISE[180]: 1, CLOCKWISE[270]: 2}
"""cv2.ROTATE_90_CLOCKWISE and so on."""


def _opencv_rotate() -> Any:
    """OpenCV's rotation, which is six times as fast as numpy's; None where OpenCV is not installed."""
    try:
        import cv2
    except ImportError:
        return None
    return cv2.rotate
