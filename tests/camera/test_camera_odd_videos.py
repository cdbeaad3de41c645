"""Videos as phones, editors and browsers make them: true times, upright, square pixels, one view."""

from __future__ import annotations

import os
import threading
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import av
import numpy as np
import pytest
from odd_videos import picture, red_corner, write

from mirror.camera.decoded import AS_STORED, CLOCKWISE, MIRRORED, Turn, then
from mirror.camera.video import VideoFile
from mirror.faults import BadInput

ODD = Path(__file__).parents[3] / "shared" / "odd_files"


def read(path: Path, turn: Turn = AS_STORED) -> tuple[VideoFile, list[np.ndarray], list[float]]:
    clip = VideoFile(path, pace=False, turn=turn)
    frames = [(frame.pixels.copy(), frame.t) for frame in clip.frames()]
    return clip, [pixels for pixels, _ in frames], [t for _, t in frames]


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("clip.mp4", "libx264", "yuv420p"),
        ("clip.mkv", "libx264", "yuvj420p"),
        ("clip.mp4", "libx265", "yuv420p10le"),
        ("clip.webm", "libvpx-vp9", "yuv420p"),
        ("clip.webm", "libvpx", "yuv420p"),
        ("clip.mp4", "libsvtav1", "yuv420p"),
        ("clip.mov", "prores_ks", "yuv422p10le"),
        ("clip.avi", "mjpeg", "yuvj420p"),
        ("clip.avi", "mpeg4", "yuv420p"),
        ("clip.gif", "gif", "rgb8"),
    ],
)
def test_every_usual_codec_gives_the_same_pictures_at_the_same_times(
    tmp_path: Path, name: str, codec: str, pixels: str
) -> None:
    path = write(tmp_path / name, [picture((64, 96))] * 10, codec, pixels=pixels, rate=25)
    clip, pictures, times = read(path)
    assert clip.size == (64, 96)
    assert len(pictures) == 10
    np.testing.assert_allclose(np.diff(times), 0.04, atol=0.0101)  # a GIF counts hundredths
    assert times[0] == 0.0
    apart = (
        np.abs(pictures[5][8:24, 8:40].astype(int) - (20, 20, 220)).mean(),
        np.abs(pictures[5][40:60, 56:90].astype(int) - 60).mean(),
    )
    few_colours = 12 if codec == "gif" else 0
    assert max(apart) < 14 + few_colours, "colours are those that were put in, whatever the range"


def test_pixels_that_are_not_square_are_made_so(tmp_path: Path) -> None:
    path = write(tmp_path / "dv.mp4", [picture((48, 60))] * 5, aspect=Fraction(4, 3))
    clip, pictures, _ = read(path)
    assert clip.size == (48, 80)
    assert pictures[0].shape == (48, 80, 3)
    assert red_corner(pictures[0]) == ("top", "left")


def test_what_is_asked_for_comes_after_what_the_file_says(tmp_path: Path) -> None:
    path = write(tmp_path / "plain.mp4", [picture()] * 3)
    corners = {degrees: red_corner(read(path, turn)[1][0]) for degrees, turn in CLOCKWISE.items()}
    assert corners == {
        0: ("top", "left"),
        90: ("top", "right"),
        180: ("bottom", "right"),
        270: ("bottom", "left"),
    }
    assert read(path, CLOCKWISE[90])[0].size == (64, 48)
    assert red_corner(read(path, MIRRORED)[1][0]) == ("top", "right")
    assert red_corner(read(path, then(CLOCKWISE[90], MIRRORED))[1][0]) == ("top", "left")


def test_turning_without_opencv_gives_the_same_pixels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "plain.mp4", [picture()] * 2)
    with_it = [read(path, turn)[1][0] for turn in CLOCKWISE.values()]
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    for turn, expected in zip(CLOCKWISE.values(), with_it, strict=True):
        np.testing.assert_array_equal(read(path, turn)[1][0], expected)


def test_a_flag_for_mirroring_is_applied(tmp_path: Path) -> None:
    path = write(tmp_path / "plain.mp4", [picture()] * 3)
    movie = bytearray(path.read_bytes())
    header = movie.index(b"tkhd") + 4
    at = header + (52 if movie[header] == 1 else 40)
    movie[at : at + 4] = (-(1 << 16)).to_bytes(4, "big", signed=True)
    path.write_bytes(movie)
    assert red_corner(read(path)[1][0]) == ("top", "right")


def test_times_begin_where_a_player_begins_whatever_the_offset(tmp_path: Path) -> None:
    path = write(tmp_path / "late.mkv", [picture()] * 20, offset_s=3600.0)
    clip, pictures, times = read(path)
    assert len(pictures) == 20
    np.testing.assert_allclose(times, np.arange(20) / 30, atol=0.0011)
    assert not clip.truncated


def test_a_variable_rate_is_kept_in_a_container_of_milliseconds(tmp_path: Path) -> None:
    ticks = [0, 1, 2, 5, 6, 9, 10]
    _, _, times = read(write(tmp_path / "phone.mkv", [picture()] * 7, times=ticks))
    np.testing.assert_allclose(times, np.array(ticks) / 30, atol=0.0011)


def joined(path: Path, sizes: list[tuple[int, int]]) -> Path:
    """A WebM as a browser records it: 10 pictures of every size, one after another."""
    parts = [
        write(path.with_suffix(f".{i}.webm"), [picture(size)] * 10, "libvpx") for i, size in enumerate(sizes)
    ]
    with av.open(str(path), "w") as out:
        stream = None
        since = 0
        for part in parts:
            with av.open(str(part)) as source:
                track = source.streams.video[0]
                stream = stream or out.add_stream_from_template(track)
                for packet in source.demux(track):
                    if packet.pts is None:
                        continue
                    packet.pts += since
                    packet.dts = packet.pts
                    packet.stream = stream
                    out.mux(packet)
            since += 340
    return path


def test_pictures_whose_size_changes_inside_are_scaled_to_the_first(tmp_path: Path) -> None:
    clip, pictures, _ = read(joined(tmp_path / "call.webm", [(48, 64), (96, 128), (72, 96)]))
    assert [one.shape for one in pictures] == [(48, 64, 3)] * 30
    for one in pictures:
        assert red_corner(one) == ("top", "left")
        np.testing.assert_allclose(one[24 + 6 :, 32 + 6 :], 60, atol=12)
    assert clip.view_changed_s is None


def test_a_phone_turned_round_while_recording_ends_the_view_and_it_is_known_when(tmp_path: Path) -> None:
    clip, pictures, _ = read(joined(tmp_path / "turned.webm", [(48, 64), (64, 48)]))
    assert len(pictures) == 10
    assert clip.view_changed_s == pytest.approx(0.34, abs=0.02)


@pytest.mark.parametrize("name", ["10:30.mp4", "http:127.0.0.1:9.mp4", "file:clip.mp4", "-.mp4", "a%03d.mp4"])
def test_a_name_is_a_name_and_never_an_address(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "plain.mp4", [picture()] * 3).rename(tmp_path / name)
    assert len(read(Path(name))[1]) == 3


def test_a_name_of_no_encoding_is_read(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.mp4"))
    write(tmp_path / "plain.mp4", [picture()] * 3).rename(odd)
    assert len(read(odd)[1]) == 3


@pytest.mark.parametrize("name", ["clip.mp4", "clip.m3u8"])
@pytest.mark.parametrize("reference", ["address", "neighbour"])
def test_a_playlist_reaches_neither_the_network_nor_other_files(
    tmp_path: Path, reference: str, name: str
) -> None:
    asked = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        secret = write(tmp_path / "secret.ts", [picture()] * 10)
        where = f"http://127.0.0.1:{server.server_port}/a.ts" if reference == "address" else str(secret)
        playlist = tmp_path / name
        playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.0,\n{where}\n#EXT-X-ENDLIST\n")
        with pytest.raises(BadInput):
            VideoFile(playlist, pace=False)
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


def test_a_picture_too_large_to_be_held_is_refused_in_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "vast.avi", [np.zeros((8200, 64, 3), np.uint8)], "mjpeg", pixels="yuvj420p")
    with pytest.raises(BadInput, match=r"64 x 8200 pixels: too large"):
        VideoFile(path, pace=False)


def test_a_sound_with_a_cover_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mka"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), format="s16", layout="mono")
        frame.sample_rate, frame.pts = 8000, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    with pytest.raises(BadInput, match="not a video"):
        VideoFile(path, pace=False)


@pytest.mark.skipif(not ODD.exists(), reason="the clip trimmed by a phone is not at hand")
def test_a_clip_trimmed_without_encoding_it_again_is_whole() -> None:
    clip, pictures, times = read(ODD / "trimmed_in_phone.mp4")
    assert not clip.truncated
    assert len(pictures) == 333
    assert times[0] == 0.0
