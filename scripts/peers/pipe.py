"""A peer at the other end of a pipe: pictures in, joints and the time they took out.

Standard library and numpy only, since every peer runs in an environment of its own.

A picture is two little-endian 32-bit numbers, height and width, and BGR bytes. The answer is 17 x 3 float32
(y, x, score), normalised, in COCO's order, and a float64 of seconds.
"""

from __future__ import annotations

import struct
import sys
import time
from collections.abc import Callable
from typing import IO

import numpy as np

SIZE = struct.Struct("<II")
TOOK = struct.Struct("<d")
ANSWER = 17 * 3 * 4 + TOOK.size


def answer(look: Callable[[np.ndarray], np.ndarray]) -> None:
    """Answer every picture of standard input until it ends. look: BGR (H, W, 3) -> (17, 3)."""
    pictures, answers = sys.stdin.buffer, sys.stdout.buffer
    while header := pictures.read(SIZE.size):
        height, width = SIZE.unpack(header)
        bgr = np.frombuffer(pictures.read(height * width * 3), np.uint8).reshape(height, width, 3)
        began = time.perf_counter()
        found = look(bgr)
        took = time.perf_counter() - began
        answers.write(np.ascontiguousarray(found, np.float32).tobytes() + TOOK.pack(took))
        answers.flush()


def ask(bgr: np.ndarray, pictures: IO[bytes], answers: IO[bytes]) -> tuple[np.ndarray, float]:
    """One picture's (17, 3) and seconds. Raises EOFError where the peer has ended."""
    pictures.write(SIZE.pack(*bgr.shape[:2]) + bgr.tobytes())
    pictures.flush()
    told = answers.read(ANSWER)
    if len(told) < ANSWER:
        raise EOFError
    found = np.frombuffer(told[: -TOOK.size], np.float32).reshape(17, 3)
    return found, TOOK.unpack(told[-TOOK.size :])[0]
