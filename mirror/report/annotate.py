"""An analysis drawn into the video it is of: rings at the knees, target lines, the count, as filmed.

Shapes and colours are those of the glass, but nothing is mirrored. Knows pictures as arrays, not where they
come from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror.coach.mark_style import (
    ARROW_AT,
    COLOUR,
    DASH_SHARE,
    DASHES,
    EDGE,
    RGB,
    RING_OF_PICTURE,
    SOFT,
    STROKE,
    TARGET_DOT,
    TARGET_HALF,
    TARGET_STROKE,
    WHITE,
    arrow_outline,
)
from mirror.coach.words import in_english
from mirror.faults import BadInput
from mirror.files.writing import whole_by_name
from mirror.knees.analysis import Analysis, targets
from mirror.knees.constants import ANKLE, KNEE, SIDE
from mirror.knees.judge import LegJudgement
from mirror.knees.optics import F64
from mirror.knees.reading import XY, Rep, Verdict
from mirror.report.film import Film
from mirror.report.palette import bgr

Picture = npt.NDArray[np.uint8]

NOT_MIRRORED = "as filmed, not mirrored"
DARK = (20, 20, 20)
RING_OF_SHANK = 0.24
"""Radius of a ring at most, too, as a share of the shank's length in the picture."""
LETTERS_OF_PICTURE = 0.028
"""Height of capital letters in picture heights, or widths of a picture that lies."""
HERSHEY_CAP = 22.0
"""Height of capital letters of OpenCV's duplex letters at scale 1, pixels."""
FINE = 4
"""Bits of a pixel's fraction OpenCV draws with."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One leg in one picture. knee, target: (x, y) pixels, None where unknown. outward: +1 is right.
    inside_deg: how far the knee is inside its own line, None where it is not judged."""

    side: str
    outward: int
    verdict: Verdict
    inside_deg: float | None
    knee: XY | None
    target: XY | None


@dataclass(frozen=True, slots=True)
class Moment:
    """What is drawn into one picture. guess: targets drawn, not judged. why: knees are unknown, or ""."""

    legs: tuple[Mark, Mark]
    guess: bool
    count: str
    why: str


def moments(analysis: Analysis, keypoints: npt.NDArray[np.float32], size: tuple[int, int]) -> list[Moment]:
    """What to draw, frame by frame. keypoints (T, 17, 3) normalised; size (height, width) of the picture."""
    in_pixels = np.array([size[1], size[0]], np.float64)
    knees = keypoints[:, KNEE, 1::-1] * in_pixels
    aims, guess = targets(analysis, size)
    aims = aims[..., ::-1] * in_pixels
    found = []
    for i, (motion, judged) in enumerate(zip(analysis.motions, analysis.judgements, strict=True)):
        left, right = (
            Mark(
                side,
                int(SIDE[leg]),
                judged[leg].verdict,
                _told(judged[leg]),
                _point(knees[i, leg]) if motion.usable[leg] else None,
                _point(aims[i, leg]) if motion.usable[leg] else None,
            )
            for leg, side in enumerate(("left", "right"))
        )
        why = in_english(motion.why or (analysis.why_unknown if guess[i] else None))
        found.append(Moment((left, right), bool(guess[i]), _count(analysis.reps, motion.t), why))
    return found


def _told(leg: LegJudgement) -> float | None:
    return leg.inside_deg if leg.judged and math.isfinite(leg.inside_deg) else None


def _point(xy: F64) -> XY | None:
    return (float(xy[0]), float(xy[1])) if np.isfinite(xy).all() else None


def _count(reps: list[Rep], t: float) -> str:
    for rep in reps:
        if rep.start_s <= t <= rep.end_s:
            return f"rep {rep.n} of {len(reps)}{', ref' if rep.is_reference else ''}"
    return f"{sum(rep.end_s < t for rep in reps)} of {len(reps)} reps"


def ring_radius(keypoints: npt.NDArray[np.float32], size: tuple[int, int]) -> int:
    """Pixels: as large as on the glass, but no wider than suits a small person's shanks."""
    apart = (keypoints[:, KNEE, :2] - keypoints[:, ANKLE, :2]) * np.array(size, np.float32)
    seen = keypoints[:, KNEE + ANKLE, 2].min(1) > 0
    if not seen.any():
        return max(6, round(RING_OF_PICTURE * size[0]))
    shank = float(np.median(np.linalg.norm(apart[seen], axis=-1)))
    return max(6, round(min(RING_OF_PICTURE * size[0], RING_OF_SHANK * shank)))


def annotate(
    pictures: Iterable[Picture],
    analysis: Analysis,
    keypoints: npt.NDArray[np.float32],
    fps: float,
    path: Path,
    step: Callable[[int, int], None] | None = None,
    sound: Path | None = None,
) -> None:
    """Write the annotated copy.

    pictures: BGR (H, W, 3), upright, un-mirrored, one for every frame of the analysis. fps: as the original
    says; every picture comes at its own time. path: ends in .mp4; the old file or the whole new one. step:
    called with the pictures done and how many there are. sound: the original, for its sound. Raises BadInput
    when it can't be written, or the pictures are fewer than the analysis has frames.
    """
    with whole_by_name(path) as unfinished:
        _write(pictures, analysis, keypoints, fps, unfinished, step, sound)


def _write(
    pictures: Iterable[Picture],
    analysis: Analysis,
    keypoints: npt.NDArray[np.float32],
    fps: float,
    path: Path,
    step: Callable[[int, int], None] | None,
    sound: Path | None,
) -> None:
    count = len(analysis.t)
    film: Film | None = None
    done = 0
    try:
        for done, picture in enumerate(islice(pictures, count), 1):
            if film is None:
                size = (picture.shape[0], picture.shape[1])
                pen, drawn = Pen(ring_radius(keypoints, size), size), moments(analysis, keypoints, size)
                film = Film(path, fps, size, sound)
            film.add(pen.draw(picture, drawn[done - 1]), float(analysis.t[done - 1] - analysis.t[0]))
            if step:
                step(done, count)
        if done < count or film is None:
            raise BadInput("the video could not be read to the same end a second time")
        film.finish()
    except BaseException:
        if film is not None:
            film.abandon()
        raise


class Pen:
    """Draws moments into pictures of one size (height, width), with rings of one radius."""

    def __init__(self, radius: int, size: tuple[int, int]) -> None:
        import cv2

        self._cv2 = cv2
        self._radius = radius
        self._height, self._width = size
        self._cap = max(7.0, LETTERS_OF_PICTURE * min(self._height, 1.4 * self._width))

    def draw(self, picture: Picture, moment: Moment) -> Picture:
        """A copy of the picture with everything on it."""
        canvas = self.draw_marks(picture, moment)
        for mark in moment.legs:
            if mark.knee is not None:
                self._label(canvas, mark, mark.knee)
        self._words(canvas, moment)
        return canvas

    def draw_marks(self, picture: Picture, moment: Moment) -> Picture:
        """A copy of the picture with rings and targets on it, and no words."""
        canvas: Picture = picture.copy()
        for mark in moment.legs:
            if mark.knee is not None:
                self._knee(canvas, mark, mark.knee)
            if mark.target is not None:
                self._target(canvas, mark.target, moment.guess)
        return canvas

    # -- marks -----------------------------------------------------------------------------------------

    def _knee(self, canvas: Picture, mark: Mark, knee: XY) -> None:
        stroke = STROKE[mark.verdict] * self._radius
        middle = self._radius - stroke / 2
        edge = 0.1 * self._radius + 1
        for thick, colour in ((stroke + 2 * edge, DARK), (stroke, COLOUR[mark.verdict])):
            if mark.verdict is Verdict.UNKNOWN:
                self._dashes(canvas, knee, middle, thick, colour)
            else:
                self._circle(canvas, knee, middle, thick, colour)
        if mark.verdict is Verdict.OFF_TRACK:
            self._arrow(canvas, knee, mark.outward)

    def _circle(self, canvas: Picture, at: XY, radius: float, thick: float, colour: RGB) -> None:
        """thick: of the line; -1 fills."""
        self._cv2.circle(
            canvas,
            _fine(at),
            round(radius * 2**FINE),
            bgr(colour),
            round(thick) if thick < 0 else max(1, round(thick)),
            self._cv2.LINE_AA,
            FINE,
        )

    def _dashes(self, canvas: Picture, at: XY, radius: float, thick: float, colour: RGB) -> None:
        half = 0.5 * DASH_SHARE * 360 / DASHES
        for k in range(DASHES):
            middle = 360 * (k + 0.25) / DASHES
            arc = [
                (at[0] + radius * math.cos(math.radians(a)), at[1] + radius * math.sin(math.radians(a)))
                for a in np.linspace(middle - half, middle + half, 6)
            ]
            self._line(canvas, arc, thick, colour)

    def _line(self, canvas: Picture, points: list[XY], thick: float, colour: RGB) -> None:
        path = np.array([_fine(point) for point in points], np.int32)
        self._cv2.polylines(canvas, [path], False, bgr(colour), max(1, round(thick)), self._cv2.LINE_AA, FINE)

    def _arrow(self, canvas: Picture, knee: XY, outward: int) -> None:
        """Where the knee should go: away from the other one."""
        r = self._radius
        x, y = knee[0] + outward * ARROW_AT * r, knee[1]
        for grow, colour in ((EDGE, DARK), (0.0, COLOUR[Verdict.OFF_TRACK])):
            outline = [_fine((x + outward * a * r, y + b * r)) for a, b in arrow_outline(grow)]
            corners = np.array(outline, np.int32)
            self._cv2.fillPoly(canvas, [corners], bgr(colour), self._cv2.LINE_AA, FINE)

    def _target(self, canvas: Picture, at: XY, guess: bool) -> None:
        """An upright line through where the knee would be over the toes; broken for a guess."""
        r = self._radius
        thick = max(1.0, TARGET_STROKE * r)
        count, share = (10, 0.5) if guess else (1, 1.0)
        length = 2 * TARGET_HALF * r / count
        for k in range(count):
            top = at[1] - TARGET_HALF * r + k * length
            dash = [(at[0], top), (at[0], top + share * length)]
            self._line(canvas, dash, 2.6 * thick, DARK)
            self._line(canvas, dash, thick, SOFT if guess else WHITE)
        if not guess:
            self._circle(canvas, at, TARGET_DOT * r + 1, -1, DARK)
            self._circle(canvas, at, TARGET_DOT * r, -1, WHITE)

    # -- words -----------------------------------------------------------------------------------------

    def _label(self, canvas: Picture, mark: Mark, knee: XY) -> None:
        """The leg's name beside the ring, outside, and its deviation below."""
        cap = min(self._cap, 0.8 * self._radius)
        x = knee[0] + mark.outward * 1.35 * self._radius
        y = knee[1] + (1.9 if mark.verdict is Verdict.OFF_TRACK else 0.2) * self._radius
        align = 0.0 if mark.outward > 0 else 1.0
        self._say(canvas, mark.side, (x, y), cap, align)
        if mark.inside_deg is not None:
            self._say(canvas, f"{round(mark.inside_deg):+d}°", (x, y + 1.6 * cap), cap, align)

    def _words(self, canvas: Picture, moment: Moment) -> None:
        cap, margin = self._cap, 0.9 * self._cap
        self._shade(canvas, 0, round(cap + 2 * margin))
        foot, room = margin + cap, self._width - 2 * margin
        left_over = room - self._wide(moment.count, cap) - cap
        small = 0.72 * cap * min(1.0, max(0.5, left_over / self._wide(NOT_MIRRORED, 0.72 * cap)))
        self._say(canvas, moment.count, (margin, foot), cap)
        self._say(canvas, NOT_MIRRORED, (self._width - margin, foot), small, 1.0, SOFT)
        if not moment.why:
            return
        lines = self._wrapped(f"unknown: {moment.why}", small, room)
        height = round(margin + len(lines) * 1.7 * small + 0.4 * margin)
        self._shade(canvas, self._height - height, self._height)
        for k, line in enumerate(lines):
            y = self._height - height + margin + k * 1.7 * small + small
            self._say(canvas, line, (margin, y), small)

    def _shade(self, canvas: Picture, top: int, foot: int) -> None:
        strip = canvas[max(0, top) : foot]
        self._cv2.convertScaleAbs(strip, strip, 0.35)

    def _font(self, cap: float) -> tuple[int, float, int]:
        """OpenCV's name of the letters, their scale and stroke."""
        return self._cv2.FONT_HERSHEY_DUPLEX, cap / HERSHEY_CAP, max(1, round(cap / 13))

    def _wide(self, text: str, cap: float) -> float:
        plain = text.removesuffix("°")
        degree = 0.5 * cap if plain != text else 0.0
        return float(self._cv2.getTextSize(plain, *self._font(cap))[0][0]) + degree

    def _wrapped(self, text: str, cap: float, room: float) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._wide(longer, cap) <= room:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def _say(
        self, canvas: Picture, text: str, at: XY, cap: float, align: float = 0.0, colour: RGB = WHITE
    ) -> None:
        """A line with its left end (align 0) or right end (1) at `at`, kept inside the picture.

        These letters have no degree sign: one at the end is drawn.
        """
        wide = self._wide(text, cap)
        x = min(max(0.3 * cap, at[0] - align * wide), max(0.0, self._width - wide - 0.3 * cap))
        y = min(max(1.3 * cap, at[1]), self._height - 0.4 * cap)
        font, scale, stroke = self._font(cap)
        plain = text.removesuffix("°")
        ring = (x + wide - 0.28 * cap, y - 0.82 * cap)
        for grow, paint in ((2 * max(1, round(cap / 9)), DARK), (0, colour)):
            at_px = (round(x), round(y))
            line: Any = self._cv2.LINE_AA
            self._cv2.putText(canvas, plain, at_px, font, scale, bgr(paint), stroke + grow, line)
            if plain != text:
                self._circle(canvas, ring, 0.17 * cap, stroke + grow, paint)


def _fine(xy: XY) -> tuple[int, int]:
    """In OpenCV's fractions of a pixel; its pixel centres are whole numbers, ours lie between."""
    return round((xy[0] - 0.5) * 2**FINE), round((xy[1] - 0.5) * 2**FINE)
