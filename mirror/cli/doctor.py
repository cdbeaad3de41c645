"""`doctor`: what is well, and what to do where it isn't."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from mirror.cli.app import app
from mirror.cli.flags import Config, load_settings

if TYPE_CHECKING:
    from mirror.doctor.finding import Finding

COLOUR = {"ok": "green", "warning": "yellow", "fault": "red"}


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Tell it as JSON, for scripts.")] = False,
    only: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--only", metavar="NAME,...", help="Look at these only: python, model, camera, ..."),
    ] = None,
    config: Config = None,
) -> None:
    """Look at camera, model, lamp, screen and machine: what is well, and what to do where it isn't.

    Exit code 0: nothing worse than a warning; 1: a fault; 2: asked for something it does not know.
    """
    from mirror.doctor.doctor import examine, exit_code
    from mirror.settings import check

    names = only.split(",") if only else []
    findings = examine(None if check(config) else load_settings(config), config, only=names)
    if json:
        _tell_json(findings)
    else:
        _tell(findings)
    raise typer.Exit(exit_code(findings))


def _tell_json(findings: list[Finding]) -> None:
    from dataclasses import asdict
    from json import dumps

    typer.echo(dumps({"schema": 1, "findings": [asdict(finding) for finding in findings]}, indent=2))


def _tell(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_header=False, box=None, padding=(0, 1))
    for finding in findings:
        says = escape(finding.says) + (f"; [bold]{escape(finding.do)}[/]" if finding.do else "")
        table.add_row(f"[{COLOUR[finding.level]}]{finding.level}[/]", finding.name, says)
    Console().print(table)
