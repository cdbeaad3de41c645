"""The command line: thin commands that read flags, call the house, and turn faults into one line.

Heavy imports happen inside the commands, so that --help and usage errors come at once.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from mirror import __version__
from mirror.faults import BadInput, PermanentFault, TemporaryFault

app = typer.Typer(
    name="squat-mirror",
    help="Watches people squat and says at once whether each knee tracks over its toes.",
    epilog="Coaching only. If something hurts, stop and ask a professional.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(help="Show or check the settings.", no_args_is_help=True)
app.add_typer(config_app, name="config")

Config = Annotated[
    Optional[Path],  # noqa: UP045 - typer reads this at run time on 3.11 too
    typer.Option("--config", metavar="FILE", help="Settings file (default: mirror.toml where it is found)."),
]
Lights = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--lights", metavar="KIND", help="Lamp and buzzer: auto, gpio, mock or none."),
]
Events = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--events", metavar="F.jsonl", help="Log every state, rep, cue, light and sound."),
]
Screen = Annotated[
    str,
    typer.Option("--screen", metavar="KIND", help="auto, window or none (none: a table in the terminal)."),
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
) -> None:
    pass


FLAGS = {
    "camera.source": "--camera",
    "camera.hfov_deg": "--hfov",
    "camera.tilt_deg": "--tilt",
    "camera.height_m": "--camera-height",
    "person.stature_m": "--stature",
    "model.name": "--model",
    "lights.kind": "--lights",
    "screen.fullscreen": "--fullscreen",
}
"""Settings that have a flag of their own, so that mistakes are told by the flag's name."""


def _load(config: Path | None, **flags: object) -> Any:
    """Settings with these flags over them; a flag of None was not given."""
    from mirror.settings import load

    names = {name.replace("__", "."): value for name, value in flags.items() if value is not None}
    try:
        return load(config, names)
    except BadInput as wrong:
        told = str(wrong)
        for name in names:
            told = told.replace(f"flag {name}", FLAGS[name])
        raise BadInput(told) from None


@app.command()
def run(
    camera: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--camera", metavar="WHAT", help="auto, picamera, webcam, /dev/videoN or a file."),
    ] = None,
    screen: Screen = "auto",
    fullscreen: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option("--fullscreen/--windowed", help="Fill the display.", show_default=False),
    ] = None,
    lights: Lights = None,
    events: Events = None,
    config: Config = None,
) -> None:
    """Be the mirror: camera in; knees judged; screen, lamp and buzzer out."""
    from mirror.station import run_station

    settings = _load(config, camera__source=camera, lights__kind=lights, screen__fullscreen=fullscreen)
    raise typer.Exit(run_station(settings, screen=screen, events=events))


@app.command()
def demo(
    screen: Screen = "auto",
    picture: Annotated[
        Path,
        typer.Option("--picture", metavar="F.png", help="Where the summary picture goes without a screen."),
    ] = Path("squat-mirror-summary.png"),
    lights: Lights = None,
    events: Events = None,
    config: Config = None,
) -> None:
    """Try it without a camera: a rendered person does seven squats, seen by the real model."""
    from mirror.station import run_demo

    settings = _load(config, lights__kind=lights)
    raise typer.Exit(run_demo(settings, screen=screen, picture=picture, events=events))


@app.command()
def analyze(
    inputs: Annotated[list[Path], typer.Argument(metavar="INPUT", help="Videos or keypoint recordings.")],
    json: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--json", metavar="F", help="Write everything as JSON."),
    ] = None,
    csv: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--csv", metavar="F", help="Write a line a frame as CSV."),
    ] = None,
    keypoints: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--keypoints", metavar="F.npz", help="Write the keypoints as a recording."),
    ] = None,
    plot: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--plot", metavar="F.png", help="Draw deviation, verdicts and depth over time."),
    ] = None,
    video: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--video", metavar="F.mp4", help="Write a copy with knees, targets and the count in it."
        ),
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="Say what differs between two inputs, flat and on plates say.")
    ] = False,
    reference: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--reference", metavar="N", help="Repetition N was done as wanted: judge against it."),
    ] = None,
    hfov: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--hfov", metavar="DEG", help="Field of view across the picture's width."),
    ] = None,
    tilt: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--tilt", metavar="DEG", help="How far the camera looks down."),
    ] = None,
    camera_height: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--camera-height", metavar="M", help="Height of the lens over the floor."),
    ] = None,
    stature: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--stature", metavar="M", help="The person's height."),
    ] = None,
    model: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--model", metavar="NAME", help="Pose model to use."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Overwrite outputs without asking.")] = False,
    config: Config = None,
) -> None:
    """Judge videos at a desk: a table, and files where asked. With several inputs, F is a folder."""
    from mirror.desk_run import Outputs, analyze_all

    settings = _load(
        config,
        camera__hfov_deg=hfov,
        camera__tilt_deg=tilt,
        camera__height_m=camera_height,
        person__stature_m=stature,
        model__name=model,
    )
    outputs = Outputs(json=json, csv=csv, keypoints=keypoints, plot=plot, video=video, compare=compare)
    raise typer.Exit(analyze_all(inputs, settings, reference, outputs, overwrite=yes))


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
    from mirror.record import record as record_keypoints

    settings = _load(config, camera__source=camera)
    raise typer.Exit(record_keypoints(settings, output, seconds, overwrite=yes))


@app.command()
def doctor(config: Config = None) -> None:
    """Look at camera, model, lamp, screen and machine: what is well, and what to do where it isn't."""
    from mirror.service.doctor import examine, exit_code
    from mirror.settings import check

    findings = examine(None if check(config) else _load(config), config)
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
    for row in rows(_load(config)):
        table.add_row(*(escape(cell) for cell in row))
    Console().print(table)


@config_app.command("check")
def config_check(config: Config = None) -> None:
    """Say every mistake in the settings; exit 2 if there is one."""
    from mirror.settings import check, find

    problems = check(config)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(2)
    found = find(config)
    typer.echo(f"{found}: no mistakes" if found else "no settings file; the defaults hold")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code: 0 done, 2 bad input or usage, 1 fault, each with one line on stderr."""
    command = typer.main.get_command(app)
    try:
        code = command.main(arguments, standalone_mode=False, prog_name="squat-mirror")
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        return _say("stopped", 130)
    except BadInput as wrong:
        return _say(str(wrong), 2)
    except (PermanentFault, TemporaryFault) as fault:
        return _say(str(fault), 1)
    except OSError as error:  # a full disk behind stdout, say; files we write are told where they are written
        return _say(": ".join(str(part) for part in (error.filename, error.strerror or error) if part), 1)
    except Exception as error:
        told = getattr(error, "format_message", None)  # typer's own usage errors, whatever click they are of
        if told is None:
            raise
        sentence = " ".join(told().split())  # empty where the help was shown instead
        return _say(f"{sentence} (see squat-mirror --help)", 2) if sentence else 2


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"squat-mirror: {' '.join(sentence.splitlines())}\n")
    return code


def script() -> None:
    """The installed command."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal without these letters still gets its table
        sys.stdout.reconfigure(errors="backslashreplace")
    code = main()
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or _say(f"stdout: {error.strerror}", 1)
        # what could not be written is lost; Python must not try, and complain, once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
