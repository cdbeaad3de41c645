"""Whether this computer's wall clock can be believed: for the date on a set, and before old sets are deleted.

Knows what a clock says and what is already known to have been; nothing of tables and files of sets. Judging
needs none of it: that goes by frames.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from mirror import BUILT

CLOCK_IS_SET = Path("/run/systemd/timesync/synchronized")
"""systemd-timesyncd makes this file once the clock was set from the network. Nobody else does: not chrony,
and not a clock with a battery."""
BUILT_S = datetime.fromisoformat(BUILT).replace(tzinfo=UTC).timestamp()
"""When this version was built, in seconds since 1970."""
FIRST_DATE_S = datetime(2022, 10, 24, tzinfo=UTC).timestamp()
"""Python 3.11 is not older, so no set is: an earlier date comes from a clock that began at nought."""
A_DAY_S = 86400.0
LONGEST_AWAY_S = 5 * 365 * A_DAY_S
"""A clock that is further ahead of everything that is known is wrong: nothing is deleted by 2036 or 2099."""


def plausible(at: float, newest: float) -> bool:
    """Whether a clock that nobody vouches for may be right when it says `at`, in seconds since 1970.

    newest: when the newest set was kept by a clock that was believed; -inf where there is none.
    """
    known = max(BUILT_S, newest)
    return known <= at <= known + LONGEST_AWAY_S
