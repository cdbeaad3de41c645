"""The two kinds of trouble. This module knows nothing of any room, and every room may raise these.

A permanent fault (no runtime, a busy pin) ends the command with one line and exit code 1, bad input (a file,
a setting, a flag) with exit code 2. A temporary one (the camera stalled) is retried, shown and survived.
"""

from __future__ import annotations


class PermanentFault(Exception):
    """Trying again cannot help. The message is one sentence for the person at the keyboard."""


class BadInput(PermanentFault):
    """Something a person gave us is wrong: a file, a setting, a flag. One line on stderr, exit 2."""


class TemporaryFault(Exception):
    """Trying again may help: retry with back-off, show it, go on."""
