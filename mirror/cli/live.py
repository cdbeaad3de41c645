"""`run` and `demo`: the mirror itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from mirror.cli.app import app
from mirror.cli.flags import Config, Events, Lights, Overwrite, Screen, load_settings


@app.command()
def run(
    camera: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--camera", metavar="WHAT", help="auto, picamera, webcam, /dev/videoN or a file."),
    ] = None,
    screen: Screen = "auto",
    fullscreen: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--fullscreen/--windowed", help="Fill the display.", show_default=False),
    ] = None,
    lights: Lights = None,
    events: Events = None,
    yes: Overwrite = False,
    config: Config = None,
) -> None:
    """Be the mirror: camera in; knees judged; screen, lamp and buzzer out.

    In a window keys do what arms do: space or Enter go on, right and left turn pages, p pauses, q or Esc
    end it.
    After a clip its summary stays until a key.
    """
    from mirror.station.run import run_station

    settings = load_settings(
        config, camera__source=camera, lights__kind=lights, screen__fullscreen=fullscreen
    )
    raise typer.Exit(run_station(settings, screen=screen, events=events, overwrite=yes))


@app.command()
def demo(
    screen: Screen = "auto",
    picture: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--picture",
            metavar="F.png",
            help="Where the summary picture goes without a screen (default: squat-mirror-summary.png).",
        ),
    ] = None,
    lights: Lights = None,
    events: Events = None,
    yes: Overwrite = False,
    config: Config = None,
) -> None:
    """Try it without a camera: a rendered person does seven squats, seen by the real model.

    In a window keys do what arms do: space or Enter go on, right and left turn pages, p pauses, q or Esc
    end it.
    The summary stays until a key.
    """
    from mirror.station.run import run_demo

    settings = load_settings(config, lights__kind=lights)
    raise typer.Exit(run_demo(settings, screen=screen, picture=picture, events=events, overwrite=yes))
