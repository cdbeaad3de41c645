"""What the scripts' environments see of the system, and keep at its version, is decided in one place.

A system with Picamera2 is stood in for by a python3 that sees a folder of packages; its environments write
down what pip is asked for instead of installing it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NUMPY = "numpy==1.24.2"

PIP = """#!/bin/sh
echo "$@" >>"$0.asked"
while [ $# -gt 0 ]; do
    case $1 in --constraint | --requirement) cat "$2" >>"$0.kept" ;; esac
    shift
done
"""


class System:
    """A system with a Python and a checkout."""

    def __init__(self, folder: Path, picamera2: bool) -> None:
        self.packages = folder / "dist-packages"
        self.checkout = folder / "checkout"
        info = self.packages / "numpy-1.24.2.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.24.2\n")
        if picamera2:
            (self.packages / "picamera2").mkdir()
            (self.packages / "picamera2/__init__.py").write_text("raise ValueError('another numpy')\n")
        for name in (
            "scripts/environment.sh",
            "scripts/install_program.sh",
            "mirror/camera/system_packages.py",
        ):
            (self.checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.checkout / name)
        shutil.copy(ROOT / "pyproject.toml", self.checkout)
        self.bin = folder / "bin"
        self.bin.mkdir()
        self._script(self.bin / "python3", self._python())
        self._script(folder / "pip", PIP)

    def _script(self, path: Path, text: str) -> None:
        path.write_text(text)
        path.chmod(0o755)

    def _python(self) -> str:
        """Sees the packages, and makes environments whose python is the pip that only writes down."""
        here = self.bin.parent
        return f"""#!/bin/bash
if [ "$1 $2" = "-m venv" ]; then
    mkdir -p "${{@: -1}}/bin" && cp {here}/pip "${{@: -1}}/bin/python" && echo "$@" >{here}/venv
    exit
fi
if [ "$1" = -I ]; then shift; PYTHONPATH={self.packages} exec {sys.executable} -S "$@"; fi
exec {sys.executable} "$@"
"""

    def makes_environment(self) -> subprocess.CompletedProcess[str]:
        program = ". scripts/environment.sh; make_environment .venv video"
        path = f"{self.bin}:{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-euc", program], cwd=self.checkout, env={**os.environ, "PATH": path},
            capture_output=True, text=True, check=True,
        )  # fmt: skip

    @property
    def venv(self) -> str:
        return (self.bin.parent / "venv").read_text("utf-8")

    def written(self, what: str) -> list[str]:
        """ "asked": pip's arguments, a line each time; "kept": the constraints it was given."""
        return (self.checkout / f".venv/bin/python.{what}").read_text("utf-8").split("\n")[:-1]


def test_beside_picamera2_an_environment_sees_the_system_and_leaves_its_numpy_alone(tmp_path):
    """Even where importing Picamera2 fails: that is what another numpy does to it."""
    system = System(tmp_path, picamera2=True)
    system.makes_environment()
    assert "--system-site-packages" in system.venv
    assert system.written("kept") == [NUMPY]


def test_elsewhere_it_sees_nothing_and_keeps_nothing(tmp_path):
    system = System(tmp_path, picamera2=False)
    system.makes_environment()
    assert "--system-site-packages" not in system.venv
    assert "".join(system.written("kept")) == ""


def test_it_is_made_once_and_again_when_the_system_changes(tmp_path):
    system = System(tmp_path, picamera2=False)
    system.makes_environment()
    assert "Making" not in system.makes_environment().stderr
    assert len(system.written("asked")) == 1
    (system.packages / "picamera2").mkdir()
    (system.packages / "picamera2/__init__.py").write_text("")
    assert "Making" in system.makes_environment().stderr
    assert NUMPY in system.written("kept")


def test_the_installer_keeps_the_same(tmp_path):
    system = System(tmp_path, picamera2=True)
    script = system.checkout / "scripts/install_program.sh"
    script.write_text(script.read_text("utf-8").replace("/usr/bin/python3", str(system.bin / "python3")))
    every = {"numpy==2.9.9": "all", "typer==1.0": "all", "h11==1.0": "board"}
    lock = "".join(f"{one} --hash=sha256:0  # {extra}\n" for one, extra in every.items())
    (system.checkout / "scripts/locked.txt").write_text(lock)
    subprocess.run([script, tmp_path / "pip", system.checkout, "pi,metrics"], check=True)
    packages, program = (tmp_path / "pip.asked").read_text("utf-8").splitlines()
    assert "--require-hashes" in packages
    assert program.endswith(f" {system.checkout}")
    assert (tmp_path / "pip.kept").read_text("utf-8") == "typer==1.0 --hash=sha256:0\n", (
        "numpy is the system's"
    )


@pytest.mark.parametrize("script", ["environment.sh", "install_program.sh", "install.sh"])
def test_no_script_decides_by_itself(script):
    text = (ROOT / "scripts" / script).read_text("utf-8")
    assert "import picamera2" not in text
    assert "numpy==" not in text
