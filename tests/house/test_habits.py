"""What one does every day is the same everywhere: make, continuous integration, the hooks before a commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {"help", "run", "test", "test-fast", "coverage", "lint", "type", "screens", "notebook", "docs"}
CHECKS = {"ruff check .", "ruff format --check .", "mypy", "shellcheck"}


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


BY_HAND = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
"""As somebody calls make, also where `make test` runs this."""


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_alone_says_what_there_is() -> None:
    told = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True, env=BY_HAND).stdout
    assert {line.split()[0] for line in told.splitlines()} == TARGETS
    assert all(len(line.split()) > 1 for line in told.splitlines())


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_every_target_names_scripts_that_are_there(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False, env=BY_HAND
    )
    assert done.returncode == 0, done.stderr
    for script in re.findall(r"scripts/\w+(?:\.\w+)?", done.stdout):
        assert (ROOT / script).is_file(), script


def test_hooks_and_continuous_integration_run_the_same_lint_and_types() -> None:
    entries = re.findall(r"^ +entry: (.+)$", read(".pre-commit-config.yaml"), re.MULTILINE)
    assert sorted(entries) == ["scripts/lint code", "scripts/lint types"]
    assert re.search(r"^scripts/lint$", read(".ci/run"), re.MULTILINE)
    assert not re.search(r"^[^#\n]*\b(ruff|mypy|shellcheck)\b", read(".ci/run"), re.MULTILINE)
    for check in CHECKS:
        assert re.search(rf"\btool {re.escape(check)}", read("scripts/lint")), check


def test_the_fast_tests_leave_out_and_take_in_files_that_are_there() -> None:
    said = subprocess.run(
        ["bash", "-c", 'exec() { printf "%s\\n" "${@:2}"; }; . "$0"', "scripts/test_fast"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert len(said) > len(TARGETS)
    for path in said:
        assert (ROOT / path.removeprefix("--ignore=")).exists(), path


def test_bug_reports_ask_for_the_doctors_word_and_the_black_box() -> None:
    form = read(".github/ISSUE_TEMPLATE/bug.yml")
    for word in ("squat-mirror doctor --json", "black box", "joints", "no picture"):
        assert word in form.lower(), word
