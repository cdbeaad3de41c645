"""What pip installs: a wheel, built here without a network, and looked into."""

from __future__ import annotations

import configparser
import email
import re
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from pathlib import Path

import pytest
from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement

from mirror import __version__

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("mirror", "squat_mirror")
PLACEHOLDER = "https://example.org/"
"""A name that is nobody's, and stays nobody's (RFC 2606)."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built by the backend itself, in this environment: nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    assert built.name == f"squat_mirror-{__version__}-py3-none-any.whl"
    return zipfile.ZipFile(built)


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    return email.message_from_bytes(wheel.read(name))


def committed() -> set[str]:
    """Every file of the packages that git knows, and of the models: where they are in the wheel."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES, "models"]
    told = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\n")
    return {f"mirror/{name}" if name.startswith("models/") else name for name in told if name}


def test_everything_the_packages_have_is_in_the_wheel_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    inside = {name for name in wheel.namelist() if ".dist-info/" not in name}
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: git does not say what belongs to it")
    assert inside == committed()


def test_networks_types_words_pages_and_the_clip_are_inside(wheel: zipfile.ZipFile) -> None:
    inside = set(wheel.namelist())
    models = tomllib.loads((ROOT / "models" / "models.toml").read_text("utf-8"))
    shipped = [path.name for path in (ROOT / "models").glob("*.tflite")]
    assert models
    assert shipped
    assert {f"mirror/models/{name}" for name in [*shipped, "models.toml", "NOTICE"]} <= inside
    assert {f"{package}/py.typed" for package in PACKAGES} <= inside
    assert {"mirror/demo/demo.mp4", "mirror/coach/words/en.toml", "mirror/board/page/board.html"} <= inside
    for name in ("licenses/LICENSE", "licenses/NOTICE"):
        assert any(path.endswith(f".dist-info/{name}") for path in inside), name


def test_one_command_is_installed(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]
    told = configparser.ConfigParser()
    told.read_string(wheel.read(name).decode())
    assert dict(told["console_scripts"]) == {"squat-mirror": "mirror.cli:script"}


def test_what_a_picture_needs_comes_with_every_installation(metadata: Message) -> None:
    """`pip install squat-mirror && squat-mirror demo`: decoder, OpenCV, runtime, screen, and no extra."""
    wanted = [Requirement(one) for one in metadata.get_all("Requires-Dist", [])]
    without_extra = {one.name for one in wanted if one.marker is None}
    assert {"av", "opencv-python-headless", "ai-edge-litert", "pygame", "numpy"} <= without_extra
    assert "video" in metadata.get_all("Provides-Extra", []), "old commands name it"


def test_the_licence_is_an_expression(metadata: Message) -> None:
    licence = metadata["License-Expression"]
    assert canonicalize_license_expression(licence) == licence == "Apache-2.0"
    assert not [one for one in metadata.get_all("Classifier", []) if one.startswith("License ::")]


def test_every_python_that_is_promised_is_named(metadata: Message) -> None:
    named = [one for one in metadata.get_all("Classifier", []) if re.search(r":: 3\.\d+$", one)]
    assert named == [f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13)]
    assert metadata["Requires-Python"] == ">=3.11"


def test_nobody_uploads_it_by_mistake_while_addresses_and_the_import_name_are_open(metadata: Message) -> None:
    """As long as an address is a placeholder, the index refuses the wheel."""
    urls = dict(one.split(", ", 1) for one in metadata.get_all("Project-URL", []))
    assert set(urls) == {"Homepage", "Source", "Changelog", "Issues"}
    placeholders = [url for url in urls.values() if url.startswith(PLACEHOLDER)]
    assert not placeholders or "Private :: Do Not Upload" in metadata.get_all("Classifier", [])
    told = (ROOT / "pyproject.toml").read_text("utf-8")
    assert not placeholders or "# PLACEHOLDERS" in told


def test_pictures_and_links_of_the_readme_are_absolute_where_no_file_is_beside_it(metadata: Message) -> None:
    text = metadata.get_payload()
    assert isinstance(text, str)
    assert text.lstrip().startswith("# Squat Mirror")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert len(links) > 10
    assert all(link.startswith(("https://", "#")) for link in links), links
    source = dict(one.split(", ", 1) for one in metadata.get_all("Project-URL", []))["Source"]
    for link in links:
        if link.startswith(source):
            name = link.removeprefix(f"{source}/").partition("#")[0]
            assert (ROOT / name).exists(), f"{link} leads nowhere"
    assert any(link.endswith(".png") for link in links)
