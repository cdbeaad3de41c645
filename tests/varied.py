"""Squats as people vary them, made of a recording's own joints: other tempos, tops, starts and places.

A variation plays stretches of a recording again at another pace, backwards where somebody goes back, and
moves the body where it steps aside. What the network trembles by keeps its own pace. Like simulate.py it must
not import how anything is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from mirror.camera.recording import Recording

Array = npt.NDArray[np.float64]
FPS = 30.0
TREMBLE_FRAMES = 5
"""A joint's place less its mean over so many frames is what the network trembles by."""
ASIDE, LIFTED, STEP_S = 0.05, 0.012, 0.8
"""A step aside and a lifted foot, in picture widths and heights, and how long both feet take."""


@dataclass(frozen=True)
class Stretch:
    """From from_s to to_s of the recording (backwards if earlier), shown in `seconds`."""

    from_s: float
    to_s: float
    seconds: float


@dataclass(frozen=True)
class Squat:
    """One repetition of a recording, seconds: begins down, lowest, up again. soft, softer: when the hips are
    8 and 15 % of its depth below the top, before and after."""

    start_s: float
    bottom_s: float
    end_s: float
    soft_s: tuple[float, float]
    softer_s: tuple[float, float]

    def at(self, share: float) -> float:
        """A moment on the way down (0 top to 1 bottom) or, from 1 to 2, on the way up again."""
        if share <= 1.0:
            return self.start_s + share * (self.bottom_s - self.start_s)
        return self.bottom_s + (share - 1.0) * (self.end_s - self.bottom_s)

    def down(self, seconds: float) -> Stretch:
        return Stretch(self.start_s, self.bottom_s, seconds)

    def hold(self, seconds: float) -> Stretch:
        return Stretch(self.bottom_s, self.bottom_s + 0.02, seconds)

    def up(self, seconds: float) -> Stretch:
        return Stretch(self.bottom_s, self.end_s, seconds)


@dataclass(frozen=True)
class Varied:
    """A variation: what is seen, and how many repetitions are in it.

    low_first: somebody gets up from the bottom first, which may count as one more.
    """

    recording: Recording
    reps: int
    low_first: bool = False

    def right(self, counted: int) -> bool:
        """Whether so many are right."""
        return counted == self.reps or (self.low_first and counted == self.reps + 1)


def squats_of(recording: Recording, bottoms_s: Sequence[float]) -> list[Squat]:
    """The repetitions of a recording whose bottoms are known, by how high its hips are over its ankles."""
    high = recording.keypoints[:, 15:17, 0].mean(1) - recording.keypoints[:, 11:13, 0].mean(1)
    high = np.convolve(np.pad(high, 3, mode="edge"), np.full(7, 1 / 7), "valid")
    edges = [0.0, *((a + b) / 2 for a, b in pairwise(bottoms_s)), recording.t[-1]]
    return [_squat(recording.t, high, bottom, edges[n], edges[n + 1]) for n, bottom in enumerate(bottoms_s)]


def _squat(t: Array, high: Array, bottom_s: float, since_s: float, until_s: float) -> Squat:
    low = high[(t > bottom_s - 0.3) & (t < bottom_s + 0.3)].min()

    def crossed(share: float) -> tuple[float, float]:
        """When the hips leave, and are back, within a share of the depth below the top of that side."""
        sides = []
        for side, last in (((t >= since_s) & (t < bottom_s), -1), ((t > bottom_s) & (t <= until_s), 0)):
            top = np.percentile(high[side], 90)
            sides.append(float(t[side][(top - high[side]) / (top - low) < share][last]))
        return sides[0], sides[1]

    start_s, end_s = crossed(0.02)
    return Squat(start_s, bottom_s, end_s, crossed(0.08), crossed(0.15))


def played(recording: Recording, stretches: Sequence[Stretch]) -> Recording:
    """The recording's stretches one after the other, at their own pace. Its feet stand where they stood."""
    times = np.concatenate([_times(one) for one in stretches])
    frames = np.interp(times, recording.t, np.arange(len(recording.t)))
    smooth = _smooth(recording.keypoints.astype(np.float64))
    tremble = recording.keypoints - smooth
    low = np.floor(frames).astype(int)
    high, part = np.minimum(low + 1, len(smooth) - 1), (frames - low)[:, None, None]
    keypoints = smooth[low] * (1 - part) + smooth[high] * part
    keypoints[..., :2] += tremble[np.arange(len(times)) % len(tremble), :, :2]
    tips = recording.toes if recording.toes_each is None else recording.toes_each[0]
    return replace(
        recording,
        t=np.arange(len(times)) / FPS,
        keypoints=np.clip(keypoints, -0.9, 1.9).astype(np.float32),
        toes=tips,
        toes_t=None,
        toes_each=None,
    )


def _times(stretch: Stretch) -> Array:
    n = max(1, round(stretch.seconds * FPS))
    return np.linspace(stretch.from_s, stretch.to_s, n, endpoint=False)


def _smooth(keypoints: Array) -> Array:
    half = TREMBLE_FRAMES // 2
    padded = np.pad(keypoints, ((half, half), (0, 0), (0, 0)), mode="edge")
    summed = np.cumsum(np.concatenate([np.zeros((1, *keypoints.shape[1:])), padded]), axis=0)
    return np.asarray((summed[TREMBLE_FRAMES:] - summed[:-TREMBLE_FRAMES]) / TREMBLE_FRAMES)


# -- the variations ----------------------------------------------------------------------------------------


def _stood(squats: Sequence[Squat], seconds: float) -> Stretch:
    """Standing before the first repetition."""
    return Stretch(max(0.0, squats[0].start_s - seconds), squats[0].start_s, seconds)


def _rest(squat: Squat, seconds: float) -> Stretch:
    """Standing after a repetition, for as long as asked; there and no further."""
    return Stretch(squat.end_s, squat.end_s + 0.25, seconds)


Of = Callable[[Squat], Sequence[Stretch]]


def _each(of: Of, *, stood_s: float = 1.0, rest_s: float = 0.6) -> Callable[[Recording, list[Squat]], Varied]:
    """Every repetition shown in the same way, after standing for stood_s and with rest_s between."""

    def made(recording: Recording, squats: list[Squat]) -> Varied:
        stretches = [_stood(squats, stood_s)] if stood_s else []
        for squat in squats:
            stretches += of(squat)
            stretches += [_rest(squat, rest_s)] if rest_s else []
        return Varied(played(recording, [*stretches, _rest(squats[-1], 0.6)]), len(squats))

    return made


def _tempo(down_s: float, hold_s: float, up_s: float, rest_s: float = 0.6) -> Callable[..., Varied]:
    """Seconds down, held, up and standing."""

    def of(squat: Squat) -> list[Stretch]:
        return [squat.down(down_s), *([squat.hold(hold_s)] if hold_s else []), squat.up(up_s)]

    return _each(of, rest_s=rest_s)


def _soft(which: str, pace: float = 1.0) -> Callable[..., Varied]:
    """Knees never quite straight between repetitions."""

    def made(recording: Recording, squats: list[Squat]) -> Varied:
        stretches = [_stood(squats, 1.0)]
        for n, squat in enumerate(squats):
            low, high = getattr(squat, which)
            begin = squat.start_s if n == 0 else low
            end = squat.end_s if n == len(squats) - 1 else high
            stretches.append(Stretch(begin, end, (end - begin) / pace))
        return Varied(played(recording, [*stretches, _rest(squats[-1], 0.6)]), len(squats))

    return made


def _pulses(squat: Squat) -> list[Stretch]:
    up, low = squat.at(1.45), squat.bottom_s  # a quarter of the way up, and down again, twice
    again = [Stretch(low, up, 0.5), Stretch(up, low, 0.5)]
    return [squat.down(1.1), *again, *again, squat.up(1.0)]


def _one_and_a_half(squat: Squat) -> list[Stretch]:
    half, low = squat.at(1.55), squat.bottom_s
    return [squat.down(1.1), Stretch(low, half, 0.7), Stretch(half, low, 0.7), squat.up(1.0)]


def _stops_on_the_way(down: float | None, up: float | None) -> Of:
    def of(squat: Squat) -> list[Stretch]:
        stretches = []
        for share, begin, end in ((down, squat.start_s, squat.bottom_s), (up, squat.bottom_s, squat.end_s)):
            if share is None:
                stretches.append(Stretch(begin, end, end - begin))
                continue
            at = begin + share * (end - begin)
            stretches += [Stretch(begin, at, at - begin), Stretch(at, at + 0.02, 1.2)]
            stretches.append(Stretch(at, end, end - at))
        return stretches

    return of


def _rest_of(recording: Recording, since_s: float) -> Recording:
    return played(recording, [Stretch(since_s, recording.t[-1], recording.t[-1] - since_s)])


def _from_the_start_of(n: int, share: float) -> Callable[..., Varied]:
    """The recording from a moment of its nth repetition (0: begins down, 1: lowest)."""

    def made(recording: Recording, squats: list[Squat]) -> Varied:
        whole = len(squats) - n - (share > 0)
        return Varied(_rest_of(recording, squats[n].at(share)), whole, low_first=share > 0)

    return made


def _waits_low(recording: Recording, squats: list[Squat]) -> Varied:
    first = squats[0]
    later = Stretch(first.bottom_s, recording.t[-1], recording.t[-1] - first.bottom_s)
    return Varied(played(recording, [first.hold(2.0), later]), len(squats) - 1, low_first=True)


def _cut_low(recording: Recording, squats: list[Squat]) -> Varied:
    end = squats[-1].at(1.3)
    return Varied(played(recording, [Stretch(0.0, end, end)]), len(squats) - 1)


def _moved(recording: Recording, squats: list[Squat], places: Sequence[tuple[float, float]]) -> Varied:
    """(aside in picture widths, size) of the body from each repetition on, feet lifted in between."""
    shown = played(recording, [Stretch(0.0, recording.t[-1], recording.t[-1])])
    keypoints, t = shown.keypoints.astype(np.float64), shown.t
    ground = np.array([keypoints[:10, 15:17, 0].mean(), 0.5])
    aside, size = np.full(len(t), places[0][0]), np.full(len(t), places[0][1])
    for before, after, place in zip(squats, squats[1:], places[1:], strict=False):
        middle = (before.end_s + after.start_s) / 2
        share = np.clip((t - middle) / STEP_S + 0.5, 0.0, 1.0)
        aside += share * (place[0] - aside)
        size += share * (place[1] - size)
        for ankle, first in ((15, 0.0), (16, 0.5)):
            keypoints[:, ankle, 0] -= LIFTED * np.sin(np.pi * np.clip(2.0 * (share - first), 0.0, 1.0))
    keypoints[..., :2] = ground + (keypoints[..., :2] - ground) * size[:, None, None]
    keypoints[..., 1] += aside[:, None]
    assert shown.toes is not None
    tops = [squats[0].start_s - 0.1, *(squat.end_s + 0.45 for squat in squats[:-1])]
    tips = [ground + (shown.toes - ground) * place[1] + [0.0, place[0]] for place in places[: len(tops)]]
    return Varied(
        replace(
            shown,
            keypoints=keypoints.astype(np.float32),
            toes=None,
            toes_t=np.array(tops),
            toes_each=np.array(tips, np.float32),
        ),
        len(squats),
    )


def _aside(recording: Recording, squats: list[Squat]) -> Varied:
    return _moved(recording, squats, [((n % 2) * ASIDE, 1.0) for n in range(len(squats))])


def _nearer_and_farther(recording: Recording, squats: list[Squat]) -> Varied:
    return _moved(recording, squats, [(0.0, (1.0, 0.93, 1.05)[n % 3]) for n in range(len(squats))])


VARIATIONS: dict[str, tuple[str, Callable[[Recording, list[Squat]], Varied]]] = {
    "tempo 5-2-2": ("m_avg-parallel-left", _tempo(5.0, 2.0, 2.0)),
    "tempo 3-1-3": ("f_short-high-good", _tempo(3.0, 1.0, 3.0)),
    "five seconds down, five up": ("m_heavy-parallel-good", _tempo(5.0, 0.0, 5.0)),
    "twenty seconds each": ("m_tall-parallel-both", _tempo(9.0, 2.0, 9.0)),
    "fast": ("f_heavy-parallel-ascent", _tempo(0.6, 0.0, 0.5, 0.3)),
    "fast, from a high start": ("f_short-high-good", _tempo(0.6, 0.05, 0.5, 0.35)),
    "held low for four seconds": ("m_avg-parallel-barbell", _tempo(1.2, 4.0, 1.0)),
    "slow down, quickly up": ("f_short-parallel-right", _tempo(4.0, 0.0, 0.6)),
    "quickly down, slowly up": ("m_heavy-parallel-good", _tempo(0.6, 0.3, 4.0)),
    "six seconds of rest": ("m_tall-parallel-both", _tempo(1.3, 0.2, 1.2, 6.0)),
    "no rest at all": ("f_short-parallel-right", _tempo(1.1, 0.1, 1.0, 0.0)),
    "soft tops": ("m_avg-parallel-left", _soft("soft_s")),
    "softer tops": ("m_heavy-parallel-good", _soft("softer_s")),
    "soft tops, fast": ("f_heavy-parallel-ascent", _soft("soft_s", pace=1.5)),
    "pulses at the bottom": ("f_short-high-good", _each(_pulses)),
    "one and a half": ("m_avg-parallel-left", _each(_one_and_a_half)),
    "stops half-way down": ("m_tall-parallel-both", _each(_stops_on_the_way(0.5, None))),
    "stops half-way up": ("f_short-parallel-right", _each(_stops_on_the_way(None, 0.5))),
    "begins with the first repetition": ("f_heavy-parallel-ascent", _from_the_start_of(0, 0.0)),
    "begins at the bottom": ("m_avg-parallel-left", _from_the_start_of(0, 1.0)),
    "waits at the bottom, then five": ("f_short-high-good", _waits_low),
    "cut on the way up": ("m_avg-parallel-barbell", _cut_low),
    "steps aside between repetitions": ("m_heavy-parallel-good", _aside),
    "steps nearer and farther": ("m_avg-parallel-left", _nearer_and_farther),
}
"""What it is called: the recording it is made of, and how."""


def varied(name: str, recording: Recording, bottoms_s: Sequence[float]) -> Varied:
    """The variation of that name, of the recording it belongs to."""
    return VARIATIONS[name][1](recording, squats_of(recording, bottoms_s))


def without_standing_first(recording: Recording, bottoms_s: Sequence[float]) -> Recording:
    """The recording from the moment its first repetition begins; its feet stand where they stood."""
    return _rest_of(recording, squats_of(recording, bottoms_s)[0].start_s)
