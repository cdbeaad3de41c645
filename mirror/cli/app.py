"""The command line's one Typer app, for the command files to hang their commands on."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mirror import __version__


class Commands(TyperGroup):
    """Commands told by their whole first paragraph, in plain text: boxes and colours take as long again."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of them in --help."""
        there_are = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, _first_paragraph(one.help)) for name, one in there_are if one and not one.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").split("\n\n")[0].split())


app = typer.Typer(
    name="squat-mirror",
    help="Watches people squat and says at once whether each knee tracks over its toes.",
    epilog="Coaching only. If something hurts, stop and ask a professional.",
    no_args_is_help=True,
    cls=Commands,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def family(name: str, tells: str, *, bare: bool = False) -> typer.Typer:
    """Commands under one name. tells: its help, shown where no command is given; bare: not so."""
    commands = typer.Typer(cls=Commands, rich_markup_mode=None, help=tells, no_args_is_help=not bare)
    app.add_typer(commands, name=name)
    return commands


class _Debugging:
    """Whether faults of our own are shown with the place they come from."""

    on = False


def debug(wanted: bool) -> None:
    """What `--debug` does; also called to begin a command anew without it."""
    _Debugging.on = wanted


def debugging() -> bool:
    """Whether `--debug` was given."""
    return _Debugging.on


def _debug_on(wanted: bool) -> None:
    if wanted:
        debug(True)


Debug = Annotated[
    bool,
    typer.Option("--debug", callback=_debug_on, help="Show where a fault of our own comes from."),
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"squat-mirror {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and exit.")
    ] = False,
    debug: Debug = False,
) -> None:
    pass
