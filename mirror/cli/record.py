"""`record`: a keypoint recording from a camera."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from mirror.cli.app import app
from mirror.cli.flags import Config, load_settings


@app.command()
def record(
    output: Annotated[Path, typer.Argument(metavar="F.npz", help="Where the recording goes.")],
    camera: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--camera", metavar="WHAT", help="auto, picamera, webcam, /dev/videoN or a video."),
    ] = None,
    seconds: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--seconds", metavar="N", min=0.1, help="Stop after so long."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Overwrite the recording without asking.")] = False,
    config: Config = None,
) -> None:
    """Keep what the pose model sees as keypoints, no pictures, until Ctrl-C; analyze reads it."""
    from mirror.station.record import record as record_keypoints

    settings = load_settings(config, camera__source=camera)
    raise typer.Exit(record_keypoints(settings, output, seconds, overwrite=yes))
