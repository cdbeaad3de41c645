"""The settings: `load()` gives all of them, from flags over environment over TOML file over defaults.

Each is written once, in `sections.py`. This room knows names and numbers only: nothing of cameras, models or
lamps.
"""

from __future__ import annotations

from mirror.settings.board import BoardSettings
from mirror.settings.fields import (
    HIGHEST_PIN,
    LEAVE_OUT,
    NOT_BLANK,
    PREFIX,
    OptionalFloat,
    OptionalInt,
    OptionalPin,
    Pin,
    Pins,
    QuarterTurns,
    Section,
    unit,
)
from mirror.settings.render import (
    HEADING,
    WORDS,
    SettingRow,
    describe,
    render_toml,
    rows,
    where,
)
from mirror.settings.sections import (
    SECTIONS,
    CameraSettings,
    CoachSettings,
    KneesSettings,
    LightsSettings,
    ModelSettings,
    PersonSettings,
    ScreenSettings,
    ServiceSettings,
    Settings,
    SoundSettings,
    every,
)
from mirror.settings.sources import (
    CONFIG_VARIABLE,
    FILE_NAME,
    SYSTEM_FILE,
    Layer,
    check,
    files_named,
    find,
    is_root,
    load,
)

__all__ = [
    "CONFIG_VARIABLE",
    "FILE_NAME",
    "HEADING",
    "HIGHEST_PIN",
    "LEAVE_OUT",
    "NOT_BLANK",
    "PREFIX",
    "SECTIONS",
    "SYSTEM_FILE",
    "WORDS",
    "BoardSettings",
    "CameraSettings",
    "CoachSettings",
    "KneesSettings",
    "Layer",
    "LightsSettings",
    "ModelSettings",
    "OptionalFloat",
    "OptionalInt",
    "OptionalPin",
    "PersonSettings",
    "Pin",
    "Pins",
    "QuarterTurns",
    "ScreenSettings",
    "Section",
    "ServiceSettings",
    "SettingRow",
    "Settings",
    "SoundSettings",
    "VerdictLimits",
    "check",
    "describe",
    "every",
    "files_named",
    "find",
    "is_root",
    "load",
    "render_toml",
    "rows",
    "unit",
    "where",
]
