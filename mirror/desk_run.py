"""`squat-mirror analyze`: every input through the desk, tables to the terminal, files where asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mirror.camera.recording import save
from mirror.coach.words import words
from mirror.desk import Progress, Study, as_recording, study
from mirror.faults import BadInput
from mirror.pose.catalog import find
from mirror.report.document import document, frames_csv
from mirror.report.output import check_writable, is_stream, targets, write_whole
from mirror.report.table import reps_table
from mirror.settings import Settings

SUFFIX = {"json": ".json", "csv": ".csv", "keypoints": ".npz"}


@dataclass(frozen=True, slots=True)
class Outputs:
    """Files asked for; with several inputs each names a folder."""

    json: Path | None = None
    csv: Path | None = None
    keypoints: Path | None = None

    def plan(self, inputs: Sequence[Path]) -> dict[str, list[Path]]:
        """For every kind asked for, one file per input. Raises BadInput."""
        if self.keypoints is not None and is_stream(self.keypoints) and not self.keypoints.is_dir():
            raise BadInput(f"{self.keypoints} is not a file: a recording cannot be written there.")
        return {
            kind: targets(wanted, inputs, suffix)
            for kind, suffix in SUFFIX.items()
            if (wanted := getattr(self, kind)) is not None
        }


def analyze_all(
    inputs: Sequence[Path], settings: Settings, reference: int | None, outputs: Outputs, *, overwrite: bool
) -> int:
    """Exit code 0, or 2 when an input was bad; the good ones among several are still done."""
    find(settings.model.name)  # a wrong setting is said before any work, and of no input
    words(settings.coach.language)
    plan = outputs.plan(inputs)
    check_writable([path for paths in plan.values() for path in paths], inputs, overwrite)
    bad = 0
    for i, path in enumerate(inputs):
        try:
            _analyze_one(path, settings, reference, {kind: paths[i] for kind, paths in plan.items()})
        except BadInput as wrong:
            named = str(wrong) if str(path) in str(wrong) else f"{path}: {wrong}"
            if len(inputs) == 1:
                raise BadInput(named) from None
            sys.stderr.write(f"squat-mirror: {named}\n")
            bad += 1
    return 2 if bad else 0


def _analyze_one(path: Path, settings: Settings, reference: int | None, files: dict[str, Path]) -> None:
    done = _with_progress(path, settings, reference)
    if "json" in files:
        found = document(done.analysis, done.source, done.summary)
        write_whole(files["json"], json.dumps(found, indent=1, allow_nan=False) + "\n")
    if "csv" in files:
        write_whole(files["csv"], frames_csv(done.analysis))
    if "keypoints" in files:
        save(files["keypoints"], as_recording(done))
    _print(done, files)


def _with_progress(path: Path, settings: Settings, reference: int | None) -> Study:
    if not sys.stderr.isatty():
        return study(path, settings, reference)
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(path.name, total=None)
        step: Progress = lambda frames, total: bar.update(task, completed=frames, total=total)  # noqa: E731
        return study(path, settings, reference, step)


def _print(done: Study, files: dict[str, Path]) -> None:
    from rich.console import Console
    from rich.text import Text  # file names are no markup

    console = Console()
    if done.source.get("truncated"):
        sys.stderr.write(f"squat-mirror: {done.source['file']} is cut off: judged as far as it goes.\n")
    if files:
        for file in (file for file in files.values() if not is_stream(file)):
            console.print(Text(f"{done.source['file']} -> {file}"), soft_wrap=True)
        return
    console.print(reps_table(done.analysis.reps, done.source["file"]))
    console.print(Text(f"{done.summary.headline}. {done.summary.sentence}".strip()))
    why = done.analysis.why_unknown
    if why and why not in done.summary.sentence:
        console.print(Text(f"Unknown: {why}.", "dim"))
