"""The one place that decides what an environment of ours takes from the system and leaves as it is there.

Picamera2 and libcamera come from the system only, made for the system's numpy, and only the system's pygame
draws without a desktop. The installer, scripts/run and scripts/test ask this file by its path, before
anything of ours is installed, so it knows the standard library only; the doctor asks it what to do.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Sequence

KEPT = ("numpy", "pygame", "gpiozero", "lgpio")
"""Picamera2's parts are compiled for numpy; pip's pygame has no KMS; gpiozero and lgpio belong together."""

AGAIN = "in a checkout run scripts/run once more, on an installed mirror sudo scripts/install.sh"
INSTALL = (
    "sudo apt install python3-picamera2, and use it in an environment that sees the system's packages, as "
    "scripts/run and scripts/install.sh make it (a USB webcam does without)"
)
UPGRADE = "sudo apt update && sudo apt full-upgrade"


def wanted() -> bool:
    """Whether this Python has what pip cannot provide, so that an environment should see its packages."""
    return importlib.util.find_spec("picamera2") is not None


def constraints() -> list[str]:
    """pip's constraints, "numpy==1.24.2": what pip must not put another version of over the system's.

    To be asked of the system's own Python.
    """
    return [f"{name}=={found[0]}" for name in KEPT if (found := _versions(name))]


def hidden(path: Sequence[str] | None = None) -> list[tuple[str, str, str]]:
    """What pip has put over the system's nevertheless: (name, the version in use, the system's) of each.

    path: where to look, in the order of importing; None for this interpreter's.
    """
    seen = [(name, _versions(name, path)) for name in KEPT]
    return [(name, found[0], found[-1]) for name, found in seen if found and found[0] != found[-1]]


def advice(path: Sequence[str] | None = None) -> str:
    """What to do where Picamera2 is there and its import fails. path: as in `hidden`."""
    over = [f"{name} {ours} hides the system's {theirs}" for name, ours, theirs in hidden(path)]
    if over:
        return f"{', '.join(over)}: {AGAIN}"
    return f"{UPGRADE}; if that does not help, {AGAIN}"


def _versions(name: str, path: Sequence[str] | None = None) -> list[str]:
    """The versions of a package that are installed, the one in use first."""
    where = sys.path if path is None else path
    return [one.version for one in importlib.metadata.distributions(name=name, path=list(where))]


if __name__ == "__main__":  # wanted: exit code 0 or 1; kept: the constraints, a line each
    if sys.argv[1:] == ["wanted"]:
        sys.exit(0 if wanted() else 1)
    print("\n".join(constraints()))
