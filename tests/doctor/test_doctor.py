"""The doctor: what it finds on a computer as it should be, and on computers that are not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mirror.doctor import computer as this_computer
from mirror.doctor import doctor
from mirror.doctor.doctor import Computer, Display, Finding, PluggedIn
from mirror.faults import TemporaryFault
from mirror.settings import Settings

pytest.importorskip("gpiozero")

PI = "Raspberry Pi 5 Model B Rev 1.0"
RIBBON, WEBCAM = PluggedIn("imx708"), PluggedIn("HD Webcam", "/dev/video0")


@pytest.fixture(autouse=True)
def _nothing_from_outside(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SQUAT_MIRROR_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))


@pytest.fixture
def laptop(tmp_path) -> Computer:
    """A computer as it should be."""
    return Computer(
        python=(3, 11, 2),
        bits=64,
        machine="x86_64",
        board=None,
        temperature_c=None,
        throttled=None,
        state_folder=tmp_path / "state",
        free_bytes=lambda folder: 10_000_000_000,
        now_s=1_800_000_000.0,
        installed_s=1_790_000_000.0,
        display=lambda: Display("wayland"),
        cameras=lambda: [RIBBON, WEBCAM],
        clock_set=lambda: True,
        devices=list,
        service=dict,
        unasked_ends=lambda: 0,
    )


def settings(**sections) -> Settings:
    return Settings.model_validate({"camera": {"source": "clip.mp4"}, "lights": {"kind": "none"}, **sections})


def found(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def test_a_computer_as_it_should_be_has_no_faults(laptop):
    Path("clip.mp4").write_bytes(b"a video")
    findings = doctor.examine(settings(), computer=laptop)
    assert {finding.level for finding in findings} == {"ok"}
    assert doctor.exit_code(findings) == 0
    assert len({finding.name for finding in findings}) == len(findings)


def test_every_finding_that_is_not_fine_says_what_to_do(laptop):
    bad = replace(
        laptop,
        python=(3, 9, 2),
        bits=32,
        board=PI,
        throttled=0xF000F,
        temperature_c=84.0,
        free_bytes=lambda folder: 1_000_000,
        now_s=0.0,
        display=lambda: Display(None, "kmsdrm not available"),
        cameras=list,
    )
    Path("mirror.toml").write_text("[camera]\nfps = 1000\n")
    findings = doctor.examine(settings(model={"name": "nothing"}), computer=bad)
    assert doctor.exit_code(findings) == 1
    for finding in findings:
        assert "\n" not in finding.says
        if finding.level != "ok" and finding.name != "runtime":
            assert finding.do, finding


def test_this_computer_can_be_examined():
    findings = doctor.examine(settings())
    assert found(findings)["python"].level == "ok"
    assert found(findings)["runtime"].level == "ok"


def test_a_wrong_settings_file_is_a_fault_and_the_rest_is_still_looked_at(laptop):
    Path("mirror.toml").write_text("[camera]\nfps = 1000\nhfov = 3\n")
    findings = found(doctor.examine(None, computer=laptop))
    assert findings["settings"].level == "fault"
    assert findings["settings"].says.endswith("did you mean hfov_deg? (and 1 more)")
    assert findings["runtime"].level == "ok"


def test_a_named_settings_file_is_the_one_looked_at(laptop, tmp_path):
    named = tmp_path / "other.toml"
    named.write_text("[camera]\nfps = 20\n")
    assert found(doctor.examine(settings(), named, laptop))["settings"].says == f"{named} is fine"


@pytest.mark.parametrize(
    ("seen", "level"),
    [({}, "ok"), ({"bits": 32, "machine": "armv7l"}, "fault"), ({"python": (3, 9, 2)}, "fault")],
)
def test_python_is_64_bit_and_new_enough(laptop, seen, level):
    seen = replace(laptop, **seen)
    assert this_computer.python(seen.python, seen.bits, seen.machine).level == level


def test_an_unknown_model_is_a_fault_and_its_runtime_is_not_tried():
    chosen = settings(model={"name": "movenet_lightning_256x128_mixed"})
    assert doctor.model(chosen).level == "fault"
    assert "movenet_lightning_256x128_mixed_u8" in doctor.model(chosen).says
    assert doctor.runtime(chosen).level == "warning"


def test_the_shipped_model_has_its_checksum_and_is_run():
    assert doctor.model(settings()).says.endswith("checksum right")
    assert "runs movenet" in doctor.runtime(settings()).says
    assert " with XNNPACK, " in doctor.runtime(settings()).says


def test_the_doctor_says_when_xnnpack_is_left_out():
    plain = Settings.model_validate({"model": {"xnnpack": False, "threads": 2}})
    assert " without XNNPACK, 2 threads, " in doctor.runtime(plain).says


def test_the_foot_model_is_looked_at_too(monkeypatch):
    assert doctor.feet().says.endswith("checksum right")
    monkeypatch.setattr("mirror.pose.catalog.FOOT_MODEL", "blazepose_of_another_release")
    assert doctor.feet().level == "fault"


@pytest.mark.parametrize(
    ("source", "seen", "board", "level", "says"),
    [
        ("auto", [RIBBON], PI, "ok", "imx708 on the ribbon"),
        ("auto", [], PI, "fault", "no camera is seen"),
        ("auto", [], None, "warning", "no camera is seen"),
        (
            "/dev/video9",
            [PluggedIn("A", "/dev/video0"), PluggedIn("B", "/dev/video9")],
            None,
            "ok",
            "B at /dev/video9",
        ),
        ("/dev/video9", [PluggedIn("A", "/dev/video0")], PI, "fault", "no camera /dev/video9 is seen"),
        ("clip.mp4", [], None, "ok", "not a camera but the file clip.mp4"),
        ("no.mp4", [PluggedIn("A", "/dev/video0")], None, "fault", "no.mp4 does not exist."),
        ("empty.npz", [], None, "fault", "empty.npz is empty."),
    ],
)
def test_the_camera_named_in_the_settings_is_looked_for(source, seen, board, level, says):
    Path("clip.mp4").write_bytes(b"a video")
    Path("empty.npz").write_bytes(b"")
    finding = doctor.camera(source, seen, board)
    assert (finding.level, finding.says) == (level, says)
    assert bool(finding.do) == (level != "ok")


def test_no_lamp_on_a_raspberry_pi_is_a_warning_unless_wanted(monkeypatch):
    auto = Settings.model_validate({"lights": {"kind": "auto"}})
    assert doctor.lamp(auto, None).level == "ok"
    monkeypatch.setattr("mirror.signals.lights._open_chip", _no_chip)
    assert doctor.lamp(auto, PI) == Finding(
        "lamp", "warning", "no lamp: the GPIO pins cannot be opened", doctor.lamp(auto, PI).do
    )
    assert doctor.lamp(Settings.model_validate({"lights": {"kind": "gpio"}}), PI).level == "fault"
    assert doctor.lamp(settings(), PI).level == "ok"


def _no_chip():
    from mirror.faults import PermanentFault

    raise PermanentFault("the GPIO pins cannot be opened")


def test_the_lamps_pins_are_given_back():
    mock = Settings.model_validate({"lights": {"kind": "mock"}})
    assert doctor.lamp(mock, None).level == "ok"
    assert doctor.lamp(mock, None).level == "ok"


@pytest.mark.parametrize(
    ("display", "level", "part"),
    [
        (Display("KMSDRM"), "ok", "KMSDRM"),
        (Display("offscreen"), "warning", "neither a desktop nor KMS"),
        (Display("dummy", "", "dummy"), "warning", "SDL_VIDEODRIVER=dummy"),
        (Display(None, "kmsdrm not available", "kmsdrm"), "warning", "kmsdrm not available"),
        (Display(None, "No module named pygame"), "warning", "No module named pygame"),
    ],
)
def test_a_display_nobody_sees_is_a_warning(display, level, part):
    finding = doctor.screen(display)
    assert finding.level == level
    assert part in finding.says


def test_the_display_is_really_tried(monkeypatch):
    pytest.importorskip("pygame")
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    assert doctor.try_display() == Display("dummy", "", "dummy")
    monkeypatch.setenv("SDL_VIDEODRIVER", "nonsense")
    tried = doctor.try_display()
    assert tried.driver is None
    assert "nonsense" in tried.why_not


@pytest.mark.parametrize(("free", "level"), [(10e9, "ok"), (400e6, "warning"), (10e6, "fault")])
def test_a_full_disk_is_told_before_it_is_full(tmp_path, free, level):
    finding = this_computer.disk(tmp_path / "not" / "there" / "yet", lambda folder: free)
    assert finding.level == level
    assert finding.says.endswith(f"free in {tmp_path}")


def test_a_clock_before_the_installation_is_told():
    assert this_computer.clock(1_700_000_000, 1_790_000_000).level == "warning"
    assert this_computer.clock(1_790_000_000, 1_790_000_000 + 3600).level == "ok"


@pytest.mark.parametrize(
    ("board", "bits", "level", "part"),
    [
        (None, None, "ok", "not a Raspberry Pi"),
        (PI, None, "warning", "does not tell"),
        (PI, 0, "ok", "never"),
        (PI, 0x50000, "warning", "the supply voltage was too low, the processor was throttled"),
        (PI, 0x80008, "warning", "the soft temperature limit is active"),
    ],
)
def test_power_and_throttling_are_told_in_words(board, bits, level, part):
    finding = this_computer.power(board, bits)
    assert finding.level == level
    assert part in finding.says


def test_weak_power_and_heat_have_different_remedies():
    assert "power supply" in this_computer.power(PI, 1 << 16).do
    assert "fan" in this_computer.power(PI, 1 << 19).do


@pytest.mark.parametrize(("celsius", "level"), [(None, "ok"), (61.0, "ok"), (82.0, "warning")])
def test_heat_is_told(celsius, level):
    assert this_computer.temperature(celsius).level == level


def test_one_broken_part_does_not_hide_the_others(laptop):
    def breaks():
        raise KeyError("odd")

    findings = found(doctor.examine(settings(), computer=replace(laptop, display=breaks)))
    assert findings["screen"].level == "fault"
    assert findings["screen"].says == "could not be looked at: KeyError: 'odd'"
    assert findings["clock"].level == "ok"


def test_a_fault_of_a_room_is_told_in_its_own_words(laptop):
    def stalls():
        raise TemporaryFault("the display went away")

    findings = found(doctor.examine(settings(), computer=replace(laptop, display=stalls)))
    assert findings["screen"] == Finding("screen", "fault", "the display went away")


# -- the service


INSTALLED = {"LoadState": "loaded", "ActiveState": "active", "ExecMainStatus": "0"}


@pytest.mark.parametrize(
    ("told", "ends", "level", "part"),
    [
        ({}, 0, "ok", "not installed"),
        ({"LoadState": "not-found"}, 0, "ok", "not installed"),
        (INSTALLED, 0, "ok", "it runs"),
        (INSTALLED, 2, "ok", "it runs"),
        ({**INSTALLED, "ActiveState": "inactive"}, 0, "ok", "it is stopped"),
        ({**INSTALLED, "ActiveState": "activating"}, 5, "fault", "ended 5 times in ten minutes"),
        ({**INSTALLED, "ActiveState": "failed", "ExecMainStatus": "2"}, 0, "fault", "cannot help"),
    ],
)
def test_a_service_that_has_stopped_or_fails_again_and_again_is_a_fault(laptop, told, ends, level, part):
    computer = replace(laptop, service=lambda: told, unasked_ends=lambda: ends)
    finding = found(doctor.examine(settings(), computer=computer))["service"]
    assert finding.level == level
    assert part in finding.says
    assert ("journalctl -u squat-mirror" in finding.do) is (level == "fault")


def test_the_ends_that_the_service_remembers_are_counted(tmp_path):
    from mirror.service.starts import Starts

    assert this_computer.unasked_ends(tmp_path) == 0
    for _ in range(4):
        with pytest.raises(KeyError), Starts(tmp_path).running():
            raise KeyError("odd")
    assert this_computer.unasked_ends(tmp_path) == 4


def test_a_camera_on_the_ribbon_that_is_insisted_on_is_not_a_webcam():
    seen = [WEBCAM]
    assert doctor.camera("picamera", seen, PI).level == "fault"
    assert doctor.camera("picamera", [RIBBON, *seen], PI).says == "imx708 on the ribbon"
