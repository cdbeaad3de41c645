"""Makes the measuring scripts importable, and finds files that are only there in some checkouts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mirror.pose import catalog

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY / "scripts"), str(REPOSITORY / "scripts" / "model_build" / "correction")]


@pytest.fixture
def shared_model() -> Callable[[str], Path]:
    """The path of an earlier build to compare with, by file name; skips where there is none."""

    def find(name: str) -> Path:
        path = REPOSITORY.parent / "shared" / "models" / name
        if not path.exists():
            pytest.skip(f"no earlier build to compare with: ../shared/models/{name} is not there")
        return path

    return find


@pytest.fixture
def filmed() -> list[Path]:
    """Real squats, filmed from the front; skips where there are none."""
    found = sorted((REPOSITORY.parent / "shared" / "clips").glob("*_front.mov"))
    if not found:
        pytest.skip("no filmed squats: ../shared/clips holds no *_front.mov")
    return found


@pytest.fixture
def standing() -> Callable[[str], np.ndarray]:
    """The bundled clip's standing person as a model's input, by the model's name."""

    def cut(name: str) -> np.ndarray:
        from model_build import rendered_clip

        entry = catalog.find(name)
        size = (entry.height, entry.width)
        window = rendered_clip.standing_window(rendered_clip.read_truth(), size, 1.15)
        return window.look(next(rendered_clip.read_pictures()), size)

    return cut
