"""What several rooms' tests share: the bundled clip, its truth, and the real clips where they are given."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from broker import KINDS, Broker
from health import SLOW_IS_FINE
from hypothesis import settings

from mirror.knees.decoration import raising

# A shared machine is sometimes slow: no test may fail for the time it took. Continuous integration tries the
# same examples every time; at a desk new ones are looked for.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=SLOW_IS_FINE,
    print_blob=True,
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("house")

# With several workers on few cores, a library that keeps a thread for every core only makes the others wait.
if "PYTEST_XDIST_WORKER" in os.environ:
    for library in ("OMP", "OPENBLAS"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# SDL must not look for a screen, and pygame must not greet, whichever test imports it first.
os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

# What a mirror remembers while it is tested is not what the person at this desk did.
_STATE = tempfile.TemporaryDirectory(prefix="squat-mirror-tests-")
os.environ["XDG_STATE_HOME"] = _STATE.name

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


RUN_WHOLE_MIRRORS = (
    "test_demo.py",
    "test_reliability_camera.py",
    "test_reliability_ends.py",
    "test_reliability_hours.py",
    "test_reliability_outside.py",
)
"""Files in which mirrors run as fast as the clock and no faster: the longest, and mostly waiting."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: begun last, one worker would be busy with them long after the others."""
    items.sort(key=lambda item: item.path.name not in (*RUN_WHOLE_MIRRORS, "test_torture.py"))


@pytest.fixture(autouse=True)
def as_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests, root too, is a person with a home and a folder of their own."""
    monkeypatch.setattr("mirror.settings.sources.is_root", lambda: False)
    monkeypatch.setattr("mirror.settings.edit.is_root", lambda: False)


@pytest.fixture(autouse=True)
def _nothing_is_left_out() -> Iterator[None]:
    """Decoration that fails is left out on a mirror; in a test it is a failure."""
    with raising():
        yield


@pytest.fixture(params=KINDS)
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """A real broker that runs; every kind in turn."""
    with Broker(tmp_path, request.param) as started:
        yield started


@pytest.fixture(scope="session")
def demo_clip() -> Path:
    return ROOT / "mirror" / "demo" / "demo.mp4"


@pytest.fixture(scope="session")
def demo_truth() -> dict[str, Any]:
    with gzip.open(ROOT / "tests" / "data" / "demo_truth.json.gz") as file:
        return json.load(file)


@pytest.fixture(scope="session")
def real_clips() -> Path:
    """A folder of real clips with labels.json; not part of the project."""
    folder = SHARED / "clips"
    if not (folder / "labels.json").exists():
        pytest.skip("the real clips are not part of the project and not beside this checkout")
    return folder
