#!/usr/bin/env python3
"""The bundled clip through every usual codec and container: are repetitions and degrees the same?

    scripts/measure_codecs.py           # two minutes on one core
    scripts/measure_codecs.py av1 gif   # some of them

Each copy is compared with the clip as it is: rms and largest difference, degrees. Asked: as many repetitions,
the same verdicts, and every knee as far inside its own line within 1 degree. Exit 0 kept, 1 not.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import numpy as np

from mirror.camera.frame import U8
from mirror.camera.video import VideoFile
from mirror.desk.study import study
from mirror.knees.reading import Rep
from mirror.settings import Settings, load

CLIP = Path(__file__).resolve().parents[1] / "mirror" / "demo" / "demo.mp4"
ASKED_DEG = 1.0


@dataclass(frozen=True)
class Copy:
    """How the clip is written anew. narrow: pixels so much wider than high. bars: of black, beside it, px."""

    name: str
    codec: str
    pixels: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)
    narrow: Fraction = Fraction(1)
    bars: int = 0


COPIES = {
    "h264": Copy("clip.mp4", "libx264", options={"crf": "20"}),
    "full_range": Copy("clip.mkv", "libx264", "yuvj420p", {"crf": "20"}),
    "hevc_10_bit": Copy("clip.mp4", "libx265", "yuv420p10le", {"crf": "22", "x265-params": "log-level=none"}),
    "av1": Copy("clip.mp4", "libsvtav1", options={"preset": "9", "crf": "30", "svtav1-params": "lp=1"}),
    "vp9": Copy("clip.webm", "libvpx-vp9", options={"crf": "28", "b": "0", "cpu-used": "8"}),
    "mjpeg": Copy("clip.avi", "mjpeg", "yuvj420p", {"qmin": "3", "qmax": "3"}),
    "prores": Copy("clip.mov", "prores_ks", "yuv422p10le"),
    "mpeg4": Copy("clip.avi", "mpeg4", options={"qmin": "3", "qmax": "3"}),
    "4_3_pixels": Copy("clip.mp4", "libx264", options={"crf": "20"}, narrow=Fraction(4, 3)),
    "pillarboxed": Copy("clip.mp4", "libx264", options={"crf": "20"}, bars=328),
    "gif": Copy("clip.gif", "gif", "rgb8"),
}


def pictures(copy: Copy) -> Iterator[tuple[U8, float]]:
    """What is written: the clip's pictures, in black bars where there are some, and their seconds."""
    for frame in VideoFile(CLIP, pace=False).frames():
        height, width = frame.size
        drawn = np.zeros((height, width + 2 * copy.bars, 3), np.uint8)
        drawn[:, copy.bars : copy.bars + width] = frame.pixels
        yield drawn, frame.t


def write(copy: Copy, folder: Path) -> Path:
    path = folder / copy.name
    clock = Fraction(1, 100 if copy.codec == "gif" else 90_000)
    with av.open(str(path), "w") as out:
        stream = None
        for drawn, t in pictures(copy):
            frame = av.VideoFrame.from_ndarray(drawn, format="bgr24")
            if stream is None:
                stream = out.add_stream(copy.codec, rate=30, options=copy.options)
                stream.height, stream.width = drawn.shape[0], round(drawn.shape[1] / copy.narrow)
                stream.pix_fmt = copy.pixels
                stream.codec_context.time_base = clock if copy.codec != "mpeg4" else Fraction(1, 30)
                stream.codec_context.sample_aspect_ratio = copy.narrow
            frame = frame.reformat(stream.width, stream.height, copy.pixels)
            frame.time_base = stream.codec_context.time_base
            frame.pts = round(t / frame.time_base)
            out.mux(stream.encode(frame))
        assert stream is not None
        out.mux(stream.encode(None))
    return path


def read(path: Path, settings: Settings) -> list[Rep]:
    return study(path, settings, None).analysis.reps


def apart_deg(a: list[Rep], b: list[Rep]) -> dict[str, list[float]]:
    """By how much each knee's degrees differ: its largest deviation, and what its verdict is about, how far
    it was inside its own line; and each depth."""
    found: dict[str, list[float]] = {"peak": [], "inside": [], "depth": [], "verdict": []}
    for one, other in zip(a, b, strict=True):
        found["depth"].append(_apart(one.depth_deg, other.depth_deg))
        for leg, its in ((one.left, other.left), (one.right, other.right)):
            found["peak"].append(_apart(leg.deviation_deg, its.deviation_deg))
            found["inside"].append(_apart(leg.inside_own_track_deg, its.inside_own_track_deg))
            found["verdict"].append(float(leg.verdict is not its.verdict))
    return found


def _apart(one: float | None, other: float | None) -> float:
    return math.inf if (one is None) != (other is None) else abs((one or 0.0) - (other or 0.0))


def told(degrees: list[float]) -> str:
    """The rms and the largest; bold where it is not kept."""
    most, rms = max(degrees), math.sqrt(sum(value**2 for value in degrees) / len(degrees))
    return f"{rms:.2f}, {most:.2f}" if most <= ASKED_DEG else f"{rms:.2f}, **{most:.2f}**"


def main(names: list[str]) -> int:
    settings = load(Path(os.devnull), {})
    as_it_is = read(CLIP, settings)
    print("| copy | repetitions | inside the own line | largest deviation | depth | other verdicts |")
    print("|---|---|---|---|---|---|")
    kept = True
    for name in names or COPIES:
        with TemporaryDirectory() as folder:
            reps = read(write(COPIES[name], Path(folder)), settings)
        if len(reps) != len(as_it_is):
            print(f"| {name} | **{len(reps)} of {len(as_it_is)}** | | | | |", flush=True)
            kept = False
            continue
        apart = apart_deg(reps, as_it_is)
        others = round(sum(apart["verdict"]))
        kept &= max(apart["inside"]) <= ASKED_DEG and not others
        columns = [told(apart[what]) for what in ("inside", "peak", "depth")]
        print(f"| {name} | {len(reps)} | {' | '.join(columns)} | {others} |", flush=True)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
