"""Video files: true times, upright pictures, one clear line for what is no video."""

import contextlib
import itertools
import os
import struct
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from health import ONE_FIXTURE_FOR_ALL
from hypothesis import given, settings
from hypothesis import strategies as st
from patience import PATIENCE_S

from mirror.camera.frame import Layout
from mirror.camera.mailbox import Mailbox
from mirror.camera.video import VideoFile
from mirror.faults import BadInput, PermanentFault

DEMO = Path(__file__).parents[2] / "mirror" / "demo" / "demo.mp4"


def write_clip(path: Path, count: int, fps: float = 30.0, size: tuple[int, int] = (64, 48)) -> Path:
    """A clip whose pictures get brighter one by one; size is (width, height)."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, size)
    for index in range(count):
        writer.write(np.full((size[1], size[0], 3), 5 * index % 256, np.uint8))
    writer.release()
    return path


def box(moov: bytearray, name: bytes) -> int:
    """Where the contents of the first MP4 box of that name begin."""
    return moov.index(name) + 4


def turned(source: Path, quarter_turns: int) -> bytes:
    """The same clip with a phone's rotation flag: the display matrix of its track header is replaced."""
    movie = bytearray(source.read_bytes())
    header = box(movie, b"tkhd")
    matrix = header + (52 if movie[header] == 1 else 40)
    one = 1 << 16
    a, b = [(one, 0), (0, one), (-one, 0), (0, -one)][quarter_turns]
    struct.pack_into(">9i", movie, matrix, a, b, 0, -b, a, 0, 0, 0, 1 << 30)
    return bytes(movie)


def with_frame_durations(source: Path, counts_and_ticks: list[tuple[int, int]]) -> bytes:
    """The same clip with a variable frame rate: its table of frame durations (`stts`) is replaced.

    The longer table goes to the end of the file, which is only sound for a clip whose `moov` comes last.
    """
    movie = bytearray(source.read_bytes())
    table = box(movie, b"stts") - 8
    old = struct.unpack_from(">I", movie, table)[0]
    entries = b"".join(struct.pack(">II", *entry) for entry in counts_and_ticks)
    new = struct.pack(">I4sII", 16 + len(entries), b"stts", 0, len(counts_and_ticks)) + entries
    moov = movie.index(b"moov") - 4
    assert movie.index(b"mdat") < moov
    movie[table : table + old] = new
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        place = movie.index(name) - 4
        struct.pack_into(">I", movie, place, struct.unpack_from(">I", movie, place)[0] + len(new) - old)
    return bytes(movie)


def test_the_bundled_clip_has_every_picture_at_its_time() -> None:
    clip = VideoFile(DEMO, pace=False)
    assert clip.size == (640, 480)
    assert clip.fps == pytest.approx(30)
    assert clip.frame_count == 624
    assert clip.duration_s == pytest.approx(20.8)
    frames = [(frame.t, frame.index, frame.size, frame.layout) for frame in clip.frames()]
    assert len(frames) == 624
    assert [index for _, index, _, _ in frames] == list(range(624))
    np.testing.assert_allclose([t for t, *_ in frames], np.arange(624) / 30, atol=1e-6)
    assert {(size, layout) for *_, size, layout in frames} == {((640, 480), Layout.BGR)}
    assert not clip.truncated


def test_pictures_are_read_only_bgr_and_their_memory_goes_round() -> None:
    clip = VideoFile(DEMO, pace=False)
    places = set()
    expected = cv2.VideoCapture(str(DEMO))
    for frame in itertools.islice(clip.frames(), 60):
        places.add(frame.pixels.ctypes.data)
        assert frame.pixels.shape == (640, 480, 3)
        assert not frame.pixels.flags.writeable
        np.testing.assert_array_equal(frame.pixels, expected.read()[1])
    assert len(places) <= 3, "no picture is allocated per frame"


def test_frames_can_be_read_again_from_the_beginning() -> None:
    clip = VideoFile(DEMO, pace=False)
    first = next(clip.frames()).pixels.copy()
    list(itertools.islice(clip.frames(), 5))
    np.testing.assert_array_equal(next(clip.frames()).pixels, first)


@pytest.mark.parametrize("quarter_turns", [0, 1, 2, 3])
def test_a_rotation_flag_is_applied_exactly_once(tmp_path: Path, quarter_turns: int) -> None:
    path = tmp_path / "phone.mp4"
    path.write_bytes(turned(DEMO, quarter_turns))
    flat = next(VideoFile(DEMO, pace=False).frames())
    clip = VideoFile(path, pace=False)
    upright = next(clip.frames())
    # The flag counts quarter turns clockwise, numpy counter-clockwise.
    np.testing.assert_array_equal(upright.pixels, np.rot90(flat.pixels, -quarter_turns))
    assert clip.size == upright.size == upright.pixels.shape[:2]


def test_a_variable_frame_rate_is_kept(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "even.mp4", 30)  # 30 ticks long, and so are the 25 frames below
    tick = struct.unpack_from(">I", path.read_bytes(), box(bytearray(path.read_bytes()), b"stts") + 12)[0]
    path.write_bytes(with_frame_durations(path, [(10, tick), (5, 3 * tick), (10, tick // 2)]))
    times = [frame.t for frame in VideoFile(path, pace=False).frames()]
    steps = np.diff(times) * 30
    np.testing.assert_allclose(steps[:24], [1] * 10 + [3] * 5 + [0.5] * 9, atol=0.01)


@pytest.mark.parametrize(
    ("told_ms", "expected_s"),
    [
        ([0, 0, 0, 0], [0, 0.1, 0.2, 0.3]),
        ([0, 100, 50, 300], [0, 0.1, 0.2, 0.3]),
        ([float("nan"), float("inf"), -1e18, 900], [0, 0.1, 0.2, 0.9]),
        ([40, 140, 260, 300], [0.04, 0.14, 0.26, 0.3]),
        ([9.2e15, 100, 200, 300], [0, 0.1, 0.2, 0.3]),
    ],
    ids=["all zero", "a step back", "no numbers", "sound", "a garbled start"],
)
def test_times_run_forward_whatever_the_container_says(
    tmp_path: Path, told_ms: list[float], expected_s: list[float]
) -> None:
    clip = VideoFile(write_clip(tmp_path / "ten.mp4", 4, fps=10), pace=False)
    times: list[float] = []
    for told in told_ms:
        times.append(clip._presentation_s(told / 1000, times[-1] if times else -float("inf")))
    assert times == pytest.approx(expected_s)


def test_a_paced_clip_runs_on_the_monotonic_clock_with_lead_in_and_hold(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "short.mp4", 6, fps=60)
    clip = VideoFile(path, pace=True, lead_in_s=0.1, hold_s=0.05)
    assert clip.t0 is None
    before = time.monotonic()
    frames = []
    for frame in clip.frames():
        assert time.monotonic() >= frame.t, "no frame leaves before it is due"
        frames.append((frame.t, frame.index, int(frame.pixels[10, 10, 0])))
    assert clip.t0 is not None
    assert clip.t0 >= before + 0.1
    presentation = np.array([t for t, *_ in frames]) - clip.t0
    np.testing.assert_allclose(presentation, np.arange(-6, 9) / 60, atol=1e-3)
    assert [index for _, index, _ in frames] == list(range(15))
    brightness = [value for *_, value in frames]
    assert len(set(brightness[:7])) == 1, "the first picture stands"
    assert len(set(brightness[-4:])) == 1, "the last picture stands"
    assert brightness[6] < brightness[11]


def test_without_pace_there_is_no_lead_in_and_no_hold(tmp_path: Path) -> None:
    clip = VideoFile(write_clip(tmp_path / "short.mp4", 6), pace=False, lead_in_s=5, hold_s=5)
    assert [frame.index for frame in clip.frames()] == list(range(6))
    assert clip.t0 is None


def test_late_frames_still_come_and_the_mailbox_drops_them(tmp_path: Path) -> None:
    clip = VideoFile(write_clip(tmp_path / "short.mp4", 12, fps=200), pace=True)
    mailbox = Mailbox()
    for frame in clip.frames():
        mailbox.put(frame)
    assert mailbox.dropped == 11


@pytest.mark.parametrize("pace", [True, False])
def test_close_from_another_thread_ends_the_frames(pace: bool) -> None:
    clip = VideoFile(DEMO, pace=pace, lead_in_s=3600)
    count = 0
    begun = threading.Event()

    def play() -> None:
        nonlocal count
        for _ in clip.frames():
            count += 1
            begun.set()

    player = threading.Thread(target=play, daemon=True)
    player.start()
    assert begun.wait(PATIENCE_S)
    clip.close()
    clip.close()
    player.join(PATIENCE_S)
    assert not player.is_alive()
    assert count < 3600 * 30
    assert list(clip.frames()) == []


def bad_files(folder: Path) -> dict[str, Path]:
    text = folder / "text.mp4"
    text.write_text("Squats: 3 x 8\n" * 50)
    empty = folder / "empty.mp4"
    empty.touch()
    no_frames = folder / "no_frames.mp4"
    no_frames.write_bytes(DEMO.read_bytes()[:2000])
    noise = folder / "noise.mp4"
    noise.write_bytes(np.random.default_rng(1).bytes(5000))
    return {
        "missing": folder / "nowhere.mp4",
        "folder": folder,
        "text": text,
        "empty": empty,
        "no frames": no_frames,
        "noise": noise,
        "below a file": text / "below.mp4",
    }


@pytest.mark.parametrize("kind", ["missing", "folder", "text", "empty", "no frames", "noise", "below a file"])
def test_what_is_no_video_gets_one_line_that_names_it(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = bad_files(tmp_path)[kind]
    with pytest.raises(BadInput) as refused:
        VideoFile(path, pace=False)
    sentence = str(refused.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert capfd.readouterr() == ("", ""), "OpenCV and FFmpeg say nothing of their own"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_this_user_may_not_read_is_said_so(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "private.mp4", 3)
    path.chmod(0)
    with pytest.raises(BadInput, match=r"private\.mp4 may not be read"):
        VideoFile(path, pace=False)


def test_a_cut_file_gives_what_it_has_and_says_that_it_was_cut(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.mp4"
    whole = DEMO.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    clip = VideoFile(path, pace=False)
    count = sum(1 for _ in clip.frames())
    assert 100 < count < 500
    assert clip.truncated
    assert capfd.readouterr() == ("", "")


def test_a_clip_with_damage_in_the_middle_is_played_to_its_end(tmp_path: Path) -> None:
    movie = bytearray(DEMO.read_bytes())
    middle = len(movie) // 2
    movie[middle : middle + 3000] = np.random.default_rng(2).bytes(3000)
    path = tmp_path / "damaged.mp4"
    path.write_bytes(movie)
    times = [frame.t for frame in VideoFile(path, pace=False).frames()]
    assert len(times) > 600
    assert times[-1] > 20.5
    assert all(later > earlier for earlier, later in itertools.pairwise(times))


@settings(max_examples=40, deadline=None, suppress_health_check=ONE_FIXTURE_FOR_ALL)
@given(garbage=st.binary(max_size=3000), keep=st.integers(0, 4000))
def test_garbage_never_raises_anything_but_bad_input(tmp_path: Path, garbage: bytes, keep: int) -> None:
    path = tmp_path / "garbage.mp4"
    path.write_bytes(DEMO.read_bytes()[:keep] + garbage)
    with contextlib.suppress(BadInput):
        VideoFile(path, pace=False)


def test_without_pyav_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    with pytest.raises(PermanentFault, match=r"pip install 'squat-mirror\[video\]'"):
        VideoFile(DEMO, pace=False)
