"""The official MoveNet file as TensorFlow's pose sample for the Raspberry Pi uses it: in a square round the
torso, black where it reaches outside.

Called with the file's path.
"""

from __future__ import annotations

import sys

import cv2
import numpy as np
import pipe
from ai_edge_litert.interpreter import Interpreter

SEEN = 0.2
TORSO, HIPS, SHOULDERS = [5, 6, 11, 12], [11, 12], [5, 6]
TORSO_REACH, BODY_REACH = 1.9, 1.2

network = Interpreter(sys.argv[1], num_threads=2)
network.allocate_tensors()
takes, gives = network.get_input_details()[0], network.get_output_details()[0]
side = int(takes["shape"][1])


class Sample:
    """Looks where the last picture's torso was; at all of the picture where it was not seen."""

    def __init__(self) -> None:
        self._square: tuple[int, int, int] | None = None  # left, top, side, pixels

    def __call__(self, bgr: np.ndarray) -> np.ndarray:
        height, width = bgr.shape[:2]
        left, top, large = self._square or whole(height, width)
        patch = cut(bgr, left, top, large)
        rgb = cv2.cvtColor(cv2.resize(patch, (side, side)), cv2.COLOR_BGR2RGB)
        network.set_tensor(takes["index"], rgb[None].astype(takes["dtype"]))
        network.invoke()
        found = network.get_tensor(gives["index"])[0, 0].copy()
        found[:, 0] = (found[:, 0] * large + top) / height
        found[:, 1] = (found[:, 1] * large + left) / width
        self._square = follow(found, height, width)
        return found


def whole(height: int, width: int) -> tuple[int, int, int]:
    """The square that holds all of the picture, in its middle."""
    large = max(height, width)
    return (width - large) // 2, (height - large) // 2, large


def follow(found: np.ndarray, height: int, width: int) -> tuple[int, int, int] | None:
    """Around the hips, as large as torso and body ask for; None where the torso is not seen."""
    score = found[:, 2]
    if max(score[HIPS]) <= SEEN or max(score[SHOULDERS]) <= SEEN:
        return None
    xy = found[:, 1::-1] * (width, height)
    middle = xy[HIPS].mean(0)
    torso = np.abs(xy[TORSO] - middle).max()
    body = np.abs(xy[score >= SEEN] - middle).max()
    half = max(TORSO_REACH * torso, BODY_REACH * body)
    half = min(half, max(*middle, width - middle[0], height - middle[1]))
    if half > max(height, width) / 2:
        return None
    left, top = middle - half
    return round(left), round(top), max(2, round(2 * half))


def cut(bgr: np.ndarray, left: int, top: int, large: int) -> np.ndarray:
    """The square, black outside the picture."""
    patch = np.zeros((large, large, 3), np.uint8)
    height, width = bgr.shape[:2]
    x0, x1, y0, y1 = max(0, left), min(width, left + large), max(0, top), min(height, top + large)
    patch[y0 - top : y1 - top, x0 - left : x1 - left] = bgr[y0:y1, x0:x1]
    return patch


pipe.answer(Sample())
