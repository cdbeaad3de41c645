"""A leg's own track: how far inside its toes a knee goes when this person squats well, and what is left to
believe of that.

Bodies differ: deep in a good squat one knee is 9 degrees inside its toes and another 6 outside, and what is
wrong with toe tips adds to it. So a verdict asks how far a repetition is inside the track this leg takes: its
zero, which nobody knows and every repetition on the same feet says something about. The argument and the
measurements are in docs/research/own_track.md. Knows numbers, and nobody's joints.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mirror.knees.optics import F64

ZEROS: F64 = np.arange(-60, 90) / 2.0
"""Degrees a leg's zero may have: + inside the toes."""
CAVES: F64 = np.arange(3, 40).astype(np.float64)
"""Degrees a knee may be off its track by."""
LINE: F64 = np.arange(-60 - 80, 90 + 80) / 2.0
"""Degrees where a knee may be, on its track or off it."""
CAVED, OUT = (80 + np.arange(len(ZEROS))[:, None] + side * 2 * CAVES.astype(int) for side in (1, -1))
"""Which of them is each zero (Z, 1) with each cave (C,) added, or taken off."""
CLEAN_SHARES = ((0.95, 0.35), (0.7, 0.2), (0.4, 0.2), (0.1, 0.25))
"""How many repetitions of a set are clean, and how readily that is believed."""
CAVE_SIZE, OUT_SIZE, OUT_SHARE = 8.0, 4.0, 0.1
"""Usual degrees of caves and of knees pushed out, falling off exponentially; and the share of the latter."""
ALIKE, ALIKE_SD, ODD = 0.2, 2.5, 0.1
"""How readily all caves of a set are taken for equal ones, but for a share that resembles nothing."""
LEVER = 0.55
"""Degrees of deviation for a degree of foot direction, deep in a squat."""
NEXT = (3.0, 5.0, 7.0, 9.0, 12.0, 16.0, 22.0)
"""Degrees inside the believed zero at which a repetition under way is tried."""
NEVER = 90.0
"""Degrees nobody's knee is inside."""
LEAST_LEFT = 1e-100
"""No zero is ruled out so far that both legs and what was believed before no longer multiply to a number."""
LEAST_LIKELY = 1e-6
"""Nothing a single repetition shows rules a zero out altogether."""


@dataclass(frozen=True, slots=True)
class People:
    """What is known of knees before one is seen, degrees.

    mean: of a leg's zero. body: sd both legs of a person share. own: sd of each leg. rep: sd of clean
    repetitions around the zero. reference: sd of a zero around what its reference repetition shows.
    """

    mean: float = 3.3
    body: float = 4.5
    own: float = 1.4
    rep: float = 2.0
    reference: float = 3.0


PEOPLE = People()


@dataclass(frozen=True, slots=True)
class Expected:
    """What is believed of the zeros of [left, right] before the repetitions: mean (2,), covariance (2, 2)."""

    mean: F64
    cov: F64


def of_anybody(foot_sd_deg: F64, people: People = PEOPLE) -> Expected:
    """Of somebody nobody has seen yet. foot_sd_deg: (2,) how well each foot's direction is known."""
    toes = LEVER * np.asarray(foot_sd_deg, np.float64)
    cov = np.full((2, 2), people.body**2) + np.diag(people.own**2 + toes**2)
    return Expected(np.full(2, people.mean), cov)


def of_reference(shown: F64, before: Expected, people: People = PEOPLE) -> Expected:
    """Of somebody whose reference, on these feet, showed these deviations: (2,), NaN where unknown."""
    known = np.isfinite(shown)
    mean = np.where(known, shown, before.mean)
    cov = np.where(np.eye(2, dtype=bool), np.where(known, people.reference**2, np.diag(before.cov)), 0.0)
    return Expected(mean, cov)


@dataclass(frozen=True, slots=True)
class OwnTracks:
    """What is left to believe of both zeros: share (2, Z) of `ZEROS`, [left, right]."""

    share: F64

    @property
    def zero_deg(self) -> F64:
        """(2,) the zeros, as far as anybody knows."""
        return np.asarray(self.share @ ZEROS)

    @property
    def sd_deg(self) -> F64:
        """(2,) how well."""
        return np.asarray(np.sqrt(np.maximum(self.share @ ZEROS**2 - self.zero_deg**2, 0.0)))

    def sure_of(self, leg: int, shown_deg: float, more_than_deg: float) -> float:
        """How likely the knee was more than so much inside its own track."""
        return float(self.share[leg, shown_deg - ZEROS > more_than_deg].sum())

    def limit_deg(self, leg: int, more_than_deg: float, sure: float) -> float:
        """The deviation from which on that is so sure."""
        below = np.cumsum(self.share[leg])
        zero = float(np.interp(min(sure, below[-1]), below, ZEROS))
        return zero + more_than_deg


def of_same_person(elsewhere: OwnTracks, foot_sd_deg: F64, people: People = PEOPLE) -> Expected:
    """Of somebody who squatted on other feet before: the body's share of their zeros stays, what was wrong
    with the toes is new.

    elsewhere: what is believed of those. foot_sd_deg: (2,) of the feet they stand on now.
    """
    toes = np.diag((LEVER * np.asarray(foot_sd_deg, np.float64)) ** 2)
    body = np.full((2, 2), people.body**2) + np.eye(2) * people.own**2
    gain = body @ np.linalg.inv(body + toes)
    left = body - gain @ body + gain @ np.diag(elsewhere.sd_deg**2) @ gain.T
    return Expected(people.mean + gain @ (elsewhere.zero_deg - people.mean), left + toes)


def expected(foot_sd_deg: F64, reference: F64 | None = None, elsewhere: OwnTracks | None = None) -> Expected:
    """What is believed of both zeros before the repetitions on some feet.

    foot_sd_deg: (2,) how well their directions are known. reference: (2,) what a reference repetition on them
    showed, degrees, or None. elsewhere: what is believed of the same person on other feet.
    """
    before = of_anybody(foot_sd_deg) if elsewhere is None else of_same_person(elsewhere, foot_sd_deg)
    return before if reference is None else of_reference(reference, before)


def believe(shown: F64, expected: Expected, people: People = PEOPLE) -> OwnTracks:
    """Both zeros, given what the repetitions on these feet showed.

    Parameters
    ----------
    shown : (R, 2) degrees [left, right] of every repetition, + inside; NaN where a leg was not seen.
    expected : what is believed before.

    Notes
    -----
    Every repetition is clean, N(m; z, rep), or it caves by some c, N(m; z + c, 1.5 rep), more rarely it goes
    outside; how many of a set are clean is unknown, and its caves are of any sizes or all alike. On a grid of
    both zeros, with a normal belief before.
    """
    left, right = (_likely(leg, people) for leg in _legs(shown))
    return _weighed(left, right, _before(expected))


def _legs(shown: F64) -> F64:
    """(2, R) of (R, 2)."""
    return np.asarray(shown, np.float64).reshape(-1, 2).T


def _before(expected: Expected) -> F64:
    """(Z, Z) how likely both zeros are before anything was shown, to a factor."""
    left, right = (ZEROS - mean for mean in expected.mean)
    (a, b), (_, c) = np.linalg.inv(expected.cov)
    return np.asarray(np.exp(-(a * left[:, None] ** 2 + 2 * b * left[:, None] * right + c * right**2) / 2))


def _weighed(left: F64, right: F64, before: F64) -> OwnTracks:
    """left, right: (Z,) how likely what was shown is by either zero, to a factor. before: (Z, Z)."""
    share = np.stack([left * (before @ right), right * (left @ before)])
    return OwnTracks(share / share.sum(1, keepdims=True))


def limits_of_next(
    shown: F64, expected: Expected, asked: Sequence[tuple[float, float]], people: People = PEOPLE
) -> F64:
    """From which deviation on the repetition under way would be so far inside, once it counts as well.

    Parameters
    ----------
    shown, expected : as for `believe`.
    asked : pairs of more than how many degrees, and how sure.

    Returns
    -------
    (A, 2, 2) degrees for each pair: where the other leg is on its own track, and where it is as far inside,
    which is when a repetition is most easily somebody's own track; legs [left, right]. NEVER where it could
    not be told.
    """
    deviations = tuple(map(tuple, np.round(shown, 1).tolist()))
    before = (tuple(np.round(expected.mean, 1).tolist()), tuple(np.round(expected.cov).ravel().tolist()))
    return _limits_of_next(deviations, before, tuple(asked), people)


@lru_cache(maxsize=32)
def _limits_of_next(
    deviations: tuple[tuple[float, ...], ...],
    before: tuple[tuple[float, ...], tuple[float, ...]],
    asked: tuple[tuple[float, float], ...],
    people: People,
) -> F64:
    """Kept for who stands there and is measured ever better, which changes nothing by a tenth of a degree."""
    shown = _legs(np.array(deviations, np.float64))
    expected = _before(Expected(np.array(before[0]), np.array(before[1]).reshape(2, 2)))
    left, right = (_likely(leg, people) for leg in shown)
    zero = _weighed(left, right, expected).zero_deg

    def with_next(leg: int, inside: float) -> F64:
        """(Z,) of this leg, had the repetition under way been so far inside."""
        return _likely(np.append(shown[leg], zero[leg] + inside), people)

    good = [with_next(leg, 0.0) for leg in (0, 1)]
    sure = np.zeros((len(asked), 2, 2, len(NEXT)))
    for i, inside in enumerate(NEXT):
        left, right = (with_next(leg, inside) for leg in (0, 1))
        both = _weighed(left, right, expected)
        for leg, alone in enumerate((_weighed(left, good[1], expected), _weighed(good[0], right, expected))):
            for k, (degrees, _) in enumerate(asked):
                at = zero[leg] + inside
                sure[k, :, leg, i] = alone.sure_of(leg, at, degrees), both.sure_of(leg, at, degrees)
    levels = [level for _, level in asked]
    found = [
        [[_crossing(leg, level) for leg in how] for how in one]
        for one, level in zip(sure, levels, strict=True)
    ]
    return np.asarray(np.minimum(zero + np.array(found), NEVER))


def _crossing(sure: F64, level: float) -> float:
    """The first of NEXT from which on it is as sure as that."""
    rising = np.minimum.accumulate(sure[::-1])[::-1]
    return NEVER if rising[-1] < level else float(np.interp(level, rising, NEXT))


def _likely(shown: F64, people: People) -> F64:
    """(Z,) how likely one leg's repetitions (R,) are by every zero, 1 at most; NaN was not seen."""
    believed = np.array([share for _, share in CLEAN_SHARES])
    each: F64 = np.ones((len(believed), len(ZEROS)))
    alike: F64 = np.ones((len(believed), len(ZEROS), len(CAVES)))
    log = math.log(1 - ALIKE), math.log(ALIKE)
    for one in shown[np.isfinite(shown)].tolist():
        of_any_size, of_one_size = _of_repetition(one, people)
        each, more = _scaled(each * of_any_size)
        alike, most = _scaled(alike * of_one_size)
        log = log[0] + more, log[1] + most
    sizes = believed @ each, believed @ (alike @ _sizes(CAVE_SIZE))
    either = [size * math.exp(one - max(log)) for size, one in zip(sizes, log, strict=True)]
    return np.asarray(np.maximum(_scaled(either[0] + either[1])[0], LEAST_LEFT))


def _scaled(likely: F64) -> tuple[F64, float]:
    """The same with 1 as the largest, and the logarithm of what it was: products of many would vanish."""
    most = float(likely.max())
    return likely / most, math.log(most)


@lru_cache(maxsize=32)
def _of_repetition(shown_deg: float, people: People) -> tuple[F64, npt.NDArray[np.float32]]:
    """How likely one repetition of a leg is by every zero: (S, Z) where a set's caves are of any sizes,
    (S, Z, C) where all are of one; S shares of a set that are clean. Kept: it is asked again with every
    further repetition."""
    clean, other = _normal(shown_deg - ZEROS, people.rep), _off_track(shown_deg, people)
    equal = _normal(shown_deg - LINE, ALIKE_SD)[CAVED]
    share = np.array([clean_share for clean_share, _ in CLEAN_SHARES])[:, None]
    each = share * clean + (1 - share) * other + LEAST_LIKELY
    share = share[..., None]
    mixed = (1 - ODD) * (share * clean[:, None] + (1 - share) * equal) + ODD * other[:, None]
    return each, (mixed + LEAST_LIKELY).astype(np.float32)  # 90 kB, 3 MB for as many as are kept


def _off_track(shown_deg: float, people: People) -> F64:
    """(Z,) density of repetitions off the zero, each by an amount of its own."""
    density = _normal(shown_deg - LINE, 1.5 * people.rep)
    inside, outside = density[CAVED] @ _sizes(CAVE_SIZE), density[OUT] @ _sizes(OUT_SIZE)
    return np.asarray((1 - OUT_SHARE) * inside + OUT_SHARE * outside)


def _sizes(usual: float) -> F64:
    sizes = np.exp(-CAVES / usual)
    return np.asarray(sizes / sizes.sum())


def _normal(x: F64, sd: float) -> F64:
    return np.asarray(np.exp(-0.5 * (x / sd) ** 2) / (sd * math.sqrt(2 * math.pi)))
