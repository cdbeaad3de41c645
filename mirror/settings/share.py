"""Settings of what a lifter takes home of a set: a code on the glass, and which page reads it.

Names and numbers only, like all settings; draws no code and opens no connection.
"""

from __future__ import annotations

from mirror.settings.fields import Section, setting

PAGE = r"^(https://[A-Za-z0-9.:/_~%?&=@!$,;+*()'-]{1,122})?$"


class ShareSettings(Section):
    """What a lifter takes home: a QR code that holds a set's numbers; the mirror sends nothing."""

    qr: bool = setting(
        True, "Show the code of a set on its summary's second page, for a phone to read from a metre."
    )
    page: str = setting(
        "",
        "Where docs/take-home is served, if it is: the code is its address and the set behind a #, which no "
        "browser sends; empty: the code is plain text in the language of the glass.",
        form="empty, or an address of 130 characters at most that begins with https:// and has no #",
        pattern=PAGE,
    )
