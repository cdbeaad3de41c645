"""What a set's repetitions, taken together, say about where the feet point.

Toe tips are wrong by a constant of the person; repetitions of one person differ by far less, so the clean
ones among them show that constant. Which of them are clean nobody says: a leg that caves in every repetition
must not be learned as clean, so the toes decide where all are alike. Knows nothing of single frames.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from mirror.knees.azimuth import ONE_SOURCE_SD, Azimuth
from mirror.knees.optics import F64
from mirror.knees.shank import Shank

# All of these in degrees; docs/decisions.md has the measurements.
TOES_BOTH_SD, TOES_OWN_SD = 3.5, 3.5
"""Error of the toes' directions that both feet share, and each foot's own."""
ODD_TOES, ODD_TOES_TIMES = 0.1, 2.5
"""One person in ten has toes that are seen this many times worse."""
TOE_OUT, TOE_OUT_SD = 17.0, 9.0
"""How far people who squat turn their feet out: the mean of both feet, and half the difference."""
CLEAN_SD, CLEAN_HALVES_SD = 1.5, 1.3
"""Deviation of clean repetitions, and difference between their descent and their ascent."""
CAVE_SD, CAVE_HALVES_SD = 2.5, 2.0
"""The same for repetitions that cave alike, about what they have in common..."""
CAVES: F64 = np.concatenate([np.arange(-10.0, -3.0), np.arange(4.0, 19.0)])
"""...which is one of these, + inward."""
INWARD = 0.9
"""Share of knees out of line that are inside."""
ODD_FROM, ODD_TO, ODD_HALVES_SD = -15.0, 25.0, 5.0
"""Repetitions that resemble no other lie anywhere between these."""
CLEAN_SHARES = (1.0, 0.75, 0.5, 0.25)
ALL_CAVE = 0.5
"""How readily a leg is believed to cave in every repetition, as unlike as caves are or as alike as clean
ones: so that many equal caves are no more likely clean than few."""
ODD, ODD_IF_ALL_CAVE = 0.15, 0.03
"""Share of repetitions that resemble no other. A leg that always caves does so alike; where its repetitions
differ, the best of them are the clean ones."""

FEWEST = 2
"""Fewer repetitions than this have nothing to agree on."""
LEAST_F = 0.25
"""Knees less far forward than this (shank lengths) show no direction."""
LEAST_FRAMES = 4
ERRORS: F64 = np.arange(-18, 19).astype(np.float64)
"""Errors of the toes' directions that are weighed, one foot against the other."""


@dataclass(frozen=True, slots=True)
class Halves:
    """What one repetition shows of the feet, (2, 2): legs [left, right], [descent, ascent]; NaN where unseen.

    azimuth: degrees, the direction in which the knee would have deviated by nothing. lever: degrees of
    deviation for each degree of azimuth.
    """

    azimuth: F64
    lever: F64


def halves(t: F64, shank: Shank, bottom_s: float) -> Halves:
    """One repetition: t (T,), shank (T, 2) whose `possible` says where the leg may be judged."""
    azimuth, lever = np.full((2, 2), np.nan), np.full((2, 2), np.nan)
    for leg in (0, 1):
        shows = shank.possible[:, leg] & (shank.forward[:, leg] > LEAST_F)
        for half, then in enumerate((t <= bottom_s, t > bottom_s)):
            X, F = shank.lateral[shows & then, leg], shank.forward[shows & then, leg]
            if len(F) >= LEAST_FRAMES:
                azimuth[leg, half] = math.degrees(math.atan2(float((X * F).sum()), float((F * F).sum())))
                lever[leg, half] = math.sqrt(float((X * X + F * F).mean()))
    return Halves(azimuth, lever)


def agree(toes: Azimuth, squats: Collection[Halves]) -> Azimuth:
    """The feet's directions from the toes seen and from all repetitions done on these feet, in any order.

    The median of what is left to believe about the toes' errors, once each has been weighed by how well the
    repetitions then make sense (Bayes over a grid of both feet's errors). One foot alone has nothing to agree
    with.
    """
    seen = np.degrees(toes.value)
    if np.isnan(seen).any():
        return toes
    belief = _before(seen, toes.sd / ONE_SOURCE_SD)
    if len(squats) >= FEWEST:
        left, right = (_sense(seen[leg] + ERRORS, leg, squats) for leg in (0, 1))
        belief = belief + left[:, None] + right[None, :]
    share = np.exp(belief - belief.max())
    found = [_median_and_sd(share.sum(other)) for other in (1, 0)]
    value = toes.value + np.radians([median for median, _ in found])
    return replace(toes, value=value, sd=np.minimum(toes.sd, np.radians([sd for _, sd in found])))


def _before(seen: F64, times: F64) -> F64:
    """(E, E) log belief in the errors of [left, right] before any repetition. times: (2,) on the toes' sd."""
    left, right = np.meshgrid(ERRORS / times[0], ERRORS / times[1], indexing="ij")
    half = TOES_OWN_SD**2 / 2
    miss = ((left + right) / 2) ** 2 / (TOES_BOTH_SD**2 + half) + ((left - right) / 2) ** 2 / half
    wide = ODD_TOES_TIMES**2
    usual = math.log(1 - ODD_TOES) - miss / 2
    odd = math.log(ODD_TOES / wide) - miss / (2 * wide)
    feet_left, feet_right = np.meshgrid(seen[0] + ERRORS, seen[1] + ERRORS, indexing="ij")
    out, twist = (feet_left + feet_right) / 2 - TOE_OUT, (feet_left - feet_right) / 2
    return np.asarray(np.logaddexp(usual, odd) - (out**2 + twist**2) / (2 * TOE_OUT_SD**2))


def _sense(azimuth: F64, leg: int, squats: Collection[Halves]) -> F64:
    """(E,) log likelihood of one leg's repetitions if its foot pointed to each azimuth (E,), degrees."""
    rows = [(s.azimuth[leg], s.lever[leg]) for s in squats if not np.isnan(s.azimuth[leg]).all()]
    if not rows:
        return np.zeros(len(azimuth))
    shown, lever = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    each = lever * (azimuth[:, None, None] - shown)  # (E, repetition, half) deviations
    descent, ascent = (np.where(np.isnan(one), other, one) for one, other in _both_ways(each))
    mean, apart = (descent + ascent) / 2, descent - ascent
    clean = _normal(mean, CLEAN_SD) * _normal(apart, CLEAN_HALVES_SD)
    cave = _normal(mean[..., None] - CAVES, CAVE_SD) * _normal(apart, CAVE_HALVES_SD)[..., None]
    alike = _normal(mean[..., None] - CAVES, CLEAN_SD) * _normal(apart, CLEAN_HALVES_SD)[..., None]
    odd = _anywhere(mean) * _normal(apart, ODD_HALVES_SD)
    some = [
        _together(ODD, share * clean[..., None] + (1 - share) * cave, odd, (1 - ALL_CAVE) / len(CLEAN_SHARES))
        for share in CLEAN_SHARES
    ]
    every = [_together(ODD_IF_ALL_CAVE, one, odd, ALL_CAVE / 2) for one in (cave, alike)]
    return np.asarray(np.logaddexp.reduce(some + every))


def _both_ways(each: F64) -> tuple[tuple[F64, F64], tuple[F64, F64]]:
    descent, ascent = each[..., 0], each[..., 1]
    return (descent, ascent), (ascent, descent)


def _together(unlike: float, one: F64, odd: F64, believed: float) -> F64:
    """(E,) log of all repetitions, over every common cave: one (E, R, C), odd (E, R)."""
    inward = CAVES > 0
    caves = np.log(np.where(inward, INWARD / inward.sum(), (1 - INWARD) / (~inward).sum()))
    each = np.log((1 - unlike) * one + unlike * odd[..., None])
    return np.asarray(np.logaddexp.reduce(each.sum(1) + caves, axis=1) + math.log(believed))


def _anywhere(mean: F64) -> F64:
    inside = INWARD / ODD_TO * (mean >= 0) * (mean < ODD_TO)
    outside = (1 - INWARD) / -ODD_FROM * (mean < 0) * (mean > ODD_FROM)
    return np.asarray(inside + outside + 1e-4)


def _normal(x: F64, sd: float) -> F64:
    return np.asarray(np.exp(-0.5 * (x / sd) ** 2) / (sd * math.sqrt(2 * math.pi)))


def _median_and_sd(share: F64) -> tuple[float, float]:
    """Of the errors, weighed by share (E,)."""
    share = share / share.sum()
    middle = float(np.interp(0.5, np.cumsum(share) - share / 2, ERRORS))
    mean = float((share * ERRORS).sum())
    return middle, math.sqrt(float((share * (ERRORS - mean) ** 2).sum()))
