"""Flags that several commands share, and settings loaded under them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from mirror.faults import BadInput

Config = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads this at run time on 3.11 too
    typer.Option("--config", metavar="FILE", help="Settings file (default: mirror.toml where it is found)."),
]
Lights = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--lights", metavar="KIND", help="Lamp and buzzer: auto, gpio, mock or none."),
]
Events = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--events", metavar="F.jsonl", help="Log every state, rep, cue, light and sound."),
]
Overwrite = Annotated[bool, typer.Option("--yes", help="Overwrite without asking.")]
Screen = Annotated[
    str,
    typer.Option("--screen", metavar="KIND", help="auto, window or none (none: a table in the terminal)."),
]

FLAGS = {
    "camera.source": "--camera",
    "camera.hfov_deg": "--hfov",
    "camera.tilt_deg": "--tilt",
    "camera.height_m": "--camera-height",
    "person.stature_m": "--stature",
    "model.name": "--model",
    "coach.language": "--language",
    "lights.kind": "--lights",
    "screen.fullscreen": "--fullscreen",
    "mqtt.broker": "--broker",
    "board.host": "--host",
    "board.port": "--port",
}
"""Settings that have a flag of their own, so that mistakes are told by the flag's name."""


def load_settings(config: Path | None, **flags: object) -> Any:
    """Settings with these flags over them; a flag of None was not given."""
    from mirror.settings import load

    names = {name.replace("__", "."): value for name, value in flags.items() if value is not None}
    try:
        return load(config, names)
    except BadInput as wrong:
        message = str(wrong)
        for name in names:
            message = message.replace(f"flag {name}", FLAGS[name])
        raise BadInput(message) from None
