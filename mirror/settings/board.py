"""Settings of the coach's page for a class: where it listens, and who may see it.

Names and numbers only, like all settings; opens no port and no file.
"""

from __future__ import annotations

from mirror.settings.fields import NOT_BLANK, Section, setting


class BoardSettings(Section):
    """The coach's page for a class, `squat-mirror board`, on what [mqtt] names; needs the extra `board`."""

    host: str = setting(
        "127.0.0.1",
        "The address it listens at: 127.0.0.1 is this computer only, 0.0.0.0 (or ::) every network it is in.",
        form="an address of this computer, or its name",
        pattern=NOT_BLANK,
    )
    port: int = setting(8080, "The port it listens at.", "", 1, 65535)
    key_file: str = setting(
        "",
        "File with a key of 16 letters or more in its first line; needed for any host but this computer.",
        form="text",
    )
