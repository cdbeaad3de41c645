"""Where the station keeps what it remembers between starts, and files as people name them. Reads none."""

from __future__ import annotations

import os
from pathlib import Path


def state_folder() -> Path:
    """systemd's $STATE_DIRECTORY for a service, else the person's own state folder (XDG)."""
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    own = os.environ.get("XDG_STATE_HOME")
    return Path(own if own else Path("~/.local/state").expanduser()) / "squat-mirror"


def runtime_folder() -> Path | None:
    """systemd's $RUNTIME_DIRECTORY, in memory, for as long as the computer runs; None without it."""
    given = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return Path(given) if given else None


def in_home(name: str) -> Path:
    """A file as a person writes it: ~ is somebody's home folder, if there is such a somebody."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)
