"""`board`: the coach's page for a class."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from mirror.cli.app import app
from mirror.cli.flags import Config, load_settings

HERE = "localhost"
"""The broker where neither flag nor settings name one."""


@app.command()
def board(
    broker: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--broker", metavar="HOST[:PORT]", help="MQTT broker (default: [mqtt], else this host)."
        ),
    ] = None,
    host: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--host", metavar="ADDRESS", help="Where to listen; beyond this host a key is needed."),
    ] = None,
    port: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--port", metavar="N", help="The port to listen at (default: 8080)."),
    ] = None,
    config: Config = None,
) -> None:
    """Serve the coach's page for a class: every station at a glance, a timer, a table."""
    import logging

    from mirror.board.serve import run_board

    flags = {"mqtt__broker": broker, "board__host": host, "board__port": port}
    settings = load_settings(config, **flags)
    if not settings.mqtt.broker.strip():
        settings = load_settings(config, **{**flags, "mqtt__broker": HERE})
    logging.basicConfig(level=settings.service.log_level.upper(), format="%(message)s")
    run_board(settings)
