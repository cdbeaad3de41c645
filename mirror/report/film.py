"""A video written picture by picture: H.264 in MP4, each picture at its own time, with the original's sound.

Plays in browsers and on phones from its first second. Knows nothing of what is in the pictures.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer

NOTHING_ELSE = {"protocol_whitelist": "none"}
"""Of the original, this file alone is read."""
CLOCK = Fraction(1, 90_000)
"""Finer than any camera's rate, and one that every one of them divides."""
QUALITY = {"preset": "veryfast", "crf": "21"}
FRONT_FIRST = {"movflags": "+faststart"}
COPIED = ("aac", "mp3")
"""Sounds that players expect in an MP4; others are made AAC."""


class Film:
    """The file at `path`, being written. Raises OSError wherever it cannot be.

    size: (height, width) of the pictures; an odd row or column at the end is left out, H.264 has none.
    fps: as the original says, for players that ask. sound: the original, whose first sound is taken over.
    """

    def __init__(self, path: Path, fps: float, size: tuple[int, int], sound: Path | None = None) -> None:
        import av

        self._av = av
        self._height, self._width = (side - side % 2 for side in size)
        if min(self._height, self._width) < 2:
            raise OSError("pictures of one pixel make no video")
        self._out: OutputContainer = av.open(str(path), "w", format="mp4", options=FRONT_FIRST)
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._out.add_stream("libx264", rate=rate, options=QUALITY)
        self._stream.height, self._stream.width = self._height, self._width
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = CLOCK
        self._last_pts = -1
        self._sound = _Sound(sound, self._out) if sound is not None else None

    def add(self, picture: npt.NDArray[np.uint8], t: float) -> None:
        """One picture, BGR (H, W, 3), t seconds after the first one."""
        whole = np.ascontiguousarray(picture[: self._height, : self._width])
        frame = self._av.VideoFrame.from_ndarray(whole, format="bgr24")
        self._last_pts = max(self._last_pts + 1, round(t / CLOCK))
        frame.pts, frame.time_base = self._last_pts, CLOCK
        self._out.mux(self._stream.encode(frame))
        if self._sound is not None:
            self._sound.until(t)

    def finish(self) -> None:
        """All pictures were added: the file is whole after this."""
        self._out.mux(self._stream.encode(None))
        if self._sound is not None:
            self._sound.rest()
        self._out.close()

    def abandon(self) -> None:
        """It will not be whole."""
        with contextlib.suppress(Exception):
            self._out.close()


class _Sound:
    """The original's sound, on its way beside the pictures."""

    def __init__(self, path: Path, out: OutputContainer) -> None:
        import av

        self._out, self._made = out, None
        self._waiting: Any = None
        self._packets: Iterator[Any] = iter(())
        try:
            self._file = path.open("rb")
            source: InputContainer = av.open(self._file, "r", container_options=NOTHING_ELSE)
        except (OSError, ValueError):
            return
        if not source.streams.audio:
            return
        stream = source.streams.audio[0]
        zero = (source.start_time or 0) / av.time_base
        self._packets = self._copied(source, stream, zero)
        self._waiting = next(self._packets, None)

    def _copied(self, source: InputContainer, stream: AudioStream, zero: float) -> Iterator[Any]:
        """Packets of the copy's own sound track, in order."""
        import av

        if stream.codec_context.name in COPIED:
            track = self._out.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.pts is None or packet.time_base is None:
                    continue
                shift = round(zero / packet.time_base)
                packet.pts -= shift
                packet.dts = packet.pts
                packet.stream = track
                yield packet
            return
        layout = "mono" if stream.codec_context.layout.nb_channels == 1 else "stereo"
        made = self._out.add_stream("aac", rate=stream.codec_context.sample_rate, layout=layout)
        with contextlib.suppress(av.FFmpegError):
            for heard in source.decode(stream):
                if heard.pts is not None and heard.time_base is not None:
                    heard.pts -= round(zero / heard.time_base)
                yield from made.encode(heard)
        yield from made.encode(None)

    def until(self, t: float) -> None:
        """Everything that is heard before second t."""
        while self._waiting is not None and _at(self._waiting) <= t:
            self._out.mux(self._waiting)
            self._waiting = next(self._packets, None)

    def rest(self) -> None:
        self.until(float("inf"))
        if getattr(self, "_file", None) is not None:
            self._file.close()


def _at(packet: Any) -> float:
    return -1.0 if packet.pts is None else float(packet.pts * packet.time_base)
