"""Gathers what a report shows of one input: what was found, where from, and a video's lowest moments.

Knows the desk's inputs; how the page looks is the report room's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from mirror.desk.provenance import provenance_of
from mirror.desk.study import Progress, Study
from mirror.report.annotate import Picture
from mirror.report.html_report import ReportedSet
from mirror.report.stills import Still, stills
from mirror.settings import Settings


def reported(path: Path, settings: Settings, done: Study, step: Progress | None = None) -> ReportedSet:
    """One input for a report. Reads a video once more, as far as its last still. step: told frames read."""
    return ReportedSet(
        done.analysis,
        done.summary,
        done.source,
        provenance_of(path, settings, done),
        done.recording.stature_m,
        _stills(path, done, step) if done.source["kind"] == "video" else (),
    )


def _stills(path: Path, done: Study, step: Callable[[int, int | None], None] | None) -> tuple[Still, ...]:
    from mirror.camera.readahead import read_ahead
    from mirror.camera.video import VideoFile

    frames = read_ahead(VideoFile(path, pace=False, turn=done.turn, part=done.part).frames())

    def pictures() -> Iterator[Picture]:
        for i, frame in enumerate(frames, 1):
            if step:
                step(i, len(done.analysis.t))
            yield frame.pixels

    with closing(frames):
        return stills(pictures(), done.analysis, done.recording.keypoints)
