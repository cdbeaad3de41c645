"""`doctor`: what is well, and what to do where it isn't."""

from __future__ import annotations

import typer

from mirror.cli.app import app
from mirror.cli.flags import Config, load_settings


@app.command()
def doctor(config: Config = None) -> None:
    """Look at camera, model, lamp, screen and machine: what is well, and what to do where it isn't."""
    from mirror.service.doctor import examine, exit_code
    from mirror.settings import check

    findings = examine(None if check(config) else load_settings(config), config)
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_header=False, box=None, padding=(0, 1))
    colour = {"ok": "green", "warning": "yellow", "fault": "red"}
    for finding in findings:
        says = escape(finding.says) + (f"; [bold]{escape(finding.do)}[/]" if finding.do else "")
        table.add_row(f"[{colour[finding.level]}]{finding.level}[/]", finding.name, says)
    Console().print(table)
    raise typer.Exit(exit_code(findings))
