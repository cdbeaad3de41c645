"""`calibrate`: how the camera hangs and where it is on the glass, measured with a person."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from mirror.cli.app import app
from mirror.cli.flags import Config, Screen, load_settings
from mirror.faults import BadInput


@app.command()
def calibrate(
    what: Annotated[
        str,
        typer.Argument(metavar="[mounting|glass]", help="The camera's tilt and height, or the lens's place."),
    ] = "mounting",
    camera: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--camera", metavar="WHAT", help="auto, picamera, webcam, /dev/videoN or a file."),
    ] = None,
    height: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--height", metavar="M", help="Height of the lens over the floor, by a tape."),
    ] = None,
    stature: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--stature", metavar="M", help="How tall the person is who will stand there."),
    ] = None,
    mark: Annotated[
        Optional[list[float]],  # noqa: UP045
        typer.Option(
            "--mark",
            metavar="M",
            help="A mark to stand on, so far along the floor from below the lens; may be given twice.",
        ),
    ] = None,
    screen: Screen = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what was found, change nothing.")] = False,
    config: Config = None,
) -> None:
    """Measure how the camera hangs with somebody who keeps still, and write it into the settings file."""
    from mirror.calibrate.run import Measured, calibrate_glass, calibrate_mounting

    settings = load_settings(config, camera__source=camera)
    if what == "glass":
        raise typer.Exit(calibrate_glass(settings, config=config, screen=screen, dry_run=dry_run))
    if what != "mounting":
        raise BadInput(f"{what}: calibrate measures mounting or glass.")
    measured = Measured(
        height if height is not None else settings.camera.height_m,
        stature if stature is not None else settings.person.stature_m,
        tuple(mark or ()),
    )
    raise typer.Exit(calibrate_mounting(settings, measured, config=config, screen=screen, dry_run=dry_run))
