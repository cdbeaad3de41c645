"""Scenes look as they did when somebody last looked at them. `scripts/screens --golden` draws them anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")
cv2 = pytest.importorskip("cv2")

from screen_moments import every_moment, pixels, stage_on  # noqa: E402  isort: skip

GOLDEN = sorted((Path(__file__).parents[1] / "data" / "golden").glob("*.png"))
COARSE = 4
"""Compared in blocks of so many pixels: versions of the font library set letters a pixel apart."""
MOST, MEAN = 60, 1.2
"""Largest and mean difference of blocks, of 255. A missing line of text differs by 150 and more."""


def coarse(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[0] // COARSE, picture.shape[1] // COARSE
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(int)


def drawn(name: str, size: tuple[int, int]) -> np.ndarray:
    canvas = pygame.Surface(size)
    stage_on(canvas).draw(every_moment()[name], None, (640, 480))
    return pixels(canvas)


def test_the_golden_pictures_are_there() -> None:
    assert len(GOLDEN) >= 12


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_a_scene_looks_as_it_did(file: Path) -> None:
    name, _, size = file.stem.rpartition("-")
    width, height = map(int, size.split("x"))
    golden = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
    apart = np.abs(coarse(drawn(name, (width, height))) - coarse(golden))
    assert apart.max() <= MOST
    assert apart.mean() <= MEAN


def test_another_scene_would_be_noticed() -> None:
    one, other = drawn("squatting", (360, 640)), drawn("praise", (360, 640))
    assert np.abs(coarse(one) - coarse(other)).max() > MOST
