"""Kinds of video files, by container, rate, colours and make-up: each gives the pictures that were put in.

The table of all of them, and of what else is tried, is docs/research/odd_files.md.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from odd_videos import SIZE, picture, red_corner, write

from mirror.camera.video import VideoFile
from mirror.faults import BadInput

RED, GREY = (20, 20, 220), (60, 60, 60)


@dataclass(frozen=True)
class Kind:
    """One kind of file. count: of pictures. rate: per second."""

    name: str
    codec: str
    pixels: str = "yuv420p"
    count: int = 10
    rate: Fraction = Fraction(25)
    size: tuple[int, int] = SIZE
    options: dict[str, str] = field(default_factory=dict)
    """Of the container."""
    coder: dict[str, str] = field(default_factory=dict)
    """Options of the codec."""


KINDS = {
    "MPEG transport stream, which begins at 1.4 s": Kind("clip.ts", "libx264"),
    "a camcorder's m2ts": Kind("clip.m2ts", "libx264"),
    "MPEG program stream": Kind("clip.mpg", "mpeg2video"),
    "3GP of an old phone": Kind("clip.3gp", "mpeg4"),
    "WMV": Kind("clip.wmv", "wmv2"),
    "FLV of a stream that was kept": Kind("clip.flv", "libx264"),
    "QuickTime with an index at its front": Kind("clip.mov", "libx264", options={"movflags": "faststart"}),
    "MP4 in pieces, as browsers and players stream it": Kind(
        "clip.mp4", "libx264", options={"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    ),
    "lossless FFV1 of an archive": Kind("clip.mkv", "ffv1", "yuv422p"),
    "animated PNG pictures in QuickTime, with transparency": Kind("clip.mov", "png", "rgba"),
    "pictures as they are, without a codec": Kind("clip.avi", "rawvideo", "bgr24"),
    "colour at full resolution": Kind("clip.mp4", "libx264", "yuv444p"),
    "colour at half resolution, 10 bits": Kind("clip.mp4", "libx264", "yuv422p10le"),
    "AV1 with 10 bits": Kind(
        "clip.mp4", "libsvtav1", "yuv420p10le", coder={"preset": "12", "svtav1-params": "lp=1"}
    ),
    "NTSC's 29.97 pictures a second": Kind("clip.mp4", "libx264", rate=Fraction(30000, 1001)),
    "film's 23.976": Kind("clip.mkv", "libx264", rate=Fraction(24000, 1001)),
    "slow motion, 240 a second": Kind("clip.mp4", "libx264", rate=Fraction(240)),
    "time lapse, 1 a second": Kind("clip.mp4", "libx264", rate=Fraction(1)),
    "one picture": Kind("clip.mp4", "libx264", count=1),
    "sides that are odd numbers": Kind("clip.mkv", "libx264", "yuv444p", size=(47, 61)),
    "upright, as phones hold it": Kind("clip.mp4", "libx264", size=(96, 54)),
    "very wide": Kind("clip.mp4", "libx264", size=(32, 160)),
}


def written(path: Path, kind: Kind) -> Path:
    with av.open(str(path), "w", options=kind.options) as out:
        stream = out.add_stream(kind.codec, rate=kind.rate)
        stream.height, stream.width = kind.size
        stream.pix_fmt = kind.pixels
        stream.codec_context.time_base = 1 / kind.rate
        stream.options = dict(kind.coder)
        drawn = picture(kind.size)
        for i in range(kind.count):
            frame = av.VideoFrame.from_ndarray(drawn, format="bgr24")
            frame.pts, frame.time_base = i, 1 / kind.rate
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def read(path: Path) -> tuple[VideoFile, list[np.ndarray], np.ndarray]:
    clip = VideoFile(path, pace=False)
    frames = [(frame.pixels.copy(), frame.t) for frame in clip.frames()]
    return clip, [pixels for pixels, _ in frames], np.array([t for _, t in frames])


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_pictures_times_and_colours_are_those_that_were_put_in(tmp_path: Path, kind: Kind) -> None:
    clip, pictures, times = read(written(tmp_path / kind.name, kind))
    height, width = kind.size
    assert clip.size == kind.size
    assert len(pictures) == kind.count
    np.testing.assert_allclose(times, np.arange(kind.count) / float(kind.rate), atol=0.0011)
    assert not clip.truncated
    last = pictures[-1].astype(int)
    assert red_corner(pictures[-1]) == ("top", "left")
    for part, colour in (
        (last[: height // 4, : width // 4], RED),
        (last[-height // 4 :, -width // 4 :], GREY),
    ):
        assert np.abs(part.reshape(-1, 3).mean(0) - colour).max() < 12


@pytest.mark.parametrize(("reordered", "uneven"), [("0", 0), ("2", 1)])
def test_h264_in_avi_is_evenly_spaced_but_for_the_first_picture(
    tmp_path: Path, reordered: str, uneven: int
) -> None:
    """AVI knows only when a picture is decoded: when the first is shown is the decoder's guess."""
    kind = Kind("clip.avi", "libx264", count=20, coder={"bf": reordered})
    _, pictures, times = read(written(tmp_path / kind.name, kind))
    assert len(pictures) == 20
    np.testing.assert_allclose(np.diff(times)[uneven:], 0.04, atol=0.0011)
    assert 0 <= times[0] < times[1] < 0.2


# -- what is made of several


def copied(path: Path, sources: list[Path], later: int = 0) -> Path:
    """The packets of these files, a track each. later: by so many ticks of the first one's clock."""
    with contextlib.ExitStack() as stack:
        out = stack.enter_context(av.open(str(path), "w", options={"avoid_negative_ts": "disabled"}))
        tracks = [stack.enter_context(av.open(str(source))).streams[0] for source in sources]
        streams = [out.add_stream_from_template(track) for track in tracks]
        for track, stream in zip(tracks, streams, strict=True):
            for packet in track.container.demux(track):
                if packet.dts is not None:
                    packet.pts, packet.dts = packet.pts + later, packet.dts + later
                    packet.stream = stream
                    out.mux(packet)
    return path


def test_what_an_edit_list_cuts_off_is_not_played_and_the_clip_is_whole(tmp_path: Path) -> None:
    brightness = [picture(brightness=40 + 8 * i) for i in range(20)]
    clip = write(tmp_path / "whole.mp4", brightness)
    with av.open(str(clip)) as container:
        tick = round(1 / (30 * container.streams[0].time_base))
    trimmed, pictures, times = read(copied(tmp_path / "trimmed.mp4", [clip], -8 * tick))
    assert len(pictures) == 12
    np.testing.assert_allclose(times, np.arange(12) / 30, atol=0.0011)
    assert abs(float(pictures[0][-8:, -8:].mean()) - (40 + 8 * 8)) < 5
    assert not trimmed.truncated


def test_of_two_tracks_of_pictures_the_first_is_shown(tmp_path: Path) -> None:
    first = write(tmp_path / "first.mp4", [picture()] * 6)
    second = write(tmp_path / "second.mp4", [picture((96, 64), 200)] * 6)
    assert read(copied(tmp_path / "both.mkv", [first, second]))[0].size == SIZE


def sound(path: Path) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 8000), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 8000, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def test_sound_before_the_pictures_does_no_harm(tmp_path: Path) -> None:
    clip = write(tmp_path / "clip.mp4", [picture()] * 6)
    _, pictures, times = read(copied(tmp_path / "both.mkv", [sound(tmp_path / "sound.wav"), clip]))
    assert len(pictures) == 6
    assert times[0] == pytest.approx(0.0, abs=0.001)


def test_colours_that_change_inside_are_the_same_on_every_reading(tmp_path: Path) -> None:
    """A motion JPEG whose later pictures have their colours at another resolution."""
    path = tmp_path / "changes.avi"
    kinds = ["yuvj420p"] * 4 + ["yuvj422p"] * 4 + ["yuvj444p"] * 4
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mjpeg", rate=30)
        stream.height, stream.width = SIZE
        stream.pix_fmt = "yuvj420p"
        for i, pixels in enumerate(kinds):
            encoder = av.CodecContext.create("mjpeg", "w")
            encoder.height, encoder.width = SIZE
            encoder.pix_fmt, encoder.time_base = pixels, Fraction(1, 30)
            frame = av.VideoFrame.from_ndarray(picture(), format="bgr24")
            for packet in (*encoder.encode(frame), *encoder.encode(None)):
                packet.stream = stream
                packet.pts = packet.dts = i
                out.mux(packet)
    readings = [read(path)[1] for _ in range(3)]
    assert [len(one) for one in readings] == [12, 12, 12]
    for one in readings[0]:
        assert red_corner(one) == ("top", "left")
        assert np.abs(one[-12:, -16:].reshape(-1, 3).mean(0) - GREY).max() < 12
    for again in readings[1:]:
        np.testing.assert_array_equal(readings[0], again)


# -- what is no video, or not all of one


@pytest.mark.parametrize("ending", [".mp4", ".avi", ".txt", ""])
def test_a_file_s_ending_means_nothing(tmp_path: Path, ending: str) -> None:
    path = write(tmp_path / "clip.webm", [picture()] * 5, "libvpx").rename(tmp_path / f"clip{ending}")
    assert len(read(path)[1]) == 5


@pytest.mark.parametrize("name", ["photo.jpg", "photo.png", "photo.mp4"])
def test_a_photo_is_one_picture_or_none(tmp_path: Path, name: str) -> None:
    kind = ("png", "rgb24") if name.endswith("png") else ("mjpeg", "yuvj420p")
    encoder = av.CodecContext.create(kind[0], "w")
    encoder.height, encoder.width = SIZE
    encoder.pix_fmt, encoder.time_base = kind[1], Fraction(1, 30)
    frame = av.VideoFrame.from_ndarray(picture(), format="bgr24")
    (tmp_path / name).write_bytes(b"".join(map(bytes, (*encoder.encode(frame), *encoder.encode(None)))))
    _, pictures, _ = read(tmp_path / name)
    assert len(pictures) == 1
    assert red_corner(pictures[0]) == ("top", "left")


def test_a_pipe_or_a_device_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for path in (tmp_path / "pipe.mp4", Path("/dev/zero")):
        with pytest.raises(BadInput, match="is a device or a pipe, not a file"):
            VideoFile(path, pace=False)


def test_what_is_appended_to_a_clip_is_not_read(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.mp4", [picture()] * 8)
    path.write_bytes(path.read_bytes() + bytes(range(256)) * 40)
    clip, pictures, _ = read(path)
    assert len(pictures) == 8
    assert not clip.truncated


def test_a_transport_stream_cut_anywhere_is_played_as_far_as_it_goes(tmp_path: Path) -> None:
    path = written(tmp_path / "clip.ts", Kind("clip.ts", "mpeg2video", count=40))
    whole = path.read_bytes()
    path.write_bytes(whole[len(whole) // 3 : -1000])
    _, pictures, times = read(path)
    assert 5 < len(pictures) < 40
    assert np.all(np.diff(times) > 0)


def test_a_recording_that_was_never_closed_has_no_index_and_says_so(tmp_path: Path) -> None:
    """An MP4 whose phone ran out of battery: its index would have come last."""
    path = write(tmp_path / "clip.mp4", [picture()] * 8)
    movie = path.read_bytes()
    path.write_bytes(movie[: movie.index(b"moov") - 4])
    with pytest.raises(BadInput, match=r"clip\.mp4 is not a video that can be read"):
        VideoFile(path, pace=False)


def test_a_matroska_recording_that_was_never_closed_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.mkv", [picture(brightness=30 + 5 * i) for i in range(30)])
    movie = path.read_bytes()
    path.write_bytes(movie[: len(movie) * 3 // 4])
    _, pictures, _ = read(path)
    assert 10 < len(pictures) < 30
