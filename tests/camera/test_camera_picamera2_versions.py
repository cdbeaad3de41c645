"""A Picamera2 that is too old or broken is told as that, with what to do, not as a camera that is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from camera.picamera2_of_then import SIMPLEJPEG, of_version, that_raises

from mirror.camera import picamera, pick, system_packages
from mirror.camera.missing_camera import AbsentCamera, open_or_wait
from mirror.camera.picamera import PicameraUnusable, picamera2_class
from mirror.cli import main
from mirror.doctor import computer as this_computer
from mirror.doctor.doctor import look_for_cameras
from mirror.faults import BadInput, PartMissing
from mirror.settings import CameraSettings

PI = "Raspberry Pi 5 Model B Rev 1.0"
SIZE, FPS = (640, 480), 30


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder whose packages come before all others; what was imported before is forgotten."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "picamera2"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(pick, "webcams", list)
    yield tmp_path
    sys.modules.pop("picamera2", None)


@pytest.mark.parametrize(("version", "lacks"), [("0.3.13", "timeout"), ("0.3.18", "cancel_all_and_flush")])
def test_one_that_is_too_old_ends_run_with_a_sentence_that_says_what_to_upgrade(seen, version, lacks, capsys):
    of_version(seen, version)
    for command in (["run", "--screen", "none"], ["record", str(seen / "visit.npz")]):
        assert main([*command, "--camera", "picamera"]) == 2
        (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("squat-mirror: ")]
        assert f"Picamera2 {version} is too old" in line
        assert lacks in line
        assert "sudo apt full-upgrade" in line


def test_one_that_has_all_that_is_called_is_taken(seen):
    of_version(seen, picamera.OLDEST_PICAMERA2)
    assert picamera2_class().__name__ == "Picamera2"
    assert picamera.cameras() == ["imx708"]


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (f"ValueError({SIMPLEJPEG!r})", "numpy.dtype size changed"),
        ("ImportError('libcamera.so.0.4: cannot open shared object file')", "libcamera.so.0.4"),
        ("ModuleNotFoundError(\"No module named 'libcamera'\", name='libcamera')", "libcamera"),
        ("AttributeError('_ARRAY_API not found')", "_ARRAY_API"),
    ],
)
def test_an_import_that_fails_is_told_as_that_by_whoever_meets_it(seen, error, what):
    that_raises(seen, error)
    with pytest.raises(PartMissing, match="Picamera2 cannot be imported") as told:
        pick.open_source("picamera", SIZE, FPS)
    assert what in str(told.value)
    with pytest.raises(BadInput, match="Picamera2 cannot be imported") as told:
        pick.open_source("auto", SIZE, FPS)
    assert what in str(told.value)
    assert "plug one in" not in str(told.value)
    finding = this_computer.libraries(PI)
    assert finding.level == "fault"
    assert what in finding.says
    assert "apt" in finding.do or "scripts" in finding.do


def test_a_mirror_that_takes_what_there_is_waits_and_the_glass_says_that_a_part_is_missing(seen):
    of_version(seen, "0.3.13")
    source, said = open_or_wait(CameraSettings(), pick.open_camera)
    assert isinstance(source, AbsentCamera)
    assert "too old" in said
    with pytest.raises(Exception, match="too old") as told:
        next(iter(source.frames()))
    assert told.value.key == "part_missing"
    with pytest.raises(PartMissing, match="too old"):
        open_or_wait(CameraSettings(source="picamera"), pick.open_camera)


def test_a_webcam_is_taken_all_the_same_and_it_is_said_why(seen, monkeypatch):
    class Opened:
        name = "Webcam"

        def __init__(self, *_: object, **__: object) -> None: ...

    of_version(seen, "0.3.18")
    monkeypatch.setattr(pick, "webcams", lambda: [(Path("/dev/video0"), "HD Webcam")])
    monkeypatch.setattr(pick, "Webcam", Opened)
    source, said = pick.open_source("auto", SIZE, FPS)
    assert isinstance(source, Opened)
    assert "too old" in said


@pytest.mark.parametrize(("source", "level"), [("auto", "warning"), ("picamera", "fault")])
def test_the_doctor_says_that_it_is_too_old_and_still_lists_webcams(seen, source, level, monkeypatch):
    from mirror.camera import webcam

    of_version(seen, "0.3.18")
    monkeypatch.setattr(webcam, "webcams", lambda: [(Path("/dev/video0"), "HD Webcam")])
    finding = this_computer.libraries(PI, source)
    assert (finding.level, finding.do) == (level, system_packages.UPGRADE)
    assert "Picamera2 0.3.18 is too old" in finding.says
    assert [one.said for one in look_for_cameras()] == ["HD Webcam at /dev/video0"]


@pytest.mark.parametrize(
    ("board", "source", "level"), [(None, "auto", "ok"), (PI, "auto", "warning"), (None, "picamera", "fault")]
)
def test_none_at_all_is_a_warning_on_a_pi_and_a_fault_where_it_is_insisted_on(
    seen, monkeypatch, board, source, level
):
    monkeypatch.setitem(sys.modules, "picamera2", None)
    assert this_computer.libraries(board, source).level == level
    with pytest.raises(PicameraUnusable) as told:
        picamera2_class()
    assert told.value.why == "missing"
    assert picamera.cameras() == []


# -- what an environment takes from the system


def installed(folder: Path, name: str, version: str) -> str:
    """A folder of packages with one in it, as pip and Debian leave it."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return str(folder)


def test_a_numpy_of_pips_over_the_systems_is_named_with_both_versions(tmp_path):
    system = installed(tmp_path / "dist-packages", "numpy", "1.24.2")
    own = installed(tmp_path / "site-packages", "numpy", "2.2.6")
    assert system_packages.hidden([own, system]) == [("numpy", "2.2.6", "1.24.2")]
    advice = system_packages.advice([own, system])
    assert advice.startswith("numpy 2.2.6 hides the system's 1.24.2: ")
    assert "scripts/run" in advice
    assert system_packages.hidden([system]) == []
    assert system_packages.advice([system]).startswith(system_packages.UPGRADE)


def test_what_the_system_has_is_kept_at_its_version(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [installed(tmp_path, "numpy", "1.24.2")])
    installed(tmp_path, "gpiozero", "2.0")
    installed(tmp_path, "pydantic", "1.10.4")  # the system's own is too old for us, and nobody else needs it
    assert system_packages.constraints() == ["numpy==1.24.2", "gpiozero==2.0"]
