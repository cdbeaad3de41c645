"""A name is a file's name and nothing else: whatever stands in it or in the file, nobody is called."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirror.camera.pick import open_source
from mirror.camera.video import VideoFile
from mirror.faults import BadInput

PROTOCOLS = ("http", "https", "tcp", "udp", "ftp", "rtmp", "rtsp", "tls", "hls+http", "async:http")


@pytest.fixture
def stranger() -> Iterator[socket.socket]:
    """Somebody on this computer who would notice being called."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def called(stranger: socket.socket) -> bool:
    try:
        stranger.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_clip_named_like_an_address_is_a_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo_clip: Path, stranger: socket.socket, protocol: str
) -> None:
    monkeypatch.chdir(tmp_path)
    name = f"{protocol}:127.0.0.1:{stranger.getsockname()[1]}"
    Path(name).symlink_to(demo_clip)
    source, _ = open_source(name, (640, 480), 30, pace=False)
    assert next(source.frames()).size == VideoFile(demo_clip, pace=False).size
    source.close()
    assert not called(stranger)


@pytest.mark.parametrize(
    "name", ["10:30.mp4", "file:clip.mp4", "%d.mp4", "-i.mp4", "concat:a|b.mp4", "pipe:0"]
)
def test_a_clip_may_be_called_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, demo_clip: Path, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name).symlink_to(demo_clip)
    assert VideoFile(name, pace=False).frame_count == VideoFile(demo_clip, pace=False).frame_count


@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{}'\n",
        "v=0\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=control:{}\n",
    ],
)
def test_what_a_file_names_besides_stays_closed(
    tmp_path: Path, demo_clip: Path, stranger: socket.socket, content: str
) -> None:
    for named in (f"http://127.0.0.1:{stranger.getsockname()[1]}/a.ts", str(demo_clip)):
        path = tmp_path / "clip.mp4"
        path.write_text(content.format(named))
        with pytest.raises(BadInput):
            VideoFile(path, pace=False)
        assert not called(stranger)
