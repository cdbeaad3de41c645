"""`models`: the networks there are, whether their files are right, how fast each is here, which to use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from mirror.cli.app import family
from mirror.cli.flags import Config, load_settings

if TYPE_CHECKING:
    from mirror.pose.catalog import ModelEntry
    from mirror.pose.choice import Choice, Timing

SHOWN = ("time_ratio", "bodies_hip", "bodies_knee", "bodies_ankle", "deviation_rms", "depth_rms")
"""What `list` shows of a card; models.toml says what each means."""

models_app = family("models", "The pose models: list, verify, time and choose.")


@models_app.command("list")
def models_list(config: Config = None) -> None:
    """Every model: its size, how exact and how fast it is, and when to use it."""
    from mirror.pose.catalog import AUTO, entries

    chosen = load_settings(config).model.name
    table = _table("model", ("MB", "time", "hip %", "knee %", "ankle %", "knee deg", "depth deg"))
    for entry in entries().values():
        card = [_number(entry.card.get(key)) for key in SHOWN]
        table.add_row(entry.name, f"{entry.size_bytes / 1e6:.1f}", *card)
    _print(table)
    _say(
        "time: to the official 192x192 file's, one thread. %: mean error of a joint, of body height. deg: "
        "error of a repetition's largest deviation and depth (rms). All on rendered sets with known truth.\n"
    )
    for entry in entries().values():
        where = "" if entry.here or entry.shipped else f" (not here: {entry.built_by})"
        mark = "[bold]*[/] " if entry.name == chosen else "  "
        _say(f"{mark}{entry.name}: {entry.use}{where}")
    if chosen == AUTO:
        _say(f"\nIn use: {_in_force(load_settings(config))}")


@models_app.command("verify")
def models_verify(config: Config = None) -> None:
    """Check every model's file against its checksum, load it and run it once; exit 2 if one is wrong."""
    from rich.markup import escape

    from mirror.faults import PermanentFault
    from mirror.pose.catalog import entries
    from mirror.pose.self_test import self_test

    how = load_settings(config).model
    wrong = False
    for entry in entries().values():
        if not entry.shipped and not entry.here:
            _say(f"[dim]not here[/]  {entry.name}: {escape(entry.built_by)} makes it")
            continue
        try:
            ran = self_test(entry, how.runtime, xnnpack=how.xnnpack)
            _say(f"[green]right[/]     {entry.name}: {escape(ran)}")
        except PermanentFault as fault:
            wrong = True
            _say(f"[red]wrong[/]     {escape(str(fault))}")
    raise typer.Exit(2 if wrong else 0)


@models_app.command("bench")
def models_bench(
    json: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads this at run time on 3.11 too
        typer.Option("--json", metavar="F", help="Write everything as JSON."),
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", min=1, metavar="N", help="Turns each model has.")] = 12,
    xnnpack: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--xnnpack/--no-xnnpack", help="Let XNNPACK compute what it can, or not: as set."),
    ] = None,
    wanted: Annotated[
        float, typer.Option("--wanted", min=1.0, metavar="N", help="Poses a second to keep.")
    ] = 15.0,
    yes: Annotated[bool, typer.Option("--yes", help="Overwrite the JSON without asking.")] = False,
    config: Config = None,
) -> None:
    """Time every model on this machine, with 1 to all threads, and recommend one.

    With model.name = "auto" the mirror uses what is recommended here from its next start on.
    """
    from mirror.files.writing import check_writable
    from mirror.pose import choice
    from mirror.pose.catalog import checked_file
    from mirror.pose.interpreter import Network
    from mirror.service.folders import state_folder
    from mirror.settings import files_named

    settings = load_settings(config)
    if json is not None:
        check_writable([json], files_named(settings), yes)
    models, how = choice.candidates(), settings.model
    use_xnnpack = how.xnnpack if xnnpack is None else xnnpack
    timings = _timed(models, choice.thread_counts(), rounds, how.runtime, use_xnnpack)
    picked = choice.recommend(timings, models, wanted)
    made_for = choice.machine(how.runtime, use_xnnpack)
    runs_on = Network(checked_file(models[0]), runtime=how.runtime, xnnpack=use_xnnpack).runtime
    _print(_timings_table(timings, picked))
    _say(f"All on {runs_on}.")
    _say(f"[bold]{picked.model}[/]: {picked.why}.")
    _say(
        f"It counts on {choice.ROUND_THE_NETWORK:g} times the network's time a frame, and on this load "
        "staying as it is; `squat-mirror models use NAME` sets one, or auto."
    )
    if json is not None:
        _write_json(json, timings, picked, made_for | {"runs_on": runs_on}, wanted)
    if use_xnnpack == how.xnnpack:
        _remember(state_folder(), picked, timings, made_for)


@models_app.command("use")
def models_use(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A model's name, or auto.")],
    config: Config = None,
) -> None:
    """Write the model to use into the settings file; everything else in it stays as it is."""
    from mirror.pose.catalog import AUTO, checked_file, find
    from mirror.settings.edit import change_settings, file_to_change

    load_settings(config)  # a file with a mistake in it is told, not changed
    if name != AUTO:
        from mirror.fitting.from_settings import constants_of

        checked_file(find(name))
        constants_of(name)
    path = file_to_change(config)
    change_settings(path, {"model.name": name})
    _say(f"{path}: model.name = {name}; a mirror that runs takes it at its next start")


def _in_force(settings: Any) -> str:
    from mirror.pose import choice
    from mirror.pose.catalog import DEFAULT_MODEL
    from mirror.service.folders import state_folder

    found = choice.kept(state_folder(), choice.machine(settings.model.runtime, settings.model.xnnpack))
    if found is None:
        return f"auto; nothing was timed yet, so {DEFAULT_MODEL} until the first start or `models bench`"
    return f"auto, which is {found.model} here, {found.why}"


def _timed(
    models: list[ModelEntry], threads: list[int], rounds: int, runtime: str, xnnpack: bool
) -> list[Timing]:
    """Timings, behind a bar on stderr where somebody watches."""
    from rich.console import Console
    from rich.progress import Progress

    from mirror.pose import choice

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("taking turns", total=1.0)

        def go_on(share: float) -> bool:
            progress.update(task, completed=share)
            return True

        return choice.bench(models, threads, rounds=rounds, runtime=runtime, xnnpack=xnnpack, progress=go_on)


def _timings_table(timings: list[Timing], picked: Choice) -> Any:
    table = _table("model", ("threads", "ms", "p95 ms", "poses/s", "to default", ""))
    default = {one.threads: one.median_ms for one in timings if one.model.startswith(_default_name())}
    for one in sorted(timings, key=lambda one: (one.model, one.threads)):
        ratio = one.median_ms / default[one.threads] if one.threads in default else None
        mark = "[bold]<[/]" if (one.model, one.threads) == (picked.model, picked.threads) else ""
        table.add_row(
            one.model,
            str(one.threads),
            f"{one.median_ms:.1f}",
            f"{one.p95_ms:.1f}",
            f"{one.per_s:.0f}",
            _number(ratio),
            mark,
        )
    return table


def _default_name() -> str:
    from mirror.pose.catalog import DEFAULT_MODEL

    return DEFAULT_MODEL


def _write_json(
    path: Path, timings: list[Timing], picked: Choice, made_for: dict[str, Any], wanted: float
) -> None:
    from dataclasses import asdict
    from json import dumps
    from os import getloadavg

    from mirror.files.writing import write_whole

    document = {
        "schema": 1,
        "machine": made_for | {"load": getloadavg()[0]},
        "wanted_per_s": wanted,
        "timings": [asdict(one) | {"per_s": one.per_s} for one in timings],
        "recommended": asdict(picked),
    }
    write_whole(path, dumps(document, indent=1) + "\n")


def _remember(folder: Path, picked: Choice, timings: list[Timing], made_for: dict[str, Any]) -> None:
    from mirror.pose import choice

    try:
        choice.keep(folder, picked, timings, made_for)
    except OSError as error:
        _say(f"Not kept for the next start: {folder} cannot be written ({error.strerror}).")


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _table(first: str, numbers: tuple[str, ...]) -> Any:
    from rich.table import Table

    table = Table(box=None, header_style="bold", padding=(0, 1))
    table.add_column(first, no_wrap=True)
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _print(table: Any) -> None:
    from rich.console import Console

    Console().print(table)


def _say(sentence: str) -> None:
    from rich.console import Console

    Console().print(sentence, highlight=False, soft_wrap=True)
