"""The two kinds of trouble. This module knows nothing of any room, and every room may raise these.

A permanent fault (no runtime, a busy pin) ends the command with one line and exit code 1, bad input (a file,
a setting, a flag) with exit code 2. A temporary one (the camera stalled) is retried, shown and survived.
"""

from __future__ import annotations


class _Told(Exception):
    """One sentence in English, and the name under which the glass says the same in the station's language.

    key: a sentence of the coach's words, of their section "fault"; "" for what only a keyboard ever shows.
    values: fill its gaps.
    """

    def __init__(self, sentence: str = "", *, key: str = "", **values: str) -> None:
        super().__init__(sentence)
        self.key = key
        self.values = values


class PermanentFault(_Told):
    """Trying again cannot help. The message is one sentence for the person at the keyboard."""


class BadInput(PermanentFault):
    """Something a person gave us is wrong: a file, a setting, a flag. One line on stderr, exit 2."""


class OwnFault(PermanentFault):
    """Something nobody foresaw, so a mistake of ours. One line that asks for a report, exit code 1."""


class TemporaryFault(_Told):
    """Trying again may help: retry with back-off, show it, go on."""
