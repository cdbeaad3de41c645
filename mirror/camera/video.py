"""Video files, through PyAV.

Hands on BGR frames with true times, upright and with square pixels, and says in a sentence when a file cannot
be one. Knows nothing of what is done with the frames.
"""

from __future__ import annotations

import contextlib
import math
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mirror.camera.black_bars import Part
from mirror.camera.buffers import Buffers, seal
from mirror.camera.decoded import AS_STORED, Shape, Turn, Upright
from mirror.camera.frame import Frame, Layout
from mirror.camera.playback import Playback
from mirror.faults import BadInput, PartMissing

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

USUAL_FPS = 30.0
"""For a file that does not say: what nearly every phone and webcam records at."""
DAMAGED_IN_A_ROW = 90
"""Packets in a row that may be damaged before a file counts as ended: three seconds."""
BUFFER_BYTES = 1 << 18
"""Read at a time."""
NOTHING_ELSE = {"protocol_whitelist": "none"}
"""A file is handed over open; whatever it names besides, on the network or in this computer, stays closed."""
OTHER_SHAPE = 0.02
"""A picture whose sides have another ratio than the first one's, by this share, shows another view."""
LARGEST_SIDE, LARGEST_PICTURE = 8192, 36_000_000
"""Pixels: what the largest phones record is 7680 x 4320."""


class VideoFile(Playback):
    """A video file as a Source: BGR frames, upright, at their true presentation times.

    See `Playback` for pace, lead_in_s, hold_s and t0. Times come from the container frame by frame, so
    variable rates, edit lists and offsets are kept; second 0 is where a player begins. A phone's rotation and
    mirroring flags are applied once, and pixels that are not square are made so. Where the pictures' size
    changes inside, later ones are scaled to the first one's.

    path, name: the file. turn: how its pictures are to be turned beyond what the file says. part: what of an
    upright picture is handed on, None for all of it.
    size: (height, width) of a picture, upright.
    fps, frame_count, duration_s: what the container says; None where it says nothing sensible.
    codec: its short name ("h264").
    truncated: after the last frame: whether the file ended well before the length it announces.
    view_changed_s: after the last frame: when the pictures became another view (a phone turned round), or
        None; what comes then is left out.

    Raises BadInput, one line that names the file, for a file that is missing, unreadable, empty, a folder,
    too large, or no video.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        pace: bool,
        lead_in_s: float = 0.0,
        hold_s: float = 0.0,
        turn: Turn = AS_STORED,
        part: Part | None = None,
    ) -> None:
        super().__init__(pace=pace, lead_in_s=lead_in_s, hold_s=hold_s)
        self.path = Path(path)
        self.truncated = False
        self.view_changed_s: float | None = None
        check_readable(self.path)
        with self._opened() as (container, stream):
            first = next(self._decoded(container, stream), None)
            if first is None:
                raise BadInput(f"{self.path} has no picture in it that can be read.")
            self._upright = Upright.of(first, stream.sample_aspect_ratio, turn)
            self._shape = self._upright.shape(first)
            self._whole = self._upright.size(self._shape)
            self._part = part or Part(0, 0, self._whole[1], self._whole[0])
            self.size = self._part.height, self._part.width
            self._describe(container, stream)
        rate = f" at {self.fps:.3g}/s" if self.fps else ""
        self.name = f"{self.path.name}, {self.size[1]}x{self.size[0]}{rate}"

    def _describe(self, container: InputContainer, stream: VideoStream) -> None:
        """What the container says of itself."""
        self.codec = stream.codec_context.name
        self.fps = sensible(float(stream.average_rate or stream.guessed_rate or 0), at_most=1000.0)
        self.duration_s = _announced_s(container, stream)
        counted = sensible(float(stream.frames), at_most=1e8)
        if counted is None and self.duration_s and self.fps:
            counted = self.duration_s * self.fps
        self.frame_count = None if counted is None else round(counted)

    def _check_size(self, height: int, width: int) -> None:
        """Before anything is decoded: a decoder holds a dozen pictures."""
        if max(height, width) > LARGEST_SIDE or height * width > LARGEST_PICTURE:
            raise BadInput(f"{self.path} has pictures of {width} x {height} pixels: too large to be read.")

    @contextmanager
    def _opened(self) -> Iterator[tuple[InputContainer, VideoStream]]:
        """The container and its first stream of pictures. Raises BadInput."""
        av = _pyav()
        with contextlib.ExitStack() as stack:
            try:
                file = stack.enter_context(self.path.open("rb"))
                container = stack.enter_context(
                    av.open(file, "r", buffer_size=BUFFER_BYTES, container_options=NOTHING_ELSE)
                )
            except (av.FFmpegError, OSError, ValueError):
                raise BadInput(f"{self.path} is not a video that can be read.") from None
            streams = [one for one in container.streams.video if not _is_cover(one)]
            if not streams:
                raise BadInput(f"{self.path} is not a video that can be read.")
            stream = streams[0]
            if stream.codec_context is None:
                raise BadInput(f"{self.path} is a video in a format that cannot be read here.")
            self._check_size(stream.codec_context.height, stream.codec_context.width)
            stream.thread_type = "AUTO"
            yield container, stream

    def _decoded(self, container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
        """Every picture that can be made out, past damage, to the end or what there is of it."""
        av = _pyav()
        damaged = 0
        packets = container.demux(stream)
        while damaged < DAMAGED_IN_A_ROW:
            try:
                packet = next(packets)
            except (StopIteration, av.FFmpegError, OSError, ValueError):
                return
            try:
                pictures = packet.decode()
            except (av.FFmpegError, ValueError):
                damaged += 1
                continue
            for picture in pictures:
                damaged = 0
                yield picture

    def _period_s(self) -> float:
        return 1.0 / (self.fps or USUAL_FPS)

    def _pictures(self) -> Iterator[Frame]:
        buffers = Buffers((*self._whole, 3))
        t, index = -math.inf, 0
        self.view_changed_s = None
        with self._opened() as (container, stream):
            zero = _zero_s(container)
            for picture in self._decoded(container, stream):
                t = self._presentation_s(_stated_s(picture, zero), t)
                if _another_view(self._upright.shape(picture), self._shape):
                    self.view_changed_s = t
                    return
                pixels = buffers.lend()
                self._upright.paint(picture, self._shape, pixels)
                yield Frame(self._part.of(seal(pixels)), t, index, Layout.BGR, self.size)
                index += 1
        self.truncated = self._ended_early(index, t)

    def _presentation_s(self, stated: float, last: float) -> float:
        """The container's time where it runs forward, else one usual period after the last frame."""
        if last == -math.inf:
            return stated if math.isfinite(stated) and abs(stated) < 60.0 else 0.0
        if math.isfinite(stated) and stated > last:
            return stated
        return last + self._period_s()

    def _ended_early(self, count: int, last_t: float) -> bool:
        """Both the count and the time must fall short: either alone is an estimate in some containers."""
        if self.frame_count is None or self.duration_s is None:
            return False
        short = max(3, 0.02 * self.frame_count)
        return count < self.frame_count - short and last_t < self.duration_s - short * self._period_s()


def _pyav() -> Any:
    """PyAV, which keeps FFmpeg quiet: whatever it cannot read, we say ourselves, once and in one line."""
    try:
        import av
    except ImportError as missing:
        raise PartMissing(
            "Videos need PyAV, which is not installed: pip install 'squat-mirror[video]'", key="part_missing"
        ) from missing
    return av


def _is_cover(stream: VideoStream) -> bool:
    """A still picture kept beside a sound."""
    import av

    return bool(stream.disposition & av.stream.Disposition.attached_pic)


def _zero_s(container: InputContainer) -> float:
    """Where a player begins, seconds on the container's clock."""
    import av

    return 0.0 if container.start_time is None else container.start_time / av.time_base


def _announced_s(container: InputContainer, stream: VideoStream) -> float | None:
    """How long it is to be played: a stream trimmed by an edit list is longer than what is played of it, and
    Matroska counts from zero whatever it begins with."""
    import av

    whole = None if container.duration is None else container.duration / av.time_base
    if whole is not None and "matroska" in container.format.name:
        whole -= _zero_s(container)
    own = None
    if stream.duration is not None and stream.time_base is not None:
        own = float(stream.duration * stream.time_base)
    lengths = [length for length in (whole, own) if length is not None and 0 < length < 1e7]
    return min(lengths, default=None)


def _stated_s(picture: VideoFrame, zero: float) -> float:
    """A picture's time as its container has it, from where a player begins; NaN where there is none."""
    return math.nan if picture.time is None else picture.time - zero


def _another_view(shape: Shape, first: Shape) -> bool:
    """Whether pictures of these shapes (height, width) cannot be of the same view."""
    ratio = (shape[0] / shape[1]) / (first[0] / first[1])
    return abs(ratio - 1.0) > OTHER_SHAPE


def mode_of(path: Path) -> int | None:
    """What is there, as `stat` has it; None where nothing is, or no system has such a name."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return None


def check_readable(path: Path) -> None:
    """Raise BadInput, one line that names the path, unless it is a file with something in it to read."""
    mode = mode_of(path)
    if mode is not None and stat.S_ISDIR(mode):
        raise BadInput(f"{path} is a folder, not a file.")
    if mode is not None and not stat.S_ISREG(mode):  # a pipe would be waited for
        raise BadInput(f"{path} is a device or a pipe, not a file.")
    try:
        with path.open("rb") as file:
            something = file.read(1)
    except FileNotFoundError:
        raise BadInput(f"{path} does not exist.") from None
    except PermissionError:
        raise BadInput(f"{path} may not be read by this user.") from None
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    if not something:
        raise BadInput(f"{path} is empty.")


def sensible(stated: float, *, at_most: float) -> float | None:
    """What a container or camera says, or None for the zeros, infinities and time bases they say instead."""
    return stated if math.isfinite(stated) and 0.0 < stated <= at_most else None
