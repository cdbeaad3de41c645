"""scripts/sabotage.py puts an exception into every room: each function it names is there to be spoilt."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "sabotage.py"


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sabotage", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its dataclasses look for themselves
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("room", script().ROOMS)
def test_the_function_that_does_a_room_s_work_is_called_as_the_script_has_it(room: str) -> None:
    module, _, path = script().ROOMS[room].partition(":")
    found = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    assert callable(found)
