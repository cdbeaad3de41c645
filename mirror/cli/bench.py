"""`bench`: how long everything takes on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from mirror.cli.app import app
from mirror.cli.flags import Config, load_settings


@app.command()
def bench(
    json: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--json", metavar="F", help="Write everything as JSON."),
    ] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="N", min=1.0, help="How long the mirror runs.")
    ] = 15.0,
    yes: Annotated[bool, typer.Option("--yes", help="Overwrite the JSON without asking.")] = False,
    config: Config = None,
) -> None:
    """Time every stage of a frame on this machine, on the bundled clip."""
    from mirror.bench.run import bench as time_everything

    raise typer.Exit(
        time_everything(load_settings(config, lights__kind="mock"), seconds, json, overwrite=yes)
    )
