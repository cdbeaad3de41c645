"""Fits a small network of smooth layers to a table of numbers, in numpy alone.

For maps so small (two thousand weights) that a training library would be the larger dependency. Knows nothing
of poses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from rich.progress import track

from mirror.pose.correction import Layer, smooth_step

HIDDEN = (32, 32)
EPOCHS = 240
BATCH = 512
RATE = 3e-3
WARM = 0.1
"""Share of the steps in which the rate rises; then it falls as a cosine does."""
DECAY = 0.01
SOFT = 0.2
"""Misses smaller than this count squared, larger ones as they are."""
FIRST, SECOND = 0.9, 0.999


@dataclass
class Adam:
    """Steps along averaged gradients (Kingma and Ba, with decoupled weight decay), one state per array."""

    arrays: Sequence[np.ndarray]
    taken: int = 0
    means: list[np.ndarray] = field(init=False)
    squares: list[np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        self.means = [np.zeros_like(a) for a in self.arrays]
        self.squares = [np.zeros_like(a) for a in self.arrays]

    def step(self, gradients: Sequence[np.ndarray], rate: float) -> None:
        self.taken += 1
        for n, gradient in enumerate(gradients):
            self.means[n] += (1 - FIRST) * (gradient - self.means[n])
            self.squares[n] += (1 - SECOND) * (gradient**2 - self.squares[n])
            far = np.sqrt(self.squares[n] / (1 - SECOND**self.taken)) + 1e-8
            way = self.means[n] / (1 - FIRST**self.taken) / far
            self.arrays[n][...] -= rate * (way + DECAY * self.arrays[n])


def fit(
    read: np.ndarray,
    wanted: np.ndarray,
    weight: np.ndarray,
    noise: float,
    scale: float = 0.0,
    *,
    epochs: int = EPOCHS,
) -> list[Layer]:
    """Layers from rows (N, C) to rows (N, K), both as they are. The same rows give the same layers.

    weight (N,): how much each row counts. noise: standard deviation of what is added to the rows read, so
        that no difference smaller than what frames differ by is learned. scale: the same of a factor on a
        whole row, for rows whose unit is not quite known.
    """
    rng = np.random.default_rng(0)
    mean, spread = read.mean(0), read.std(0) + 1e-9
    unit = np.sqrt((wanted**2).mean())
    y = wanted / unit
    share = (weight / weight.mean())[:, None]
    layers = fresh((read.shape[1], *HIDDEN, y.shape[1]), rng)
    adam = Adam([array for layer in layers for array in layer])
    steps = epochs * max(1, len(read) // BATCH)
    for number in track(range(steps), "fit", transient=True):
        rows = rng.integers(len(read), size=BATCH)
        grown = read[rows] * (1 + scale * rng.normal(size=(BATCH, 1)))
        shaken = (grown + noise * rng.normal(size=grown.shape) - mean) / spread
        adam.step(gradients(layers, shaken, y[rows], share[rows]), rate(number / steps))
    (first, added), (last, end) = layers[0], layers[-1]
    layers[0] = (first / spread, added - (first / spread) @ mean)
    layers[-1] = (last * unit, end * unit)
    return layers


def rate(done: float) -> float:
    """done: share of the steps taken."""
    if done < WARM:
        return RATE * done / WARM
    return RATE * (1 + float(np.cos(np.pi * (done - WARM) / (1 - WARM)))) / 2


def fresh(widths: Sequence[int], rng: np.random.Generator) -> list[Layer]:
    layers = []
    for inputs, units in pairwise(widths):
        reach = 1 / np.sqrt(inputs)
        layers.append((rng.uniform(-reach, reach, (units, inputs)), rng.uniform(-reach, reach, units)))
    return layers


def gradients(layers: Sequence[Layer], x: np.ndarray, y: np.ndarray, share: np.ndarray) -> list[np.ndarray]:
    """Of the mean soft miss, for each layer's weights and constants."""
    into, before = [x], []
    for weights, added in layers[:-1]:
        before.append(into[-1] @ weights.T + added)
        into.append(smooth_step(before[-1]))
    weights, added = layers[-1]
    miss = into[-1] @ weights.T + added - y
    back = share * miss / np.sqrt(miss**2 + SOFT**2) / len(x)
    found: list[np.ndarray] = []
    for number in reversed(range(len(layers))):
        found = [back.T @ into[number], back.sum(0), *found]
        if number:
            gate = 1 / (1 + np.exp(-before[number - 1]))
            slope = gate * (1 + before[number - 1] * (1 - gate))
            back = (back @ layers[number][0]) * slope
    return found
