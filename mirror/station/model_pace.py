"""Which network the eyes use: chosen on this machine at the first start, and changed with heat and pace.

Between people only: the knees' constants belong to the network, so nobody's set is ever judged by two. Opens
networks in a thread of its own. Knows nothing of frames, knees or screens.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from mirror.fitting.from_settings import engine
from mirror.pose import choice
from mirror.pose.catalog import AUTO, ModelEntry, find, sound_or_default
from mirror.pose.choice import Choice
from mirror.pose.pose_net import PoseNet
from mirror.service.heat import ModelStep
from mirror.service.throttling import Effort
from mirror.settings import Settings

log = logging.getLogger(__name__)

FIRST_ROUNDS = 6
"""Turns of each network at the first start: half a minute on the slowest board, a few seconds on others."""
REMEMBERED = 0.95
"""How much of the mean of a frame's time is what it was before this frame."""


class ModelPace(Protocol):
    """What the eyes ask. Both are called in the eyes thread only."""

    def begin(self, progress: Callable[[float], bool]) -> PoseNet | None:
        """Before the first frame: another network than the one at hand, or None. May take a while.

        progress: given the share that is done, 0..1; False when the mirror is to end.
        """

    def after(self, t: float, took_s: float, nobody: bool) -> PoseNet | None:
        """After each frame: the network to use from the next frame on, or None to go on with this one.

        t: the frame's time. took_s: how long it took. nobody: whether nobody is there.
        """


class Steady:
    """One network, for good."""

    def begin(self, progress: Callable[[float], bool]) -> PoseNet | None:
        return None

    def after(self, t: float, took_s: float, nobody: bool) -> PoseNet | None:
        return None


class Stepping:
    """Chooses at the first start, then steps along the choice's ladder.

    opens: makes a network ready, given its entry and threads. keep: where the choice is remembered.
    """

    def __init__(
        self,
        opens: Callable[[ModelEntry, int], PoseNet],
        effort: Callable[[], Effort],
        folder: Path,
        runtime: str = AUTO,
        chosen: Choice | None = None,
        threads: int = 0,
        wanted_per_s: float = choice.WANTED_PER_S,
        xnnpack: bool = True,
    ) -> None:
        """chosen: what was kept; None to choose at `begin`. threads: the person's, 0 for the choice's."""
        self._opens, self._effort = opens, effort
        self._folder, self._runtime, self._xnnpack = folder, runtime, xnnpack
        self._threads, self._wanted_per_s = threads, wanted_per_s
        self._chosen = chosen
        self._name = ""
        self._steps: ModelStep | None = None
        self._took_s: float | None = None
        self._loading: threading.Thread | None = None
        self._ready: PoseNet | None = None
        if chosen is not None:
            self._climb(chosen)

    def begin(self, progress: Callable[[float], bool]) -> PoseNet | None:
        if self._chosen is not None:
            return None
        log.info("model: timing the networks on this machine, once")
        if not progress(0.0):  # loading them takes a while, too
            return None
        # larger ones than the default would be no choice where it is fast enough, and none where it isn't
        models = [entry for entry in choice.candidates() if entry.card.get("time_to_default", 1.0) <= 1.0]
        threads = [self._threads] if self._threads else choice.thread_counts()
        ended = False

        def go_on(share: float) -> bool:
            nonlocal ended
            ended = not progress(share)
            return not ended

        how: dict[str, Any] = {"runtime": self._runtime, "xnnpack": self._xnnpack}
        timings = choice.bench(models, threads, rounds=FIRST_ROUNDS, progress=go_on, **how)
        if ended:  # too little was timed to remember
            return None
        chosen = choice.recommend(timings, models, self._wanted_per_s)
        log.info("model: %s, %s", chosen.model, chosen.why)
        try:
            choice.keep(self._folder, chosen, timings, choice.machine(**how))
        except OSError as error:
            log.warning("model: the choice cannot be kept in %s (%s)", self._folder, error.strerror)
        self._climb(chosen)
        return self._open(chosen.model)

    def after(self, t: float, took_s: float, nobody: bool) -> PoseNet | None:
        if self._steps is None or self._chosen is None:
            return None
        if not nobody:  # searching an empty picture takes several looks and tells nothing of the pace
            before = took_s if self._took_s is None else self._took_s
            self._took_s = REMEMBERED * before + (1 - REMEMBERED) * took_s
        per_s = 1.0 / self._took_s if self._took_s else None
        wanted = self._chosen.ladder[self._steps.update(t, self._effort(), per_s)]
        if wanted != self._name and self._loading is None:
            self._loading = threading.Thread(target=self._load, args=(wanted,), name="model", daemon=True)
            self._loading.start()
        if not nobody or self._ready is None:
            return None
        net, self._ready, self._loading, self._took_s = self._ready, None, None, None
        self._name = net.name
        log.info("model: %s from now on", net.name)
        return net

    def _climb(self, chosen: Choice) -> None:
        self._chosen, self._name = chosen, chosen.model
        self._steps = ModelStep(len(chosen.ladder), self._wanted_per_s)

    def _load(self, name: str) -> None:
        """In a thread of its own: the network, ready for when nobody is there."""
        try:
            self._ready = self._open(name)
        except Exception as fault:  # whatever it is, the network that runs goes on
            log.warning("model: %s cannot be used: %s", name, fault)  # and is not tried again

    def _open(self, name: str) -> PoseNet:
        threads = self._threads or (self._chosen.threads if self._chosen else 1)
        return self._opens(find(name), threads)


def pace_for(
    settings: Settings, *, live: bool, folder: Path, effort: Callable[[], Effort]
) -> tuple[PoseNet, ModelPace]:
    """The network to begin with, and what decides about it from then on.

    A model that a person named stays; "auto" on a live camera is what suits this machine, and elsewhere the
    default, so that a clip is judged alike everywhere. A named model whose file is missing or changed gives
    way to the default, with a warning. live: a camera. folder: where the choice is kept. Raises BadInput or
    PermanentFault when there is no network to begin with.
    """
    how = engine(settings)
    threads, runtime, xnnpack = how["threads"], how["runtime"], how["xnnpack"]

    def opens(entry: ModelEntry, count: int) -> PoseNet:
        return PoseNet(entry, threads=count, runtime=runtime, xnnpack=xnnpack)

    if settings.model.name != AUTO:
        entry, why = sound_or_default(settings.model.name)
        if why:
            log.warning("model: %s", why)
        return opens(entry, threads), Steady()
    if not live:
        return opens(find(AUTO), threads), Steady()
    kept = choice.kept(folder, choice.machine(runtime, xnnpack))
    stepping = Stepping(opens, effort, folder, runtime, kept, settings.model.threads, xnnpack=xnnpack)
    if kept is None:
        return opens(find(AUTO), threads), stepping
    return opens(find(kept.model), settings.model.threads or kept.threads), stepping
