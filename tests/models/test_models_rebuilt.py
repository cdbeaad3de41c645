"""What build_models.py makes is what is committed, where the build's own environment is at hand."""

from __future__ import annotations

import subprocess
import sys

import build_models
import pytest

SHIPPED = [name for name, recipe in build_models.RECIPES.items() if recipe.shipped]


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_a_fresh_build_answers_as_the_committed_file(name: str) -> None:
    folder = build_models.cache_folder()
    environment = folder / f"model-build-{build_models.sha256(build_models.REQUIREMENTS)[:12]}" / "ready"
    tarball = folder / build_models.RECIPES[name].package.tarball
    if not (environment.exists() and tarball.exists()):
        pytest.skip(
            "the 2 GB build environment is not there; `scripts/build_models.py --check` makes it and compares"
        )
    done = subprocess.run(
        [sys.executable, build_models.__file__, "--check", "--only", name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
