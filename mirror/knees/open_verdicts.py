"""Repetitions that counted before anybody knew what to judge their knees by, kept until somebody does.

A repetition is told at once, and some are done before the legs were measured, before the toes were seen, or
on feet nobody ever sees, where the next repetition is the first to compare with. Their joints are kept, and
their verdicts come late. A verdict that was told is never taken back. Knows nothing of lights and words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mirror.knees.constants import KeypointConstants
from mirror.knees.deep_half import deep_half
from mirror.knees.foot_direction import FootDirection
from mirror.knees.motion import Motion, measured_since
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.knees.repetition import Standard, make_rep
from mirror.knees.shank import Shank
from mirror.knees.squat import Span
from mirror.knees.stance import Stance
from mirror.knees.unjudged import NO_FEET

MOST_KEPT = 12
"""Repetitions; the oldest stay unknown."""
ELSEWHERE_SHANKS = 0.15
"""Ankles this far from where the stance was measured stood on other feet, as when feet are placed anew."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """rep: as it was counted. motions: of its frames, with joints of their own. learned: the legs' own tracks
    know it already."""

    rep: Rep
    span: Span
    motions: tuple[Motion, ...]
    learned: bool


class OpenVerdicts:
    """One person's, in the order of their repetitions."""

    def __init__(self, constants: KeypointConstants) -> None:
        self._constants = constants
        self._kept: list[_Kept] = []

    def __bool__(self) -> bool:
        return bool(self._kept)

    def keep(self, rep: Rep, span: Span, motions: Sequence[Motion], *, learned: bool) -> None:
        """A repetition was told: motions hold all frames of span, and their joints are copied. Nothing is
        kept where all is known, or where something else than unknown feet is in the way."""
        if not any(_is_open(leg) for leg in (rep.left, rep.right)):
            return
        own = tuple(_with_own_joints(m) for m in motions if span.start_s <= m.t <= span.end_s)
        self._kept = [*self._kept, _Kept(rep, span, own, learned)][-MOST_KEPT:]

    def learn(self, stance: Stance, direction: FootDirection) -> None:
        """A stance is known on the feet that `direction` is of: repetitions done on them before it was say
        something about the legs' own tracks, too."""
        for i, one in enumerate(self._kept):
            if not one.learned and _stood_there(one, stance):
                now = self._measured(one, stance)
                direction.learn(deep_half(now.motions, now.span), now.span, stance)
                self._kept[i] = replace(now, learned=True)

    def judge(self, stance: Stance, standard: Standard) -> tuple[Rep, ...]:
        """The repetitions whose verdict was open and is known by this standard, which has the legs' own
        tracks. None is open afterwards: what was done on other feet stays unknown."""
        kept, self._kept = self._kept, []
        late = [self._judged(one, stance, standard) for one in kept if _stood_there(one, stance)]
        return tuple(rep for rep, one in late if (rep.left.verdict, rep.right.verdict) != _verdicts(one.rep))

    def _judged(self, one: _Kept, stance: Stance, standard: Standard) -> tuple[Rep, _Kept]:
        one = self._measured(one, stance)
        deep = deep_half(one.motions, one.span)
        counted = one.rep
        rep = make_rep(counted.n, one.span, one.motions, deep, standard, self._constants, stance=stance)
        left = rep.left if _is_open(counted.left) else counted.left
        right = rep.right if _is_open(counted.right) else counted.right
        return replace(rep, left=left, right=right, is_reference=counted.is_reference), one

    def _measured(self, one: _Kept, stance: Stance) -> _Kept:
        """Against the stance known now."""
        motions, span = measured_since(one.motions, one.span, stance, self._constants)
        return replace(one, motions=tuple(motions), span=span)


def _is_open(leg: RepLeg) -> bool:
    return leg.verdict is Verdict.UNKNOWN and leg.why is not None and leg.why.key in NO_FEET


def _verdicts(rep: Rep) -> tuple[Verdict, Verdict]:
    return rep.left.verdict, rep.right.verdict


def _with_own_joints(motion: Motion) -> Motion:
    """What the frame's buffer holds is overwritten before long."""
    shank = motion.shank
    own = Shank(shank.lateral.copy(), shank.up.copy(), shank.forward.copy(), shank.possible.copy())
    return replace(motion, p=motion.p.copy(), ankle=motion.ankle.copy(), shank=own, thigh=motion.thigh.copy())


def _stood_there(one: _Kept, stance: Stance) -> bool:
    seen = [motion.ankle for motion in one.motions if np.isfinite(motion.q)]
    if not seen:
        return False
    apart = np.linalg.norm(np.median(seen, axis=0) - stance.ankle, axis=-1)
    return bool((apart < ELSEWHERE_SHANKS * stance.shank).all())
