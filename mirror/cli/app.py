"""The command line's one Typer app, for the command files to hang their commands on."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mirror import __version__

app = typer.Typer(
    name="squat-mirror",
    help="Watches people squat and says at once whether each knee tracks over its toes.",
    epilog="Coaching only. If something hurts, stop and ask a professional.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def as_written(command: Any) -> Any:
    """The same command and all below it with help that is text, not markup: [mqtt] is shown as [mqtt].

    command: click's, of whichever click typer brings.
    """
    from rich.markup import escape

    for part in (command, *command.params):
        for attribute in ("help", "short_help", "epilog"):
            if getattr(part, attribute, None):
                setattr(part, attribute, escape(getattr(part, attribute)))
    for below in getattr(command, "commands", {}).values():
        as_written(below)
    return command


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
