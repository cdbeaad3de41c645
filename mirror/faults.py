"""The two kinds of trouble. This module knows nothing of any room, and every room may raise these.

A permanent fault (a busy pin) ends the command with one line and exit code 1. What only a person can mend,
a wrong setting or a part that is missing, ends it with 2, and hardware that stays away with 75: the service
acts on them. A temporary fault (the camera stalled) is retried, shown and survived.
"""

from __future__ import annotations


class _Fault(Exception):
    """One sentence in English, and the name under which the glass says the same in the station's language.

    key: a sentence of the coach's words, of their section "fault"; "" for what only a keyboard ever shows.
    values: fill its gaps. exit_code: of the command it ends.
    """

    exit_code = 1

    def __init__(self, sentence: str = "", *, key: str = "", **values: str) -> None:
        super().__init__(sentence)
        self.key = key
        self.values = values


class PermanentFault(_Fault):
    """Trying again cannot help. The message is one sentence for the person at the keyboard."""


class BadInput(PermanentFault):
    """Something a person gave us is wrong: a file, a setting, a flag. One line on stderr, exit 2."""

    exit_code = 2


class PartMissing(PermanentFault):
    """This computer lacks a library, has one that is too old, or lacks the device that was asked for.

    Somebody has to install something: starting again never helps. One line on stderr, exit 2.
    """

    exit_code = 2


class StaysAway(PermanentFault):
    """A camera or a display that was there stays away: only a new start of the computer may bring it back.
    One line on stderr, exit 75."""

    exit_code = 75


class OwnFault(PermanentFault):
    """Something nobody foresaw, so a mistake of ours. One line that asks for a report, exit code 1."""


class TemporaryFault(_Fault):
    """Trying again may help: retry with back-off, show it, go on."""
