"""`sets`: what the mirror remembers of sets: list, export as CSV, delete."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from mirror.cli.app import family

sets_app = family("sets", "The sets this mirror remembers: numbers, no pictures, no names.", bare=True)

From = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--from", metavar="FILE", help="Another mirror's sets.sqlite, say a backup."),
]


@sets_app.callback(invoke_without_command=True)
def sets(context: typer.Context) -> None:
    """The sets this mirror remembers: numbers, no pictures, no names."""
    if context.invoked_subcommand is None:
        sets_list()


@sets_app.command("list")
def sets_list(
    last: Annotated[int, typer.Option("--last", metavar="N", min=1, help="How many, the newest.")] = 20,
    origin: From = None,
) -> None:
    """The newest sets, one a line."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from mirror.files.plain import in_a_line
    from mirror.history.export import newest

    kept = newest(origin, last)
    if not kept:
        typer.echo("no set is kept yet")
        return
    table = Table(box=None, header_style="bold")
    for heading in ("set", "when", "reps", "what was seen"):
        table.add_column(heading)
    for one in kept:
        table.add_row(str(one.id), one.when, str(one.reps), escape(in_a_line(one.sentence)))
    Console().print(table)


@sets_app.command("export")
def sets_export(
    output: Annotated[Path, typer.Argument(metavar="F.csv", help="A line a repetition.")],
    yes: Annotated[bool, typer.Option("--yes", help="Overwrite the file without asking.")] = False,
    origin: From = None,
) -> None:
    """Every repetition as a line of CSV."""
    from mirror.files.writing import check_writable, write_whole
    from mirror.history.export import database_files, every_repetition
    from mirror.settings import find

    settings = find()
    check_writable([output], [*database_files(origin), *([settings] if settings else [])], yes)
    text, count = every_repetition(origin)
    write_whole(output, text)
    typer.echo(f"{output}: {count} repetitions")


@sets_app.command("delete")
def sets_delete(
    before: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--before", metavar="YYYY-MM-DD", help="Only sets from before that day."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    origin: From = None,
) -> None:
    """Delete sets for good: all, or those from before a day."""
    from mirror.history.export import delete, midnight

    at = None if before is None else midnight(before)
    if not yes:
        typer.confirm(f"Delete {'the sets from before ' + before if before else 'every set'}?", abort=True)
    typer.echo(f"{delete(origin, at)} sets deleted")
