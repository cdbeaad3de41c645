"""One input of `squat-mirror analyze`: judged, written into the files asked for, and told in the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mirror.camera.decoded import turn_of
from mirror.camera.recording import save
from mirror.coach.words import Words, words
from mirror.desk.provenance import provenance_of
from mirror.desk.reporting import reported
from mirror.desk.study import Progress, Study, as_recording, study
from mirror.files.plain import in_a_line
from mirror.files.writing import is_stream, write_whole
from mirror.fitting.from_settings import thresholds
from mirror.report.compare import Comparison
from mirror.report.frames_csv import frames_csv
from mirror.report.html_report import report_html
from mirror.report.json_document import document
from mirror.report.plot import plot_png
from mirror.report.table import reps_table, unknown_lines
from mirror.report.trc import trc_2d, trc_3d
from mirror.settings import Settings

STDOUT = Path("/dev/stdout")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How every input is to be read and what is to become of it, beyond its files.

    clockwise_deg, mirrored: how pictures are turned and then flipped, beyond what their files say.
    overwrite: files that exist. resume: leave out inputs whose results are there. processes: None for as
    many as there are cores. debug: show where a fault of our own comes from.
    """

    reference: int | None = None
    clockwise_deg: int = 0
    mirrored: bool = False
    overwrite: bool = False
    resume: bool = False
    processes: int | None = None
    debug: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """One input. rows: whether its repetitions are wanted as rows. quiet: standard output is for a file.

    threads: of the network; None leaves it to the settings.
    """

    path: Path
    files: dict[str, Path]
    settings: Settings
    wanted: Wanted
    rows: bool = False
    quiet: bool = False
    threads: int | None = None


def analyze_one(work: Work) -> Study:
    settings, files = work.settings, work.files
    if work.threads is not None:
        settings = settings.model_copy(
            update={"model": settings.model.model_copy(update={"threads": work.threads})}
        )
    say = words(settings.coach.language)
    turn = turn_of(work.wanted.clockwise_deg, work.wanted.mirrored)
    with _progress(work.path.name) as step:
        done = study(work.path, settings, work.wanted.reference, step, turn)
    _write(work, done, say)
    if not work.quiet:
        _print(done, files, say)
    return done


def _write(work: Work, done: Study, say: Words) -> None:
    """The files asked for."""
    files = work.files
    if "json" in files:
        made = provenance_of(work.path, work.settings, done)
        found = document(done.analysis, done.source, done.summary, say, made)
        write_whole(files["json"], json.dumps(found, indent=1, allow_nan=False) + "\n")
    if "csv" in files:
        write_whole(files["csv"], frames_csv(done.analysis))
    if "keypoints" in files:
        save(files["keypoints"], as_recording(done))
    if "plot" in files:
        limits = thresholds(work.settings, with_reference=work.wanted.reference is not None)
        picture = plot_png(done.analysis, done.source["file"], (limits.caution_deg, limits.off_track_deg))
        write_whole(files["plot"], picture)
    for kind in ("trc", "trc_3d"):
        if kind in files:
            write_whole(files[kind], _markers(done, kind, files[kind].name))
    if "video" in files:
        _annotate(work.path, done, files["video"])
    if "report" in files:
        write_report([work], [done], files["report"])


def write_report(
    works: Sequence[Work], done: Sequence[Study], file: Path, compared: Comparison | None = None
) -> None:
    """One page of what was found: of one input, or of two with what differs."""
    sets = []
    for work, found in zip(works, done, strict=True):
        with _progress(file.name) as step:
            sets.append(reported(work.path, work.settings, found, step))
    write_whole(file, report_html(sets, works[0].settings.coach.language, compared))
    if len(works) > 1 and not works[0].quiet:
        _say_where([work.path.name for work in works], file)


def _markers(done: Study, kind: str, name: str) -> str:
    """The text of a TRC file. name: of the file."""
    recording = done.recording
    if not any(placement.stance for placement in done.analysis.placements):
        _remark(done, "shows nobody standing, so nothing in it has metres: its TRC file says NaN")
    if kind == "trc_3d":
        return trc_3d(name, done.analysis, recording.stature_m)
    return trc_2d(name, done.analysis, recording.keypoints, recording.image_size, recording.stature_m)


def _annotate(path: Path, done: Study, output: Path) -> None:
    """Reads the video once more, in step with what was found in it."""
    from mirror.camera.readahead import read_ahead
    from mirror.camera.video import USUAL_FPS, VideoFile
    from mirror.report.annotate import annotate

    video = VideoFile(path, pace=False, turn=done.turn, part=done.part)
    pictures = (frame.pixels for frame in read_ahead(video.frames()))
    with _progress(output.name) as step:
        fps = video.fps or USUAL_FPS
        annotate(pictures, done.analysis, done.recording.keypoints, fps, output, step, sound=path)


@contextmanager
def _progress(name: str) -> Iterator[Progress | None]:
    """A bar on a terminal; None where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(name), total=None)
        yield lambda frames, total: bar.update(task, completed=frames, total=total)


def _remark(done: Study, clause: str) -> None:
    said = f"{done.source['file']} {clause}."
    sys.stderr.write(f"squat-mirror: {in_a_line(said)}\n")


def _print(done: Study, files: dict[str, Path], say: Words) -> None:
    from rich.console import Console
    from rich.text import Text  # file names are no markup

    console = Console()
    if done.source.get("truncated"):
        _remark(done, "is cut off: judged as far as it goes")
    changed_s, found_turned = done.source.get("view_changed_s"), done.source.get("found_turned_deg")
    if done.source.get("black_bars_px"):
        _remark(done, "has black bars, which are left out: a field of view is across what is between them")
    if changed_s is not None:
        _remark(done, f"shows another view from second {changed_s:.1f} on: judged as far as that")
    if found_turned:
        _remark(done, f"lies: somebody is in it when it is turned by {found_turned} degrees, so it was")
    console.print(reps_table(done.analysis.reps, done.source["file"]))
    console.print(Text(say.in_a_line(done.summary)))
    for sentence in unknown_lines(done.analysis.reps):
        console.print(Text(sentence, "dim"))
    for file in files.values():
        _say_where([done.source["file"]], file)


def _say_where(names: Sequence[str], file: Path) -> None:
    """Which file came of these inputs."""
    from rich.console import Console
    from rich.text import Text  # file names are no markup

    if not is_stream(file):
        Console().print(Text(f"{', '.join(names)} -> {file}"), soft_wrap=True)
