"""`squat-mirror calibrate` on recordings: what it finds, what it writes, and what it refuses."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest
import simulate
from patience import PATIENCE_S

from mirror.cli import main

HANGS = simulate.Camera(hfov_deg=60.0, height_m=1.08, tilt_deg=4.0, distance_m=2.2)
CONFIG = """\
# my mirror
[camera]
fps = 25  # slow light

# How far the camera looks down (negative: up); left out, it is unknown and assumed.
#tilt_deg = "none"

[coach]
summary_after_s = 8.0
"""


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file of one's own, and no other anywhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SQUAT_MIRROR_CONFIG", raising=False)
    file = tmp_path / "mirror.toml"
    file.write_text(CONFIG)
    return file


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody of 1.80 m stands for two seconds at 2.2 m."""
    sim = simulate.simulate(
        [simulate.Stand(2.0)],
        body=simulate.Body(1.80),
        camera=HANGS,
        noise=simulate.Noise(sigma_px=0.6),
    )
    return saved(sim, tmp_path_factory.mktemp("stand") / "stand.npz")


@pytest.fixture(scope="module")
def two_marks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """They stand at 2.2 m, walk back, and stand at 3.2 m."""
    walk = [simulate.Replant(forward_m=-0.25)] * 4
    sim = simulate.simulate(
        [simulate.Stand(2.0), *walk, simulate.Stand(2.0)],
        body=simulate.Body(1.80),
        camera=HANGS,
        stance_m=0.2,
    )
    return saved(sim, tmp_path_factory.mktemp("marks") / "marks.npz")


def saved(sim: simulate.Simulated, path: Path) -> Path:
    """A recording of which only the field of view is known."""
    np.savez(path, t=sim.t, keypoints=sim.keypoints, image_size=np.array(sim.image_size), hfov_deg=60.0)
    return path


def calibrate(*arguments: object) -> int:
    return main(["calibrate", *map(str, arguments), "--screen", "none"])


# -- what it finds


def test_a_person_of_known_height_before_a_lens_of_known_height(
    stand: Path, own_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("--camera", stand, "--height", 1.08, "--stature", 1.80) == 0
    camera = tomllib.loads(own_settings.read_text())["camera"]
    assert camera["tilt_deg"] == pytest.approx(4.0, abs=1.0)
    assert camera["height_m"] == 1.08
    told = capsys.readouterr()
    assert "camera.tilt_deg = " in told.out
    assert "to within 0." in told.out
    assert "was not set" in told.out
    assert "mirror.toml" in told.out
    assert "keep still" in told.err


def test_a_mark_instead_of_a_stature(stand: Path, own_settings: Path) -> None:
    assert calibrate("mounting", "--camera", stand, "--height", 1.08, "--mark", 2.2) == 0
    assert tomllib.loads(own_settings.read_text())["camera"]["tilt_deg"] == pytest.approx(4.0, abs=1.0)


def test_two_marks_give_the_height_as_well(two_marks: Path, own_settings: Path) -> None:
    assert calibrate("--camera", two_marks, "--stature", 1.80, "--mark", 2.2, "--mark", 3.2) == 0
    camera = tomllib.loads(own_settings.read_text())["camera"]
    assert camera["height_m"] == pytest.approx(1.08, abs=0.06)
    assert camera["tilt_deg"] == pytest.approx(4.0, abs=1.5)


def test_height_and_stature_may_stand_in_the_settings(stand: Path, own_settings: Path) -> None:
    own_settings.write_text("[camera]\nheight_m = 1.08\n[person]\nstature_m = 1.8\n")
    assert calibrate("--camera", stand) == 0
    assert tomllib.loads(own_settings.read_text())["person"] == {"stature_m": 1.8}


def test_it_says_by_how_much_a_setting_changes(
    stand: Path, own_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_settings.write_text("[camera]\ntilt_deg = 9.0\nheight_m = 1.08\n")
    assert calibrate("--camera", stand, "--stature", 1.80) == 0
    found = tomllib.loads(own_settings.read_text())["camera"]["tilt_deg"]
    assert f"was 9, {found - 9:+.4g}" in capsys.readouterr().out


# -- what it writes


def test_everything_else_in_the_file_stays_as_it_was(stand: Path, own_settings: Path) -> None:
    assert calibrate("--camera", stand, "--height", 1.08, "--stature", 1.80) == 0
    text = own_settings.read_text()
    for line in ("# my mirror", "fps = 25  # slow light", "summary_after_s = 8.0"):
        assert line in text
    before, after = tomllib.loads(CONFIG), tomllib.loads(text)
    assert set(after["camera"]) == {*before["camera"], "tilt_deg", "height_m"}
    assert after["coach"] == before["coach"]
    assert text.index("left out, it is unknown") < text.index("tilt_deg =")  # under its own sentence
    assert [path.name for path in own_settings.parent.iterdir() if "mirror" in path.name] == ["mirror.toml"]


def test_without_a_file_one_is_made_at_home(stand: Path, own_settings: Path, tmp_path: Path) -> None:
    own_settings.unlink()
    assert calibrate("--camera", stand, "--height", 1.08, "--stature", 1.80) == 0
    made = tmp_path / "home" / "squat-mirror" / "mirror.toml"
    assert set(tomllib.loads(made.read_text())["camera"]) == {"tilt_deg", "height_m"}


def test_a_dry_run_changes_nothing(
    stand: Path, own_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("--camera", stand, "--height", 1.08, "--stature", 1.80, "--dry-run") == 0
    assert own_settings.read_text() == CONFIG
    assert "nothing was written" in capsys.readouterr().out


def test_a_variable_that_wins_over_the_file_is_named(
    stand: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SQUAT_MIRROR_CAMERA__TILT_DEG", "7")
    assert calibrate("--camera", stand, "--height", 1.08, "--stature", 1.80) == 0
    assert "SQUAT_MIRROR_CAMERA__TILT_DEG in the environment still wins" in capsys.readouterr().out


def test_a_kill_at_any_moment_leaves_the_old_file_or_the_new_one(stand: Path, own_settings: Path) -> None:
    command = [sys.executable, "-m", "mirror", "calibrate", "--camera", str(stand), "--screen", "none"]
    command += ["--height", "1.08", "--stature", "1.8", "--config", str(own_settings)]
    root = Path(__file__).resolve().parents[2]
    begun = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, cwd=root, timeout=PATIENCE_S)
    whole_s = time.monotonic() - begun
    new = own_settings.read_text()
    for share in np.linspace(0.6, 1.05, 8):
        own_settings.write_text(CONFIG)
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=root)
        threading.Event().wait(share * whole_s)
        running.send_signal(signal.SIGKILL)
        running.wait(PATIENCE_S)
        assert own_settings.read_text() in (CONFIG, new)


# -- what it refuses


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--height"),
        (["--stature", "1.8"], "--height"),
        (["--stature", "1.8", "--mark", "2.2"], "--height"),
        (["--height", "1.08"], "--stature"),
        (["--height", "0.1", "--stature", "1.8"], "0.2 to 3 m"),
        (["--height", "108", "--stature", "1.8"], "0.2 to 3 m"),
        (["--height", "1.08", "--stature", "180"], "1.2 to 2.3 m"),
        (["--height", "1.08", "--mark", "0.3"], "1 to 6 m"),
        (["--height", "1.08", "--mark", "nan"], "1 to 6 m"),
        (["--mark", "2.2", "--mark", "2.3", "--stature", "1.8"], "0.4 m apart"),
        (["--height", "1.08", "--mark", "4.8"], "fit together"),
        (["sideways", "--height", "1.08", "--stature", "1.8"], "mounting or glass"),
        (["glass"], "calibrate mounting"),
    ],
)
def test_measures_that_cannot_do_are_one_line_and_nothing_changes(
    stand: Path,
    own_settings: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    says: str,
) -> None:
    assert calibrate(*arguments, "--camera", stand) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith("squat-mirror: ")
    assert says in told
    assert own_settings.read_text() == CONFIG


def test_a_lens_far_higher_than_measured_is_refused(stand: Path, own_settings: Path) -> None:
    """A tilt beyond what any mirror has."""
    assert calibrate("--camera", stand, "--height", 2.9, "--mark", 1.2) == 2
    assert own_settings.read_text() == CONFIG


def test_a_clip_that_ends_too_early_says_where(
    stand: Path, own_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert calibrate("--camera", stand, "--height", 1.08, "--mark", 2.2, "--mark", 3.2) == 2
    assert "ended at step 2 of 2" in capsys.readouterr().err
    assert own_settings.read_text() == CONFIG


def test_a_file_that_cannot_be_written_is_one_line(
    stand: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mirror.toml").unlink()
    (tmp_path / "home").write_text("in the way")
    assert calibrate("--camera", stand, "--height", 1.08, "--stature", 1.80) in (1, 2)
    assert len(capsys.readouterr().err.strip().splitlines()[-1]) < 300


def test_the_glass_needs_the_panel_s_height(
    stand: Path, own_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own_settings.write_text("[camera]\ntilt_deg = 4.0\nheight_m = 1.08\n")
    assert calibrate("glass", "--camera", stand) == 2
    assert "panel_height_mm" in capsys.readouterr().err


def test_the_glass_is_measured_by_somebody_who_bends_and_holds_twice(
    tmp_path: Path, own_settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A recording does not follow the dots, so both rounds are judged by where they went: the lens that is
    found is the one for which these dots would have lain over the knees."""
    hold = simulate.Squat(depth_deg=42.0, down_s=1.5, hold_s=3.0, up_s=1.2, rest_s=0.6)
    deeper = simulate.Squat(depth_deg=33.0, down_s=1.5, hold_s=3.0, up_s=1.2, rest_s=0.6)
    sim = simulate.simulate([simulate.Stand(1.6), hold, deeper], body=simulate.Body(1.80), camera=HANGS)
    own_settings.write_text(
        "[camera]\ntilt_deg = 4.0\nheight_m = 1.08\n[screen]\npanel_height_mm = 700\ncamera_x_mm = 200\n"
        "camera_y_mm = 10\nwidth = 1080\nheight = 1920\n[person]\nstature_m = 1.8\n"
    )
    code = calibrate("glass", "--camera", saved(sim, tmp_path / "bends.npz"))
    told = capsys.readouterr()
    screen = tomllib.loads(own_settings.read_text())["screen"]
    assert code == 0, told.err
    assert screen["camera_x_mm"] == pytest.approx(200, abs=15)
    assert abs(screen["camera_y_mm"] - 10) < 120
    assert "1 of 2" in told.err
    assert "2 of 2" in told.err


def test_being_stopped_changes_nothing(own_settings: Path, tmp_path: Path) -> None:
    """A long clip in which nobody keeps still."""
    sim = simulate.simulate([simulate.WalkAcross(seconds=2.4)] * 40, camera=HANGS)
    clip = saved(sim, tmp_path / "walks.npz")
    command = [sys.executable, "-m", "mirror", "calibrate", "--camera", str(clip), "--screen", "none"]
    command += ["--height", "1.08", "--stature", "1.8", "--config", str(own_settings)]
    running = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[2]
    )
    assert running.stderr is not None
    while "keep still" not in running.stderr.readline():
        assert running.poll() is None
    running.send_signal(signal.SIGTERM)
    assert running.wait(PATIENCE_S) in (1, 2)
    assert "nothing was changed" in running.stderr.read()
    running.stderr.close()
    assert own_settings.read_text() == CONFIG
