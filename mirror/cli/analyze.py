"""`analyze`: videos and recordings at a desk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from mirror.cli.app import Debug, app, debugging
from mirror.cli.flags import Config, load_settings


@app.command()
def analyze(
    inputs: Annotated[
        list[Path], typer.Argument(metavar="INPUT", help="Videos, keypoint recordings, or folders of them.")
    ],
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
    trc: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--trc", metavar="F.trc", help="Write the joints as markers, metres, in one plane."),
    ] = None,
    trc_3d: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--trc-3d", metavar="F.trc", help="Write hips, knees and ankles as markers in 3D."),
    ] = None,
    report: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--report", metavar="F.html", help="Write a page to read and print; of two inputs, side by side."
        ),
    ] = None,
    reps: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--reps", metavar="F.csv", help="Write all repetitions of all inputs as one table."),
    ] = None,
    sidecar: Annotated[
        bool, typer.Option("--sidecar", help="Write beside --reps, as JSON, what its columns mean.")
    ] = False,
    processes: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(
            "-j", "--jobs", metavar="N", min=1, help="Inputs worked on at once; default: the cores."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Leave out inputs whose results are there, whole.")
    ] = False,
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
    language: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--language", metavar="CODE", help="Of summary and report: en, es, de or zh."),
    ] = None,
    rotate: Annotated[
        int,
        typer.Option(
            "--rotate", metavar="DEG", help="Turn the picture clockwise: 90, 180 or 270, for one that lies."
        ),
    ] = 0,
    mirrored: Annotated[
        bool,
        typer.Option("--mirrored", help="The video is a selfie stored as a mirror shows it: flip it back."),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Overwrite outputs without asking.")] = False,
    config: Config = None,
    debug: Debug = False,
) -> None:
    """Judge videos at a desk: a table, and files where asked. With several inputs, F is a folder."""
    from mirror.desk.one import STDOUT, Wanted
    from mirror.desk.run import Outputs, analyze_all

    settings = load_settings(
        config,
        camera__hfov_deg=hfov,
        camera__tilt_deg=tilt,
        camera__height_m=camera_height,
        person__stature_m=stature,
        model__name=model,
        coach__language=language,
    )
    asked = {"json": json, "csv": csv, "keypoints": keypoints, "plot": plot, "video": video, "reps": reps}
    asked |= {"trc": trc, "trc_3d": trc_3d, "report": report}
    files = {kind: STDOUT if path == Path("-") else path for kind, path in asked.items()}
    wanted = Wanted(
        reference=reference,
        clockwise_deg=rotate,
        mirrored=mirrored,
        overwrite=yes,
        resume=resume,
        processes=processes,
        debug=debugging(),
    )
    raise typer.Exit(
        analyze_all(inputs, settings, Outputs(**files, compare=compare, sidecar=sidecar), wanted)
    )
