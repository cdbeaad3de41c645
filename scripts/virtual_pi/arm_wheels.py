"""Fetches wheels for 64-bit ARM of everything the mirror needs on a Raspberry Pi, and of what runs its tests.

Called by arm_root.sh with the project file, the version of Python to fetch for, and the folder to fill. Every
requirement must have a wheel: on a Pi nothing should have to be compiled. Exit 1 where one has none.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

EXTRAS = ("pi",)
TESTERS = ("pytest", "hypothesis")
"""Of the extra "test", what the kernel's tests need; the rest examines the project, not the Pi."""
GLIBC = {"3.11": 36, "3.13": 41}
"""Minor version of the C library that Debian ships with this Python: newer wheels do not load there."""


def requirements(project: Path, version: str) -> list[str]:
    """What the project and these extras require, for this Python on this processor."""
    told = tomllib.loads(project.read_text("utf-8"))["project"]
    every = [
        *told["dependencies"],
        *(line for extra in EXTRAS for line in told["optional-dependencies"][extra]),
    ]
    every += [line for line in told["optional-dependencies"]["test"] if Requirement(line).name in TESTERS]
    there = {"python_version": version, "python_full_version": f"{version}.0", "platform_machine": "aarch64"}
    wanted = [Requirement(line) for line in every]
    return [
        f"{one.name}{one.specifier}" for one in wanted if one.marker is None or one.marker.evaluate(there)
    ]


def main() -> int:
    project, version, folder = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    newest = range(17, GLIBC[version] + 1)
    platforms = ["manylinux2014_aarch64", *(f"manylinux_2_{minor}_aarch64" for minor in newest)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", folder]
    command += ["--only-binary=:all:", "--implementation", "cp", "--python-version", version]
    for platform in platforms:
        command += ["--platform", platform]
    return subprocess.run([*command, *requirements(project, version)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
