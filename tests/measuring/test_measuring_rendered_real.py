"""Rendered people who stand and squat as measured ones do: a line of their own for each leg, feet well out.

tests/data/rendered_real was made by scripts/keep_recordings.py from scripts/synth/real_bodies.toml.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import real_motion

from mirror.camera.recording import load
from mirror.desk.study import study
from mirror.knees.reading import Rep
from mirror.settings import Settings

RENDERED = Path(__file__).parents[1] / "data" / "rendered_real"
TRUTH: dict[str, Any] = json.loads((RENDERED / "truth.json").read_text())


def desk(name: str) -> list[Rep]:
    return study(RENDERED / f"{name}.npz", Settings(), None).analysis.reps


def live(name: str) -> list[Rep]:
    return real_motion.show_live(load(RENDERED / f"{name}.npz"), ask_reference=False)[0]


@pytest.mark.parametrize("chain", [desk, live], ids=["desk", "live"])
@pytest.mark.parametrize("name", TRUTH)
def test_every_repetition_is_found_where_it_was_and_none_besides(name: str, chain: Any) -> None:
    """Wide stances, hands on the hips, and feet that are placed anew after every repetition."""
    found = [rep.bottom_s for rep in chain(name)]
    assert found == pytest.approx([rep["bottom_s"] for rep in TRUTH[name]["reps"]], abs=0.3)
