"""Keeps a TFLite runtime's own chatter ("INFO: Created XNNPACK delegate") off stderr, where faults are told.

The runtimes have no switch for it and write past Python. stderr is everybody's, so what other threads say
meanwhile is handed on. Knows nothing of networks.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Iterator

_CHATTER = re.compile(rb"(VERBOSE|INFO|WARNING|ERROR): |[IWEF]\d{4} \d\d:")
"""How the runtimes begin a line: TFLite's own log and absl's. Nobody else here writes such lines."""
_one_at_a_time = threading.Lock()
"""Two that put stderr aside at once would each put back what they found: the second, nothing."""


@contextlib.contextmanager
def kept_off_stderr() -> Iterator[None]:
    """While this lasts, what comes to stderr is put aside; at its end all but the chatter is written there.

    For moments only: others' lines come late. Another thread that wants the same waits.
    """
    with _one_at_a_time:
        sys.stderr.flush()
        try:
            kept = os.dup(2)
        except OSError:  # no stderr to protect
            yield
            return
        aside = os.memfd_create("stderr", os.MFD_CLOEXEC)  # memory: no disk to be full, no pipe to overflow
        os.dup2(aside, 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            _hand_on(aside)


def _hand_on(aside: int) -> None:
    with os.fdopen(aside, "rb") as lines:
        lines.seek(0)
        ours = b"".join(line for line in lines if not _CHATTER.match(line))
    with contextlib.suppress(OSError), open(2, "wb", closefd=False) as stderr:
        stderr.write(ours)
