"""build_models.py says in one line what stops it, and changes only what it should."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import build_models
import pytest


def run(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script with nothing on the path and an empty cache."""
    return subprocess.run(
        [sys.executable, build_models.__file__, "--out", str(tmp_path / "out"), *arguments],
        env={"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


def cached(tmp_path: Path, package: build_models.Package, content: bytes) -> Path:
    path = tmp_path / "squat-mirror" / package.tarball
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def test_without_npm_it_says_so_in_one_line(tmp_path: Path) -> None:
    done = run(tmp_path, "--only", "blazepose_full_landmarks")
    assert done.returncode == 2
    assert done.stderr == ("build_models: npm is not installed; it is needed to download @mediapipe/pose\n")


def test_a_changed_download_is_refused_before_anything_is_built(tmp_path: Path) -> None:
    path = cached(tmp_path, build_models.MEDIAPIPE_POSE, b"not the package")
    done = run(tmp_path, "--only", "blazepose_full_landmarks")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"{path} has sha256" in done.stderr


def test_without_the_pinned_python_it_says_so_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(build_models.CannotBuild, match=r"^python3\.11 is not installed; it is needed"):
        build_models.environment()


def test_an_unknown_name_is_refused(tmp_path: Path) -> None:
    done = run(tmp_path, "--only", "movenet_lightening")
    assert done.returncode == 2
    assert done.stderr == "build_models: no recipe is called movenet_lightening; --list shows them\n"


def test_the_list_names_every_recipe(tmp_path: Path) -> None:
    done = run(tmp_path, "--list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(build_models.RECIPES)


def test_a_new_checksum_changes_its_own_card_and_keeps_the_comments(tmp_path: Path) -> None:
    before = build_models.CARDS.read_text()
    file = tmp_path / "made.tflite"
    file.write_bytes(b"12345")
    name = "movenet_lightning_192x128_mixed_u8"
    after = build_models.card_with_checksum(before, name, file)
    changed = [new for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert changed == [f'sha256 = "{build_models.sha256(file)}"', "bytes = 5"]
    assert tomllib.loads(after)["models"][name]["bytes"] == 5
