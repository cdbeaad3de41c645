"""`squat-mirror analyze`: every input through the desk, tables to the terminal, files where asked."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mirror.camera.decoded import AS_STORED, Turn, turn_of
from mirror.coach.words import words
from mirror.desk.many import HowFar, InOrder, files_in
from mirror.desk.one import STDOUT, Wanted, Work, analyze_one, write_report
from mirror.desk.reps_file import RepsFile, origin
from mirror.desk.study import Study
from mirror.faults import BadInput, PermanentFault, TemporaryFault
from mirror.files.plain import in_a_line
from mirror.files.writing import check_writable, is_folder, is_stream, write_whole
from mirror.pose.catalog import find
from mirror.report.columns import REPS, sidecar
from mirror.report.compare import Comparison, compare, comparison_document, comparison_table, set_of_reps
from mirror.report.html_report import check_can_report
from mirror.report.output import targets
from mirror.report.plot import check_can_plot
from mirror.report.reps_csv import Row, rows_of
from mirror.service.containment import clause_of
from mirror.settings import Settings, files_named

SUFFIX = {
    "json": ".json",
    "csv": ".csv",
    "keypoints": ".npz",
    "plot": ".png",
    "video": ".mp4",
    "trc": ".trc",
    "trc_3d": "_3d.trc",
    "report": ".html",
}
NAMED = ("plot", "video", "trc", "trc_3d", "report")
"""Kinds whose files must be named for what they are."""
WHOLE_FILES = ("keypoints", "video")
"""Kinds that can't be written into a pipe."""
COMPARED = "compare.json"


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files asked for; with several inputs each names a folder, but for reps, which is one table of all, and
    for a report that is named as a page: of two inputs it has both side by side.

    compare: tell what differs between two. sidecar: say beside reps, in JSON, what its columns mean.
    """

    json: Path | None = None
    csv: Path | None = None
    keypoints: Path | None = None
    plot: Path | None = None
    video: Path | None = None
    trc: Path | None = None
    trc_3d: Path | None = None
    report: Path | None = None
    reps: Path | None = None
    compare: bool = False
    sidecar: bool = False

    def plan(self, inputs: Sequence[Path]) -> dict[str, list[Path]]:
        """For every kind asked for, one file per input; "compare", and "page", a report of two, have one.

        Raises BadInput.
        """
        wanted = {kind: path for kind in SUFFIX if (path := getattr(self, kind)) is not None}
        page = wanted.pop("report") if _is_page(self.report, len(inputs)) else None
        plan = {kind: targets(path, inputs, SUFFIX[kind]) for kind, path in wanted.items()}
        if page is not None:
            plan["page"] = [page]
        if self.compare and self.json is not None:
            plan["compare"] = [self.json / COMPARED]
        if self.reps is not None:
            plan["reps"] = [self.reps]
        if self.sidecar:
            plan["sidecar"] = [_beside(self.reps)]
        for kind, paths in plan.items():
            for path in paths:
                _check_kind(kind, path)
        return plan


def _is_page(report: Path | None, inputs: int) -> bool:
    """Whether a report is one page of two inputs, by its name. Raises BadInput where it would be of more."""
    if report is None or inputs < 2 or is_folder(report):
        return False
    named = report.suffix.lower() == SUFFIX["report"] or is_stream(report)
    if named and inputs > 2:
        raise BadInput(f"{report} is one page, of one input or of two; for {inputs} inputs name a folder.")
    return named


def _beside(reps: Path | None) -> Path:
    """The sidecar's name is the table's, but for its ending."""
    if reps is None or is_stream(reps) or reps.suffix.lower() == ".json":
        raise BadInput("--sidecar goes with --reps F.csv, and is written beside it as F.json.")
    return reps.with_suffix(".json")


def _check_kind(kind: str, path: Path) -> None:
    if kind in WHOLE_FILES and is_stream(path):
        what = "recording" if kind == "keypoints" else "video"
        raise BadInput(f"{path} is not a file: a {what} cannot be written there.")
    kind = "report" if kind == "page" else kind
    ending = f".{SUFFIX[kind].rpartition('.')[2]}" if kind in NAMED else ""
    if ending and path.suffix.lower() != ending and not is_stream(path):
        raise BadInput(f"{path}: --{kind.replace('_', '-')} writes {ending} files; name it so.")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one input. wrong: the line to be said of it, "" where all went well."""

    code: int = 0
    wrong: str = ""
    rows: tuple[Row, ...] = ()


def analyze_all(inputs: Sequence[Path], settings: Settings, outputs: Outputs, wanted: Wanted) -> int:
    """Exit code 0, 2 when an input was bad, 1 when one met a fault of our own; the others are still done."""
    inputs = files_in(inputs)
    turn = turn_of(wanted.clockwise_deg, wanted.mirrored)
    _check_turn(inputs, turn)
    plan = _checked(inputs, settings, outputs, overwrite=wanted.overwrite or wanted.resume)
    for file in plan.get("sidecar", []):
        write_whole(file, json.dumps(sidecar(REPS), indent=1) + "\n")
    table = RepsFile(outputs.reps, wanted)
    works = _works(inputs, settings, wanted, plan, rows=outputs.reps is not None)
    if outputs.compare or "page" in plan:
        return _two_together(works, plan, table, compared=outputs.compare)
    left = [work for work in works if not (wanted.resume and table.has(work))]
    return _do_all(left, len(works) - len(left), table, wanted)


def _works(
    inputs: Sequence[Path], settings: Settings, wanted: Wanted, plan: dict[str, list[Path]], *, rows: bool
) -> list[Work]:
    quiet = any(path.resolve() == STDOUT.resolve() for paths in plan.values() for path in paths)
    return [
        Work(path, {kind: plan[kind][i] for kind in SUFFIX if kind in plan}, settings, wanted, rows, quiet)
        for i, path in enumerate(inputs)
    ]


def _do_all(works: Sequence[Work], already: int, table: RepsFile, wanted: Wanted) -> int:
    """Every work, and at the end what went wrong."""
    processes = _processes(wanted.processes, works)
    if processes > 1:
        works = [replace(work, threads=1) for work in works]
    far = HowFar(already + len(works), already)
    wrong: list[_Answer] = []
    for answer in InOrder(_answer, processes).each(works):
        far.one_more()
        table.add(answer.rows)
        if answer.code:
            wrong.append(answer)
    table.finish()
    if already:
        sys.stderr.write(f"squat-mirror: {already} of {already + len(works)} were done before.\n")
    if len(wrong) == 1 and already + len(works) == 1 and wrong[0].code == BadInput.exit_code:
        raise BadInput(wrong[0].wrong)
    for answer in wrong:
        sys.stderr.write(f"squat-mirror: {in_a_line(answer.wrong)}\n")
    codes = {answer.code for answer in wrong}
    return 1 if 1 in codes else max(codes, default=0)


def _processes(asked: int | None, works: Sequence[Work]) -> int:
    """As many as were asked for; else one for every core, where there is more than one video."""
    if asked is not None:
        return asked
    videos = sum(work.path.suffix.lower() != ".npz" for work in works)
    return min(os.cpu_count() or 1, max(1, videos))


def _answer(work: Work, keep: list[Study] | None = None) -> _Answer:
    """One input, judged and written; what is wrong with it is an answer, too. keep: takes what was found."""
    path, wanted = work.path, work.wanted
    try:
        done = analyze_one(work)
        if keep is not None:
            keep.append(done)
        return _Answer(rows=tuple(rows_of(done.analysis, origin(work))) if work.rows else ())
    except BadInput as wrong:
        return _Answer(BadInput.exit_code, str(wrong) if str(path) in str(wrong) else f"{path}: {wrong}")
    except (PermanentFault, TemporaryFault, OSError):
        raise
    except Exception as fault:
        if wanted.debug:
            traceback.print_exception(fault)
        where = "" if wanted.debug else "; --debug shows where"
        return _Answer(1, f"{path}: a fault of ours ({clause_of(fault)}), please report it{where}.")


def _check_turn(inputs: Sequence[Path], turn: Turn) -> None:
    for path in inputs:
        if turn != AS_STORED and path.suffix.lower() == ".npz":
            raise BadInput(f"{path} has no pictures in it: --rotate and --mirrored are for videos.")


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
    if outputs.report:
        check_can_report()
    files = [path for paths in plan.values() for path in paths]
    check_writable(files, [*inputs, *files_named(settings)], overwrite)
    return plan


def _two_together(
    works: Sequence[Work], plan: dict[str, list[Path]], table: RepsFile, *, compared: bool
) -> int:
    """Both inputs, and what is made of the two; what is wrong with one is said, and the other is still done.

    compared: what differs is told in the terminal.
    """
    done: list[Study] = []
    wrong: list[_Answer] = []
    for work in works:
        answer = _answer(work, done)
        table.add(answer.rows)
        wrong += [answer] if answer.code else []
    table.finish()
    for answer in wrong:
        sys.stderr.write(f"squat-mirror: {in_a_line(answer.wrong)}\n")
    if not wrong:
        _of_both(works, done, plan, told=compared and not works[0].quiet)
    return min((answer.code for answer in wrong), default=0)


def _of_both(
    works: Sequence[Work], done: Sequence[Study], plan: dict[str, list[Path]], *, told: bool
) -> None:
    found = compare(*(set_of_reps(one.source["file"], one.recording.model, one.analysis) for one in done))
    for file in plan.get("compare", []):
        write_whole(file, json.dumps(comparison_document(found), indent=1, allow_nan=False) + "\n")
    for file in plan.get("page", []):
        write_report(works, done, file, found)
    if told:
        _tell(found)


def _tell(found: Comparison) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    console.print(comparison_table(found))
    for sentence in found.sentences:
        console.print(Text(sentence))
