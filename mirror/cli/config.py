"""`config init`, `show` and `check`: a file to begin with, the settings in force, and their mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mirror.cli.app import family
from mirror.cli.flags import Config, Overwrite, load_settings
from mirror.files.plain import in_a_line

if TYPE_CHECKING:
    from mirror.settings import Settings

config_app = family("config", "Begin a settings file, show or check the settings.")


@config_app.command("init")
def config_init(
    file: Annotated[
        Path, typer.Argument(metavar="F.toml", help="Where; - is standard output.", show_default=True)
    ] = Path("mirror.toml"),
    yes: Overwrite = False,
) -> None:
    """Write a settings file with every setting, its bounds and its unit; all defaults, to be changed."""
    from mirror.files.writing import check_writable, write_whole
    from mirror.settings import Settings, render_toml

    if file == Path("-"):
        typer.echo(render_toml(Settings()), nl=False)
        return
    check_writable([file], [], yes)
    write_whole(file, render_toml(Settings()))
    typer.echo(in_a_line(f"{file}: every setting with its default, to be changed{_not_taken()}"))


@config_app.command("show")
def config_show(config: Config = None) -> None:
    """Every setting, its value, its unit and where the value came from."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from mirror.settings import rows

    table = Table(box=None, header_style="bold")
    for heading in ("setting", "value", "unit", "from", "what"):
        table.add_column(heading)
    for row in rows(load_settings(config)):
        table.add_row(*(escape(cell) for cell in row))
    Console().print(table)


@config_app.command("check")
def config_check(config: Config = None) -> None:
    """Say every mistake in the settings; exit 2 if there is one. Also where a named station is told of."""
    from mirror.settings import check, find

    problems = check(config)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(2)
    found = find(config)
    typer.echo(f"{found}: no mistakes" if found else f"no settings file{_not_taken()}; the defaults hold")
    line = _where_published(load_settings(config))
    if line:
        typer.echo(in_a_line(line))


def _not_taken() -> str:
    """Said to root, who may wonder about the file in this folder."""
    from mirror.settings import FILE_NAME, SYSTEM_FILE, is_root

    if not (is_root() and Path(FILE_NAME).is_file()):
        return ""
    return f" (root takes {SYSTEM_FILE} or --config {FILE_NAME}, none by its place)"


def _where_published(settings: Settings) -> str:
    """The topics of a station that has a name or a broker; "" for one that has neither."""
    from mirror.mqtt.setup import topics_for

    broker = settings.mqtt.broker.strip()
    if not broker and not settings.coach.station.strip():
        return ""
    topics = topics_for(settings)
    who = f"{broker} is" if broker else "[mqtt] broker is empty; one would be"
    return f"mqtt: {who} told of {topics.station} at {topics.of('...')}"
