"""`squat-mirror analyze`: every input through the desk, tables to the terminal, files where asked."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mirror.camera.decoded import AS_STORED, Turn, turn_of
from mirror.camera.recording import save
from mirror.coach.words import Words, words
from mirror.desk.study import Progress, Study, as_recording, study
from mirror.faults import BadInput, PermanentFault, TemporaryFault
from mirror.fitting.from_settings import thresholds
from mirror.plain import in_a_line
from mirror.pose.catalog import find
from mirror.report.compare import compare, comparison_document, comparison_table, set_of_reps
from mirror.report.frames_csv import frames_csv
from mirror.report.json_document import document
from mirror.report.output import targets
from mirror.report.plot import check_can_plot, plot_png
from mirror.report.table import reps_table, unknown_lines
from mirror.service.containment import clause_of
from mirror.settings import Settings, files_named
from mirror.writing import check_writable, is_stream, write_whole

SUFFIX = {"json": ".json", "csv": ".csv", "keypoints": ".npz", "plot": ".png", "video": ".mp4"}
NAMED = ("plot", "video")
"""Kinds whose files must be named for what they are."""
WHOLE_FILES = ("keypoints", "video")
"""Kinds that can't be written into a pipe."""
COMPARED = "compare.json"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files asked for; with several inputs each names a folder. compare: tell what differs between two."""

    json: Path | None = None
    csv: Path | None = None
    keypoints: Path | None = None
    plot: Path | None = None
    video: Path | None = None
    compare: bool = False

    def plan(self, inputs: Sequence[Path]) -> dict[str, list[Path]]:
        """For every kind asked for, one file per input; "compare" has one. Raises BadInput."""
        wanted = {kind: path for kind in SUFFIX if (path := getattr(self, kind)) is not None}
        plan = {kind: targets(path, inputs, SUFFIX[kind]) for kind, path in wanted.items()}
        if self.compare and self.json is not None:
            plan["compare"] = [self.json / COMPARED]
        for kind, paths in plan.items():
            for path in paths:
                _check_kind(kind, path)
        return plan


def _check_kind(kind: str, path: Path) -> None:
    if kind in WHOLE_FILES and is_stream(path):
        what = "recording" if kind == "keypoints" else "video"
        raise BadInput(f"{path} is not a file: a {what} cannot be written there.")
    if kind in NAMED and path.suffix.lower() != SUFFIX[kind] and not is_stream(path):
        raise BadInput(f"{path}: --{kind} writes {SUFFIX[kind]} files; name it so.")


def analyze_all(
    inputs: Sequence[Path],
    settings: Settings,
    reference: int | None,
    outputs: Outputs,
    *,
    clockwise_deg: int = 0,
    mirrored: bool = False,
    overwrite: bool,
    debug: bool = False,
) -> int:
    """Exit code 0, 2 when an input was bad, 1 when one met a fault of our own; the others are still done.

    clockwise_deg, mirrored: how pictures are turned and then flipped, beyond what their files say.
    debug: show where such a fault comes from.
    """
    turn = turn_of(clockwise_deg, mirrored)
    _check_turn(inputs, turn)
    plan = _checked(inputs, settings, outputs, overwrite=overwrite)
    kept: list[Study] = []  # only where they are compared: a thousand inputs take no more memory than one
    judged = 0
    ours = False
    for i, path in enumerate(inputs):
        files = {kind: paths[i] for kind, paths in plan.items() if kind in SUFFIX}
        try:
            done = _analyze_one(path, settings, reference, files, turn)
            judged += 1
            if outputs.compare:
                kept.append(done)
            del done
        except BadInput as wrong:
            named = str(wrong) if str(path) in str(wrong) else f"{path}: {wrong}"
            if len(inputs) == 1:
                raise BadInput(named) from None
            sys.stderr.write(f"squat-mirror: {in_a_line(named)}\n")
        except (PermanentFault, TemporaryFault, OSError):
            raise
        except Exception as fault:
            ours = True
            _say_ours(path, fault, debug)
    if ours:
        return 1
    if judged < len(inputs):
        return 2
    if outputs.compare:
        _compare(kept[0], kept[1], plan.get("compare", []))
    return 0


def _check_turn(inputs: Sequence[Path], turn: Turn) -> None:
    for path in inputs:
        if turn != AS_STORED and path.suffix.lower() == ".npz":
            raise BadInput(f"{path} has no pictures in it: --rotate and --mirrored are for videos.")


def _say_ours(path: Path, fault: Exception, debug: bool) -> None:
    """One line, and with --debug the way there."""
    if debug:
        traceback.print_exception(fault)
    where = "" if debug else "; --debug shows where"
    said = f"a fault of ours ({clause_of(fault)}), please report it{where}."
    sys.stderr.write(f"squat-mirror: {in_a_line(f'{path}: {said}')}\n")


def _checked(
    inputs: Sequence[Path], settings: Settings, outputs: Outputs, *, overwrite: bool
) -> dict[str, list[Path]]:
    """The outputs' plan, when all that can be known to be wrong before any work is right."""
    find(settings.model.name)  # a wrong setting is said of no input
    words(settings.coach.language)
    if outputs.compare and len(inputs) != 2:
        raise BadInput(f"--compare takes two inputs, not {len(inputs)}.")
    plan = outputs.plan(inputs)
    if outputs.video:
        for path in inputs:
            if path.suffix.lower() == ".npz":
                raise BadInput(f"{path} has no pictures in it: --video needs the video itself.")
    if outputs.plot:
        check_can_plot()
    files = [path for paths in plan.values() for path in paths]
    check_writable(files, [*inputs, *files_named(settings)], overwrite)
    return plan


def _analyze_one(
    path: Path, settings: Settings, reference: int | None, files: dict[str, Path], turn: Turn
) -> Study:
    say = words(settings.coach.language)
    with _progress(path.name) as step:
        done = study(path, settings, reference, step, turn)
    if "json" in files:
        found = document(done.analysis, done.source, done.summary, say)
        write_whole(files["json"], json.dumps(found, indent=1, allow_nan=False) + "\n")
    if "csv" in files:
        write_whole(files["csv"], frames_csv(done.analysis))
    if "keypoints" in files:
        save(files["keypoints"], as_recording(done))
    if "plot" in files:
        limits = thresholds(settings, with_reference=reference is not None)
        picture = plot_png(done.analysis, done.source["file"], (limits.caution_deg, limits.off_track_deg))
        write_whole(files["plot"], picture)
    if "video" in files:
        _annotate(path, done, files["video"])
    _print(done, files, say)
    return done


def _annotate(path: Path, done: Study, output: Path) -> None:
    """Reads the video once more, in step with what was found in it."""
    from mirror.camera.readahead import read_ahead
    from mirror.camera.video import USUAL_FPS, VideoFile
    from mirror.report.annotate import annotate

    video = VideoFile(path, pace=False, turn=done.turn)
    pictures = (frame.pixels for frame in read_ahead(video.frames()))
    with _progress(output.name) as step:
        fps = video.fps or USUAL_FPS
        annotate(pictures, done.analysis, done.recording.keypoints, fps, output, step, sound=path)


def _compare(a: Study, b: Study, files: Sequence[Path]) -> None:
    from rich.console import Console
    from rich.text import Text

    found = compare(*(set_of_reps(one.source["file"], one.recording.model, one.analysis) for one in (a, b)))
    for file in files:
        write_whole(file, json.dumps(comparison_document(found), indent=1, allow_nan=False) + "\n")
    console = Console()
    console.print(comparison_table(found))
    for sentence in found.sentences:
        console.print(Text(sentence))


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
    sys.stderr.write(f"squat-mirror: {done.source['file']} {clause}.\n")


def _print(done: Study, files: dict[str, Path], say: Words) -> None:
    from rich.console import Console
    from rich.text import Text  # file names are no markup

    console = Console()
    if done.source.get("truncated"):
        _remark(done, "is cut off: judged as far as it goes")
    changed_s, found_turned = done.source.get("view_changed_s"), done.source.get("found_turned_deg")
    if changed_s is not None:
        _remark(done, f"shows another view from second {changed_s:.1f} on: judged as far as that")
    if found_turned:
        _remark(done, f"lies: somebody is in it when it is turned by {found_turned} degrees, so it was")
    if files:
        for file in (file for file in files.values() if not is_stream(file)):
            console.print(Text(f"{done.source['file']} -> {file}"), soft_wrap=True)
        return
    console.print(reps_table(done.analysis.reps, done.source["file"]))
    console.print(Text(say.in_a_line(done.summary)))
    for told in unknown_lines(done.analysis.reps):
        console.print(Text(told, "dim"))
