"""Causal filters that go by time, never by frame count. Each holds the state of one signal."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from mirror.knees.optics import F64


class Exponential:
    """Exponential smoothing with time constant tau_s; NaN is passed on and leaves the state alone."""

    def __init__(self, tau_s: float) -> None:
        self._tau_s = tau_s
        self.reset()

    def reset(self) -> None:
        self._value = math.nan
        self._t = -math.inf

    @property
    def value(self) -> float:
        """What it is by now; NaN before the first value."""
        return self._value

    def __call__(self, t: float, x: float) -> float:
        if math.isnan(x):
            return x
        if math.isnan(self._value):
            self._value = x
        elif t > self._t:
            share = -math.expm1(-(t - self._t) / self._tau_s) if self._tau_s > 0 else 1.0
            self._value += share * (x - self._value)
        self._t = max(t, self._t)
        return self._value


class MedianOfThree:
    """Median of the last three values: drops a single wild one. NaN empties it."""

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=3)

    def reset(self) -> None:
        self._last.clear()

    def __call__(self, x: float) -> float:
        if math.isnan(x):
            self._last.clear()
            return x
        self._last.append(x)
        return sorted(self._last)[len(self._last) // 2]


class RunningMedian:
    """Median of arrays of one shape over the last `window_s` seconds. NaN passes, and stays that long."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._seen: deque[tuple[float, list[float]]] = deque()

    def reset(self) -> None:
        self._seen.clear()

    def __call__(self, t: float, x: F64, out: F64 | None = None) -> F64:
        """The median with x in it; written into `out` where that is given."""
        self._seen.append((t, x.ravel().tolist()))
        while t - self._seen[0][0] > self._window_s:
            self._seen.popleft()
        found = np.empty(x.shape) if out is None else out
        medians = [_median(each) for each in zip(*(values for _, values in self._seen), strict=True)]
        found[...] = np.array(medians).reshape(x.shape)
        return found


def _median(values: tuple[float, ...]) -> float:
    """Of a few plain numbers; NaN where one is NaN."""
    if any(map(math.isnan, values)):
        return math.nan
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
