#!/usr/bin/env python3
"""Writes scripts/locked.txt: every package pip puts on a mirror, by version and the digests of its wheels.

Run it where packages may be fetched, look at what changed, and commit it: the installer takes nothing else.
pip resolves what pyproject.toml asks for, for every system the installer knows; what the system itself gives
(numpy, pygame, gpiozero) is held to its version and left out.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKED = ROOT / "scripts" / "locked.txt"
HEAD = """\
# Every package pip puts on a mirror. Written by scripts/lock_packages.py: run it to change anything here.
# After the #: the extras a package is for; "all" is for the program itself, "build" for making it.
"""
EXTRAS = ("pi", "metrics", "mqtt", "board")
"""What scripts/install.sh may ask for."""
MACHINES = ("aarch64", "x86_64")
LOWEST_GLIBC = 5
"""Of the wheels' names for what they need: manylinux_2_5 and newer."""
SYSTEM = ("numpy", "pygame", "gpiozero", "colorzero")
"""The system's own, as mirror/camera/system_packages.py and the installer's apt packages have it."""


@dataclass(frozen=True)
class Suite:
    """A release of Debian: its Python, its C library's minor version, and the numpy it has."""

    python: str
    glibc: int
    numpy: str


SUITES = (Suite("3.11", 36, "1.24.2"), Suite("3.13", 41, "2.2.4"))


@dataclass
class Package:
    """One version. where: (Python, machine) it is for; extras: what it is for; digests: of its wheels."""

    where: set[tuple[str, str]] = field(default_factory=set)
    extras: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)


def asked(extra: str) -> list[str]:
    """What pyproject.toml asks for; "all" for the program itself, "build" for making it."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    if extra == "build":
        return list(told["build-system"]["requires"])
    if extra == "all":
        return list(told["project"]["dependencies"])
    return list(told["project"]["optional-dependencies"][extra])


def name_of(requirement: str) -> str:
    """A requirement's name as every tool writes it."""
    name = requirement.partition(";")[0].strip()
    for sign in "<>=!~[ ":
        name = name.split(sign)[0]
    return name.strip().lower().replace("_", "-").replace(".", "-")


def applies(requirement: str, suite: Suite) -> bool:
    """Whether a requirement is for this Python. Of markers ours are python_version alone."""
    _, _, marker = requirement.partition(";")
    if not marker.strip():
        return True
    name, sign, version = marker.split()
    assert (name, sign) == ("python_version", "<"), marker
    older = tuple(int(part) for part in version.strip("'\"").split("."))
    return tuple(int(part) for part in suite.python.split(".")) < older


def resolved(suite: Suite, machine: str, extras: tuple[str, ...]) -> list[dict[str, Any]]:
    """pip's report on these extras and the program, for one system."""
    wanted = [one for extra in ("all", *extras) for one in asked(extra) if applies(one, suite)]
    wanted = [one.split(";")[0].strip() for one in wanted if name_of(one) not in SYSTEM]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(LOWEST_GLIBC, suite.glibc + 1)]
    tags += [f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"linux_{machine}"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        call = [sys.executable, "-I", "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        call += ["--target", f"{folder}/nowhere", "--only-binary", ":all:", "--implementation", "cp"]
        call += ["--python-version", suite.python, "--report", str(report)]
        call += [part for tag in tags for part in ("--platform", tag)]
        subprocess.run([*call, f"numpy=={suite.numpy}", *wanted], check=True)
        found: list[dict[str, Any]] = json.loads(report.read_text("utf-8"))["install"]
        return found


def locked() -> dict[tuple[str, str], Package]:
    """Every (name, version) with where and what for."""
    packages: dict[tuple[str, str], Package] = defaultdict(Package)
    for suite in SUITES:
        for machine in MACHINES:
            whole = resolved(suite, machine, (*EXTRAS, "build"))
            of_extra = {extra: _names(resolved(suite, machine, (extra,))) for extra in (*EXTRAS, "build")}
            alone = _names(resolved(suite, machine, ()))
            for one in whole:
                name = name_of(one["metadata"]["name"])
                if name in SYSTEM:
                    continue
                package = packages[name, one["metadata"]["version"]]
                package.where.add((suite.python, machine))
                package.digests.add(one["download_info"]["archive_info"]["hashes"]["sha256"])
                needing = {extra for extra, names in of_extra.items() if name in names}
                package.extras |= {"all"} if name in alone else needing
    return packages


def _names(found: list[dict[str, Any]]) -> set[str]:
    return {name_of(one["metadata"]["name"]) for one in found}


def marker(where: set[tuple[str, str]]) -> str:
    """For whom a line is; "" for everybody."""
    everywhere = {(suite.python, machine) for suite in SUITES for machine in MACHINES}
    if where == everywhere:
        return ""
    pythons, machines = {python for python, _ in where}, {machine for _, machine in where}
    assert where == {(python, machine) for python in pythons for machine in machines}, where
    parts = [f'python_version == "{python}"' for python in sorted(pythons) if len(pythons) == 1]
    parts += [f'platform_machine == "{machine}"' for machine in sorted(machines) if len(machines) == 1]
    return f" ; {' and '.join(parts)}"


def line(name: str, version: str, package: Package) -> str:
    """One package as pip reads it."""
    digests = " ".join(f"--hash=sha256:{digest}" for digest in sorted(package.digests))
    return f"{name}=={version}{marker(package.where)} {digests}  # {','.join(sorted(package.extras))}"


def main() -> None:
    lines = [line(name, version, package) for (name, version), package in sorted(locked().items())]
    LOCKED.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    print(f"{LOCKED.relative_to(ROOT)}: {len(lines)} packages")


if __name__ == "__main__":
    main()
