"""Scenes look as they did when somebody last looked at them. `scripts/screens --golden` draws them anew.

The words are those of that day, kept beside the pictures: what the coach says may change.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")
cv2 = pytest.importorskip("cv2")

from mirror.coach.feedback import State  # noqa: E402
from mirror.coach.words import Drill, Words  # noqa: E402
from mirror.screen import samples  # noqa: E402
from mirror.screen.stage import Stage  # noqa: E402

from screen_moments import pixels  # noqa: E402  isort: skip

FOLDER = Path(__file__).parents[1] / "data" / "golden"
GOLDEN = sorted(FOLDER.glob("*.png"))
COARSE = 4
"""Compared in blocks of so many pixels: versions of the font library set letters a pixel apart."""
MOST, MEAN = 60, 1.2
"""Largest and mean difference of blocks, of 255. A missing line of text differs by 150 and more."""


def coarse(picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[0] // COARSE, picture.shape[1] // COARSE
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(int)


def words_then() -> Words:
    table, cards = (
        tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8")) for name in ("words", "drills")
    )
    drills = {key: Drill(key, card["title"], tuple(card["lines"])) for key, card in cards.items()}
    return Words(table, drills)


def drawn(name: str, size: tuple[int, int]) -> np.ndarray:
    canvas, say = pygame.Surface(size), words_then()
    moments = {state.value: samples.moment(state) for state in State} | samples.variants()
    Stage(canvas, say).draw(moments[name], None, (640, 480))
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
