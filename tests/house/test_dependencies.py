"""What a mirror is made of is written down whole: bounds with reasons, licences, a bill of materials."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
OF_A_WORKSHOP = {"test", "browser", "docs", "dev", "synth"}
"""Extras no mirror and no desk is installed with."""


def requirements() -> dict[str, str]:
    """Bounds by name, of everything a mirror or a desk may be installed with."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = told["project"]["optional-dependencies"]
    wanted = [*told["build-system"]["requires"], *told["project"]["dependencies"]]
    wanted += [one for extra, asked in extras.items() if extra not in OF_A_WORKSHOP for one in asked]
    found: dict[str, str] = {}
    for one in wanted:
        name = re.split(r"[<>=!~; ]", one)[0]
        found.setdefault(name, one.removeprefix(name))
    return found


def locked() -> set[str]:
    lines = (ROOT / "scripts/locked.txt").read_text("utf-8").splitlines()
    return {line.split("==")[0] for line in lines if not line.startswith("#")}


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("bill") / "sbom.json"
    subprocess.run([sys.executable, ROOT / "scripts/sbom.py", path], check=True)
    told: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return told


@pytest.mark.parametrize("name", sorted(requirements()))
def test_every_bound_has_its_reason(name: str) -> None:
    page = (ROOT / "docs/security.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([^|]+) \| [^|]{15,} \|$", page, re.MULTILINE))
    assert rows.get(name) == requirements()[name]


def test_the_bill_of_materials_is_cyclonedx_and_has_every_package_with_licence_and_digests(
    bill: dict[str, Any],
) -> None:
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    parts = bill["components"]
    assert len({part["bom-ref"] for part in parts}) == len(parts)
    of_the_lock = [part for part in parts if part["bom-ref"].startswith("pkg:pypi/")]
    assert {part["name"] for part in of_the_lock} == locked()
    for part in of_the_lock:
        assert part["purl"] == f"pkg:pypi/{part['name']}@{part['version']}"
        assert part["hashes"]
        assert all(re.fullmatch("[0-9a-f]{64}", one["content"]) for one in part["hashes"])
    assert all(part["licenses"][0]["expression"] for part in parts)
    (av,) = [part for part in parts if part["name"] == "av"]
    assert [inside["name"] for inside in av["components"]] == ["ffmpeg"]


def test_notice_lists_the_licences_as_they_stand_in_the_bill() -> None:
    told = subprocess.run(
        [sys.executable, ROOT / "scripts/sbom.py", "--licences"], capture_output=True, text=True, check=True
    ).stdout
    assert told.strip() in (ROOT / "NOTICE").read_text("utf-8"), "scripts/sbom.py --licences has changed"


def test_the_page_names_the_decoder_that_is_locked() -> None:
    (version,) = re.findall(r"^av==(\S+)", (ROOT / "scripts/locked.txt").read_text("utf-8"), re.MULTILINE)
    assert f"av {version} carries FFmpeg" in (ROOT / "docs/security.md").read_text("utf-8")
