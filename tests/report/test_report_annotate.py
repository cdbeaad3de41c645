"""The annotated copy: un-mirrored, frame by frame, with the shapes of the glass at the knees it judged."""

from __future__ import annotations

import csv
import math
import resource
import signal
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import simulate
from judged import judged
from report_sets import GOOD, simulated

from mirror.camera.recording import load
from mirror.camera.video import VideoFile
from mirror.cli import main
from mirror.coach.mark_style import COLOUR
from mirror.faults import BadInput
from mirror.knees.analysis import Analysis, targets
from mirror.knees.reading import Verdict
from mirror.report.annotate import Mark, Moment, Pen, annotate, moments, ring_radius
from mirror.screen import marks

SIZE = (640, 480)
RADIUS = 24


@pytest.fixture(scope="module")
def drawn(sim: simulate.Simulated, found: Analysis) -> list[Moment]:
    return moments(found, sim.keypoints, sim.image_size)


def at_bottom(analysis: Analysis, n: int) -> int:
    return int(np.argmin(np.abs(analysis.t - analysis.reps[n - 1].bottom_s)))


# -- what is drawn when


def test_targets_are_at_the_knee_of_a_clean_squat_and_outside_a_caving_one(
    sim: simulate.Simulated, found: Analysis, drawn: list[Moment]
) -> None:
    shank_px = 0.246 * 1.72 / 2.5 * simulate.Camera().focal_px
    for n, outside in ((1, (0.0, 0.0)), (2, (14.0, 0.0)), (3, (14.0, 13.0))):
        moment = drawn[at_bottom(found, n)]
        for mark, delta in zip(moment.legs, outside, strict=True):
            assert mark.knee is not None
            assert mark.target is not None
            gap = mark.outward * (mark.target[0] - mark.knee[0])
            assert gap == pytest.approx(math.sin(math.radians(delta)) * shank_px, abs=0.09 * shank_px)


def test_the_person_s_left_knee_is_on_the_picture_s_right(found: Analysis, drawn: list[Moment]) -> None:
    left, right = drawn[at_bottom(found, 1)].legs
    assert (left.side, left.outward, right.side, right.outward) == ("left", 1, "right", -1)
    assert left.knee is not None
    assert right.knee is not None
    assert left.knee[0] > SIZE[1] / 2 > right.knee[0]


def test_verdicts_and_degrees_are_those_of_the_moment(found: Analysis, drawn: list[Moment]) -> None:
    for moment, judgement in zip(drawn, found.judgements, strict=True):
        for mark, leg in zip(moment.legs, judgement, strict=True):
            assert mark.verdict is leg.verdict
            assert mark.inside_deg == (leg.inside_deg if leg.judged and np.isfinite(leg.inside_deg) else None)
    caving = drawn[at_bottom(found, 2)]
    assert [mark.verdict for mark in caving.legs] == [Verdict.OFF_TRACK, Verdict.GOOD]


def test_the_count_goes_up_with_every_repetition(found: Analysis, drawn: list[Moment]) -> None:
    assert drawn[0].count == "0 of 3 reps"
    assert [drawn[at_bottom(found, n)].count for n in (1, 2, 3)] == ["rep 1 of 3", "rep 2 of 3", "rep 3 of 3"]
    assert drawn[-1].count == "3 of 3 reps"


def test_the_reference_is_counted_as_one(sim: simulate.Simulated) -> None:
    found = judged(sim, reference=1)
    drawn = moments(found, sim.keypoints, sim.image_size)
    assert drawn[at_bottom(found, 1)].count == "rep 1 of 3, ref"
    assert not drawn[at_bottom(found, 1)].guess


def test_without_a_foot_direction_targets_are_a_guess_and_the_reason_is_told() -> None:
    """One squat alone: of several the set tells which way these knees go."""
    sim = simulated(GOOD)
    found = judged(sim, toes=False)
    for moment in moments(found, sim.keypoints, sim.image_size):
        assert moment.guess
        assert {mark.verdict for mark in moment.legs} == {Verdict.UNKNOWN}
        assert moment.why
    assert "no foot direction" in moments(found, sim.keypoints, sim.image_size)[at_bottom(found, 1)].why


def test_somebody_who_squats_at_once_has_targets_too() -> None:
    squat = replace(simulate.Squat(), rest_s=0.0, hold_s=0.0)
    sim = simulate.simulate([squat], noise=simulate.NO_NOISE)
    aims, _ = targets(judged(sim), sim.image_size)
    assert np.isfinite(aims).any()


def test_hidden_legs_get_no_mark(sim: simulate.Simulated, found: Analysis) -> None:
    keypoints = sim.keypoints.copy()
    keypoints[:, 11:, 2] = 0.05
    hidden = judged(replace(sim, keypoints=keypoints))
    for moment in moments(hidden, keypoints, sim.image_size):
        assert all(mark.knee is None and mark.target is None for mark in moment.legs)
        assert moment.why == "legs not seen"


# -- how it looks


def blank() -> np.ndarray:
    return np.full((*SIZE, 3), 128, np.uint8)


def moment_of(verdict: Verdict, *, target: tuple[float, float] | None = None, guess: bool = False) -> Moment:
    left = Mark("left", 1, verdict, None, (300.0, 400.0), target)
    right = Mark("right", -1, Verdict.UNKNOWN, None, None, None)
    return Moment((left, right), guess, "rep 1 of 1", "")


def share_of_ring(picture: np.ndarray, verdict: Verdict, radius: float) -> float:
    """Share of a circle round the knee that has the verdict's colour."""
    angles = np.linspace(0, 2 * math.pi, 360, endpoint=False)
    x = np.round(300 + radius * np.cos(angles) - 0.5).astype(int)
    y = np.round(400 + radius * np.sin(angles) - 0.5).astype(int)
    apart = np.abs(picture[y, x].astype(int) - np.array(COLOUR[verdict][::-1])).max(-1)
    return float((apart < 40).mean())


def thickness(picture: np.ndarray, verdict: Verdict) -> int:
    return sum(share_of_ring(picture, verdict, radius) > 0.9 for radius in np.arange(8, 30, 1.0))


def test_rings_differ_in_shape_as_well_as_in_colour() -> None:
    pen = Pen(RADIUS, SIZE)
    pictures = {verdict: pen.draw(blank(), moment_of(verdict)) for verdict in Verdict}
    good, caution, off = (
        thickness(pictures[v], v) for v in (Verdict.GOOD, Verdict.CAUTION, Verdict.OFF_TRACK)
    )
    assert 1 <= good < caution
    assert caution == off
    middle = RADIUS * (1 - 0.13 / 2)
    assert 0.3 < share_of_ring(pictures[Verdict.UNKNOWN], Verdict.UNKNOWN, middle) < 0.8  # broken


def test_only_off_track_has_an_arrow_and_it_points_outward() -> None:
    pen = Pen(RADIUS, SIZE)
    for verdict in Verdict:
        picture = pen.draw(blank(), moment_of(verdict))
        right, left = picture[400, 300 + round(2.3 * RADIUS)], picture[400, 300 - round(2.3 * RADIUS)]
        vermilion = np.array(COLOUR[Verdict.OFF_TRACK][::-1])
        assert (np.abs(right.astype(int) - vermilion).max() < 30) == (verdict is Verdict.OFF_TRACK)
        assert np.abs(left.astype(int) - vermilion).max() > 60


def test_a_target_is_a_line_and_a_guessed_one_is_broken() -> None:
    pen = Pen(RADIUS, SIZE)
    lit = {}
    for guess in (False, True):
        picture = pen.draw(blank(), moment_of(Verdict.GOOD, target=(380.0, 400.0), guess=guess))
        column = picture[400 - 2 * RADIUS : 400 + 2 * RADIUS, 379:381].max(axis=(1, 2))
        lit[guess] = float((column > 180).mean())
    assert lit[False] > 0.95
    assert 0.25 < lit[True] < 0.75


def test_the_picture_itself_is_left_alone_and_not_mirrored() -> None:
    picture = blank()
    picture[300:340, 20:60] = (0, 255, 0)
    before = picture.copy()
    shown = Pen(RADIUS, SIZE).draw(picture, moment_of(Verdict.GOOD))
    assert np.array_equal(picture, before)
    assert (shown[300:340, 20:60] == (0, 255, 0)).all()


def test_words_stay_inside_small_and_lying_pictures() -> None:
    left = Mark("left", 1, Verdict.OFF_TRACK, 12.0, (118.0, 60.0), (119.0, 60.0))
    right = Mark("right", -1, Verdict.GOOD, -0.2, (2.0, 60.0), (1.0, 60.0))
    why = "no foot direction: name a good repetition with --reference N"
    for size in ((90, 120), (160, 90), (720, 1280)):
        shown = Pen(8, size).draw(
            np.full((*size, 3), 128, np.uint8), Moment((left, right), True, "0 of 0", why)
        )
        assert shown.shape == (*size, 3)


def test_rings_shrink_with_the_person(sim: simulate.Simulated) -> None:
    near = ring_radius(sim.keypoints, SIZE)
    far = sim.keypoints.copy()
    far[..., :2] = 0.5 + 0.3 * (far[..., :2] - 0.5)
    assert 6 <= ring_radius(far, SIZE) < near <= round(0.045 * SIZE[0])


def test_shapes_and_thickness_are_those_of_the_glass() -> None:
    from mirror.report import annotate as ours

    assert ours.STROKE == marks.STROKE


# -- the video


def written(path: Path) -> list[np.ndarray]:
    return [frame.pixels.copy() for frame in VideoFile(path, pace=False).frames()]


def test_the_copy_has_every_frame_in_the_original_s_size(
    sim: simulate.Simulated, found: Analysis, tmp_path: Path
) -> None:
    steps: list[tuple[int, int]] = []
    path = tmp_path / "copy.mp4"
    annotate((blank() for _ in found.t), found, sim.keypoints, 30.0, path, lambda *n: steps.append(n))
    pictures = written(path)
    assert len(pictures) == len(found.t)
    assert pictures[0].shape == (*SIZE, 3)
    assert steps[-1] == (len(found.t), len(found.t))
    assert [file.name for file in tmp_path.iterdir()] == ["copy.mp4"]


def test_a_video_that_ends_early_leaves_no_file_and_the_old_one_alone(
    sim: simulate.Simulated, found: Analysis, tmp_path: Path
) -> None:
    path = tmp_path / "copy.mp4"
    path.write_bytes(b"the old one")
    with pytest.raises(BadInput, match="second time"):
        annotate((blank() for _ in range(20)), found, sim.keypoints, 30.0, path)
    assert path.read_bytes() == b"the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["copy.mp4"]


def test_a_place_that_cannot_be_written_is_said(
    sim: simulate.Simulated, found: Analysis, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=r"copy\.mp4 cannot be written"):
        annotate((blank() for _ in found.t), found, sim.keypoints, 30.0, tmp_path / "nowhere" / "copy.mp4")


def test_every_picture_comes_at_its_own_time(
    sim: simulate.Simulated, found: Analysis, tmp_path: Path
) -> None:
    uneven = np.cumsum(np.where(np.arange(len(found.t)) % 7 == 3, 0.101, 0.033))
    path = tmp_path / "copy.mp4"
    annotate((blank() for _ in found.t), replace(found, t=uneven), sim.keypoints, 30.0, path)
    times = [frame.t for frame in VideoFile(path, pace=False).frames()]
    np.testing.assert_allclose(np.array(times) - times[0], uneven - uneven[0], atol=1e-4)


def test_the_copy_plays_while_it_is_still_being_loaded_and_in_browsers(
    sim: simulate.Simulated, found: Analysis, tmp_path: Path
) -> None:
    path = tmp_path / "copy.mp4"
    annotate((blank() for _ in found.t), found, sim.keypoints, 30.0, path)
    movie = path.read_bytes()
    assert movie.index(b"moov") < movie.index(b"mdat"), "what describes it comes first"
    with av.open(str(path)) as copy:
        stream = copy.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")


@pytest.mark.parametrize(("codec", "suffix"), [("aac", "mp4"), ("pcm_s16le", "mkv"), ("libopus", "webm")])
def test_the_sound_is_kept(
    sim: simulate.Simulated, found: Analysis, tmp_path: Path, codec: str, suffix: str
) -> None:
    spoken = tmp_path / f"spoken.{suffix}"
    with av.open(str(spoken), "w") as out:
        track = out.add_stream(codec, rate=48000, layout="mono")
        for i in range(100):
            tone = (8000 * np.sin(np.arange(960) * 0.1)).astype(np.int16)[None]
            frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 48000, i * 960, Fraction(1, 48000)
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    path = tmp_path / "copy.mp4"
    annotate((blank() for _ in found.t), found, sim.keypoints, 30.0, path, sound=spoken)
    with av.open(str(path)) as copy:
        assert copy.streams.audio[0].codec_context.name == "aac"
        heard = np.concatenate([frame.to_ndarray()[0] for frame in copy.decode(audio=0)])
    assert len(heard) / 48000 == pytest.approx(2.0, abs=0.1)
    assert np.abs(heard).max() > 0.1
    assert len(written(path)) == len(found.t)


def test_a_disk_that_fills_is_said_and_the_old_copy_stays(
    sim: simulate.Simulated, found: Analysis, tmp_path: Path
) -> None:
    path = tmp_path / "copy.mp4"
    path.write_bytes(b"the old one")
    snow = np.random.default_rng(0)
    noise = (snow.integers(0, 256, (*SIZE, 3), np.uint8) for _ in found.t)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        with pytest.raises(BadInput, match=r"copy\.mp4 cannot be written"):
            annotate(noise, found, sim.keypoints, 30.0, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert path.read_bytes() == b"the old one"
    assert [file.name for file in tmp_path.iterdir()] == ["copy.mp4"]


# -- from the command line


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--video", "out.mp4"], "set.npz has no pictures in it: --video needs the video itself."),
        (["--video", "out.avi"], "out.avi: --video writes .mp4 files; name it so."),
        (["--plot", "out.pdf"], "out.pdf: --plot writes .png files; name it so."),
        (["--video", "/dev/null"], "/dev/null is not a file: a video cannot be written there."),
    ],
)
def test_what_cannot_be_drawn_is_said_before_any_work(
    here: Path, sim: simulate.Simulated, capsys: pytest.CaptureFixture[str], flags: list[str], line: str
) -> None:
    simulate.save_recording(sim, here / "set.npz")
    assert main(["analyze", "set.npz", *flags]) == 2
    assert capsys.readouterr().err == f"squat-mirror: {line}\n"
    assert not list(here.glob("out*"))


@pytest.mark.slow
def test_the_bundled_clip_s_left_knee_is_ringed_in_vermilion_on_the_right(
    here: Path, demo_clip: Path
) -> None:
    outputs = ["--video", "out.mp4", "--csv", "out.csv", "--keypoints", "out.npz", "--plot", "out.png"]
    assert main(["analyze", str(demo_clip), "--reference", "1", "--json", "out.json", *outputs]) == 0
    rows = list(csv.DictReader(Path("out.csv").read_text().splitlines()))
    pictures = written(Path("out.mp4"))
    original = VideoFile(demo_clip, pace=False)
    assert len(pictures) == len(rows) == original.frame_count == 624
    assert VideoFile("out.mp4", pace=False).fps == pytest.approx(original.fps)
    fourth = [i for i, row in enumerate(rows) if 9.0 < float(row["t_s"]) < 11.5]
    off = [i for i in fourth if row_is(rows[i], "left", "off_track")]
    assert off, "the fourth repetition caves"
    i = max(off, key=lambda k: float(rows[k]["q"]))
    knee = load("out.npz").keypoints[i, 13]
    x, y = round(float(knee[1]) * 480), round(float(knee[0]) * 640)
    assert x > 240
    ringed = vermilion(pictures[i][y - 30 : y + 30, x - 30 : x + 30])
    assert ringed > 300
    clean = min(
        (k for k in range(len(rows)) if row_is(rows[k], "left", "good")), key=lambda k: float(rows[k]["t_s"])
    )
    assert vermilion(pictures[clean][200:600, 240:]) < 0.2 * ringed + vermilion_of_shoes(pictures[0])
    assert Path("out.png").read_bytes().startswith(b"\x89PNG")


def row_is(row: dict[str, str], side: str, verdict: str) -> bool:
    return row[f"{side}_verdict"] == verdict


def vermilion(patch: np.ndarray) -> int:
    """Pixels of about the colour of off track; compression blurs it."""
    hue, saturation, value = cv2.split(cv2.cvtColor(np.ascontiguousarray(patch), cv2.COLOR_BGR2HSV))
    return int(((hue > 5) & (hue < 20) & (saturation > 180) & (value > 120)).sum())


def vermilion_of_shoes(picture: np.ndarray) -> int:
    return vermilion(picture[200:600, 240:])
