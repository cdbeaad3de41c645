"""`analyze`: one video or keypoint recording, judged as `squat-mirror analyze` judges it.

Thin over the desk: judges nothing itself, and prints and writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mirror.camera.decoded import AS_STORED, turn_of
from mirror.coach.words import in_english, words
from mirror.desk.one import Wanted, Work
from mirror.desk.provenance import provenance_of
from mirror.desk.reps_file import origin
from mirror.desk.study import Progress, study
from mirror.faults import BadInput
from mirror.files.plain import in_a_line
from mirror.report.json_document import document
from mirror.settings import Settings, every, load
from squat_mirror.rows import FrameRow, RepRow, frame_rows, rep_rows, table


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one input shows.

    rep_rows: a row a repetition and leg, in order. frame_rows: a row a frame. document: what
    `squat-mirror analyze --json` writes, as plain dicts, lists and numbers. why_unknown: in English, why legs
    are unknown or nothing was counted, "" where there is nothing to say.
    """

    rep_rows: tuple[RepRow, ...]
    frame_rows: tuple[FrameRow, ...] = field(repr=False)
    document: dict[str, Any] = field(repr=False)
    why_unknown: str = ""

    @property
    def reps(self) -> Any:
        """`rep_rows` as a pandas DataFrame; where pandas is not installed, `rep_rows` itself."""
        return table(self.rep_rows, RepRow)

    @property
    def frames(self) -> Any:
        """`frame_rows` as a pandas DataFrame; where pandas is not installed, `frame_rows` itself."""
        return table(self.frame_rows, FrameRow)


def analyze(
    path: str | os.PathLike[str],
    *,
    reference: int | None = None,
    rotate_deg: int = 0,
    mirrored: bool = False,
    config: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    **settings: object,
) -> Analysis:
    """Judge one video or keypoint recording.

    reference: number of the repetition that was done as wanted, from 1. rotate_deg: 90, 180 or 270, for a
    picture that lies; mirrored: a selfie that was stored as a mirror shows it. config: a settings file; no
    other one is read. progress: told the frames done and, where known, how many there are. settings: any
    setting as section__name, `person__stature_m=1.78`.

    Raises BadInput, one line for a person, for a file, setting or reference that is wrong, and PartMissing
    where a library is.
    """
    wanted = Wanted(reference=reference, clockwise_deg=rotate_deg, mirrored=mirrored)
    try:
        return _analyzed(Path(path), wanted, settings_of(config, settings), progress)
    except BadInput as wrong:
        said = in_a_line(str(wrong)).replace("--rotate", "rotate_deg").replace("--mirrored", "mirrored")
        raise BadInput(said) from None


def _analyzed(path: Path, wanted: Wanted, chosen: Settings, progress: Progress | None) -> Analysis:
    turn = turn_of(wanted.clockwise_deg, wanted.mirrored)
    if turn != AS_STORED and path.suffix.lower() == ".npz":
        raise BadInput(f"{path} has no pictures in it: rotate_deg and mirrored are for videos.")
    done = study(path, chosen, wanted.reference, progress, turn)
    repeated = origin(Work(path, {}, chosen, wanted))
    return Analysis(
        tuple(row for rep in done.analysis.reps for row in rep_rows(rep, repeated)),
        tuple(frame_rows(done.analysis)),
        document(
            done.analysis,
            done.source,
            done.summary,
            words(chosen.coach.language),
            provenance_of(path, chosen, done),
        ),
        in_english(done.analysis.why_unknown) or "",
    )


def settings_of(config: str | os.PathLike[str] | None, given: dict[str, object]) -> Settings:
    """The settings of a call: what it gives by section__name, over the environment, over the file it names.

    Raises BadInput that names the setting as the call wrote it.
    """
    dotted = {name.replace("__", ".", 1): value for name, value in given.items()}
    try:
        return load(Path(config or os.devnull), dotted)
    except BadInput as wrong:
        message = str(wrong).replace("flag ", "")
        for name in {*dotted, *(f"{section}.{name}" for section, name, _ in every())}:
            message = message.replace(name, name.replace(".", "__", 1))
        raise BadInput(message) from None
