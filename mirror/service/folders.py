"""Where the station keeps what it remembers between starts. Reads no file."""

from __future__ import annotations

import atexit
import functools
import os
import tempfile
from pathlib import Path

from mirror.files.plain import in_home


def state_folder() -> Path:
    """systemd's $STATE_DIRECTORY for a service, else the person's own state folder (XDG); of somebody without
    a home one that goes with the program."""
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    if given:
        return Path(given)
    own = os.environ.get("XDG_STATE_HOME")
    home = in_home("~/.local/state")
    if not own and not home.is_absolute():
        return _for_now()
    return Path(own or home) / "squat-mirror"


@functools.cache
def _for_now() -> Path:
    """For a user without a home: what is remembered until this program ends."""
    folder = tempfile.TemporaryDirectory(prefix="squat-mirror-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def runtime_folder() -> Path | None:
    """systemd's $RUNTIME_DIRECTORY, in memory, for as long as the computer runs; None without it."""
    given = os.environ.get("RUNTIME_DIRECTORY", "").split(":")[0]
    return Path(given) if given else None
