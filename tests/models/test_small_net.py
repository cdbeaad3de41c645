"""The fit behind a model's correction learns what is there, and the same again from the same rows."""

from __future__ import annotations

import numpy as np
import pytest
import small_net
from fit import Part, errors, fitted

from mirror.pose.correction import COLUMNS, Layer, correction_from


def told(layers: list[Layer], read: np.ndarray) -> np.ndarray:
    for weights, added in layers[:-1]:
        read = small_net.smooth_step(read @ weights.T + added)
    return np.asarray(read @ layers[-1][0].T + layers[-1][1])


def bent(read: np.ndarray) -> np.ndarray:
    """What no straight map can tell, in other units than it is read in."""
    return np.stack([0.02 * np.sin(2 * read[:, 0]), 0.03 + 0.01 * read[:, 1] * read[:, 2]], axis=1)


@pytest.fixture(scope="module")
def learned() -> list[Layer]:
    read = np.random.default_rng(1).normal(size=(4000, 3))
    return small_net.fit(read, bent(read), np.ones(len(read)), noise=0.01, epochs=60)


def test_a_bend_and_a_product_are_learned(learned: list[Layer]) -> None:
    read = np.random.default_rng(2).uniform(-1.5, 1.5, size=(500, 3))
    miss = told(learned, read) - bent(read)
    assert np.abs(miss).mean() < 0.2 * np.abs(bent(read) - bent(read).mean(0)).mean()


def test_the_same_rows_give_the_same_layers() -> None:
    read = np.random.default_rng(3).normal(size=(600, 3))
    first, again = (small_net.fit(read, bent(read), np.ones(600), 0.01, 0.03, epochs=3) for _ in range(2))
    for (weights, added), (other, plus) in zip(first, again, strict=True):
        np.testing.assert_array_equal(weights, other)
        np.testing.assert_array_equal(added, plus)


def test_gradients_are_those_of_the_miss() -> None:
    """Against differences: a little more of one weight changes the miss by its gradient."""
    rng = np.random.default_rng(4)
    layers = small_net.fresh((3, 4, 4, 2), rng)
    x, y, share = rng.normal(size=(20, 3)), rng.normal(size=(20, 2)), rng.uniform(0.5, 2, size=(20, 1))

    def miss() -> float:
        off = told(layers, x) - y
        return float((share * (np.sqrt(off**2 + small_net.SOFT**2))).sum() / len(x))

    found = small_net.gradients(layers, x, y, share)
    for number, array in enumerate(array for layer in layers for array in layer):
        place = tuple(int(i) for i in rng.integers(0, array.shape))
        step = 1e-3
        array[place] += step
        above = miss()
        array[place] -= 2 * step
        below = miss()
        array[place] += step
        assert found[number][place] == pytest.approx((above - below) / (2 * step), rel=0.02, abs=1e-4)


def test_a_bias_of_bodies_is_taken_away_from_bodies_never_seen() -> None:
    """People whose hips are seen too low when they are deep, and whose ankles are seen too far out."""
    parts = [somebody(seed) for seed in range(13)]
    correction = fitted(parts[:12])
    before, after = errors(parts[12], None), errors(parts[12], correction)
    assert after[0] < 0.5 * before[0]
    assert correction.layers[0][0].shape[1] == COLUMNS
    assert correction_from(correction.layers)
    ankles = correction(parts[12].seen.astype(np.float32), 1.0)[:, 15:, 0]
    np.testing.assert_allclose(ankles, parts[12].seen[:, 15:, 0], atol=1e-6)


def somebody(seed: int, frames: int = 60) -> Part:
    """Made-up joints of one body going down, and what a network might take them for."""
    rng = np.random.default_rng(seed)
    thigh, shank, wide = rng.uniform(0.23, 0.26), rng.uniform(0.23, 0.26), rng.uniform(0.05, 0.09)
    bend = rng.uniform(0, 1, frames)
    true = rng.normal(0, 0.002, (frames, 17, 2))
    for side, way in ((0, 1.0), (1, -1.0)):
        true[:, 15 + side] += [way * wide, 0.0]
        true[:, 13 + side] += np.stack([way * (wide + 0.05 * bend), -shank * (1 - 0.1 * bend)], axis=1)
        true[:, 11 + side] += np.stack([np.full(frames, way * 0.06), -shank - thigh * (1 - bend)], axis=1)
        true[:, 5 + side] += np.stack([np.full(frames, way * 0.1), -0.75 + 0.3 * bend], axis=1)
    seen = true + rng.normal(0, 0.002, true.shape)
    seen[:, [11, 12], 1] += 0.02 * bend[:, None] ** 2
    seen[:, [15, 16], 0] += [0.01, -0.01]
    return Part(str(seed), seen, true, np.ones((frames, 17)), 1.0)
