"""What is heard: buzzer, tones or speech, one of them, and never at the cost of a frame."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from types import SimpleNamespace

import pygame
import pytest
from patience import PATIENCE_S

from mirror.coach.feedback import Light, Sound
from mirror.coach.lines import Cue
from mirror.coach.words import words
from mirror.faults import PermanentFault
from mirror.settings import LightsSettings, SoundSettings
from mirror.signals import voice
from mirror.signals.lights import BEEPS, MockLights
from mirror.signals.pick import open_sounds
from mirror.signals.voice import RATE, Buzzing, OneSlot, Speech, Tones, tone


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy computer may take long to start what speaks."""
    monkeypatch.setattr(voice, "LONGEST_S", PATIENCE_S)
    monkeypatch.setattr(voice, "CLOSE_S", PATIENCE_S)


def lamp() -> MockLights:
    return MockLights(LightsSettings())


def heard(lights: MockLights) -> list[object]:
    return [what for _, what in lights.history if isinstance(what, Sound)]


# -- one of them


def test_by_default_the_buzzer_is_heard_and_nothing_speaks() -> None:
    lights = lamp()
    sounds, said = open_sounds(SoundSettings(), lights, words("en"))
    assert isinstance(sounds, Buzzing)
    assert "buzzer" in said
    sounds.play(Sound.OFF_TRACK, Cue.KNEES_OVER_TOES)
    assert heard(lights) == [Sound.OFF_TRACK]


def test_speech_leaves_the_buzzer_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = tmp_path / "spoken"
    fake = tmp_path / "espeak-ng"
    fake.write_text(f'#!/bin/sh\nprintf "%s|" "$@" > {spoken}.part && mv {spoken}.part {spoken}\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    lights = lamp()
    sounds, said = open_sounds(SoundSettings(kind="speech", volume=0.5), lights, words("zh"))
    assert isinstance(sounds, Speech)
    assert "spoken" in said
    sounds.play(Sound.OFF_TRACK, Cue.KNEES_OVER_TOES)
    wait_for(spoken.exists)
    sounds.close()
    assert spoken.read_text() == "-v|cmn|-a|100|-s|160|--|膝盖对准脚尖|"
    assert heard(lights) == []


@pytest.fixture
def dummy_audio(monkeypatch: pytest.MonkeyPatch) -> None:
    """An audio output that nobody hears."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    try:
        pygame.mixer.init()
    except NotImplementedError as missing:
        pytest.skip(f"pygame cannot make tones here: {missing}")
    pygame.mixer.quit()


@pytest.mark.usefixtures("dummy_audio")
def test_without_espeak_tones_are_heard_and_without_audio_the_buzzer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice.shutil, "which", lambda _: None)
    sounds, said = open_sounds(SoundSettings(kind="speech"), lamp(), words("en"))
    assert isinstance(sounds, Tones)
    assert "apt install espeak-ng" in said
    sounds.close()
    monkeypatch.setenv("SDL_AUDIODRIVER", "no such thing")
    sounds, said = open_sounds(SoundSettings(kind="tones"), lamp(), words("en"))
    assert isinstance(sounds, Buzzing)
    assert "no tones" in said


def test_without_a_library_that_tones_need_the_buzzer_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a bare Debian, where pygame comes without its mixer and says so only when it is used."""

    def missing(**how: object) -> None:
        raise NotImplementedError("mixer module not available (libgthread-2.0.so.0 is not there)")

    monkeypatch.setattr(pygame, "mixer", SimpleNamespace(init=missing))
    sounds, said = open_sounds(SoundSettings(kind="tones"), lamp(), words("en"))
    assert isinstance(sounds, Buzzing)
    assert "libgthread" in said


# -- tones


def test_a_tone_has_the_buzzer_s_pattern() -> None:
    beeps = BEEPS[Sound.OFF_TRACK]
    samples = memoryview(tone(beeps)).cast("h")
    assert len(samples) == pytest.approx(2 * beeps.n * beeps.each_s * RATE, abs=4)
    each = round(beeps.each_s * RATE)
    loud = [max(abs(x) for x in samples[i * each : (i + 1) * each]) > 10_000 for i in range(2 * beeps.n)]
    assert loud == [True, False] * beeps.n


@pytest.mark.usefixtures("dummy_audio")
def test_tones_play_and_can_be_closed_twice() -> None:
    tones = Tones(0.5)
    for sound in Sound:
        tones.play(sound, None)
    tones.close()
    tones.close()
    tones.play(Sound.OFF_TRACK, None)  # a mirror that ends may still be told


# -- speech


def wait_for(there: object) -> None:
    deadline, tick = time.monotonic() + PATIENCE_S, threading.Event()
    while not there():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        tick.wait(0.02)


def test_while_one_thing_is_said_only_the_newest_waits() -> None:
    said: deque[str] = deque()
    busy, go = threading.Event(), threading.Event()

    def speak(words: str) -> None:
        busy.set()
        go.wait(PATIENCE_S)
        said.append(words)

    slot = OneSlot(speak, "test voice")
    slot.put("one")
    assert busy.wait(PATIENCE_S)
    for said_next in ("two", "three", "four"):
        slot.put(said_next)
    go.set()
    wait_for(lambda: len(said) == 2)
    slot.close(PATIENCE_S)
    assert list(said) == ["one", "four"]


def test_a_sound_without_words_is_not_spoken(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = f"import sys; open({str(log)!r}, 'a').write(sys.argv[1] + '\\n')"
    speech = Speech(words("en"), 1.0, [sys.executable, "-c", script])
    speech.play(Sound.ACCEPTED, None)
    speech.play(Sound.OFF_TRACK, Cue.SPREAD_THE_FLOOR)
    wait_for(lambda: log.exists() and log.read_text())
    speech.close()
    assert log.read_text() == "Spread the floor\n"


def test_closing_cuts_speech_off() -> None:
    speech = Speech(words("en"), 1.0, [sys.executable, "-c", "import time; time.sleep(60)"])
    speech.play(Sound.OFF_TRACK, Cue.KNEES_OUT)
    wait_for(lambda: speech._speaking is not None)
    speaking = speech._speaking
    assert speaking is not None
    speech.close()
    speech.close()
    assert speaking.wait(PATIENCE_S) != 0


def test_closing_cuts_off_what_was_about_to_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    begins, go_on = threading.Event(), threading.Event()
    popen = subprocess.Popen

    def slowly(*call: object, **how: object) -> subprocess.Popen[bytes]:
        begins.set()
        assert go_on.wait(PATIENCE_S)
        started.append(popen(*call, **how))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(voice.subprocess, "Popen", slowly)
    speech = Speech(words("en"), 1.0, [sys.executable, "-c", "import time; time.sleep(3600)"])
    speech.play(Sound.OFF_TRACK, Cue.KNEES_OUT)
    assert begins.wait(PATIENCE_S)
    closing = threading.Thread(target=speech.close, daemon=True)
    closing.start()
    wait_for(lambda: speech._slot._closed)
    go_on.set()
    closing.join(PATIENCE_S)
    (speaking,) = started
    assert speaking.poll() == -signal.SIGTERM


def test_a_voice_that_fails_says_so_once_and_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    speech = Speech(words("en"), 1.0, ["/nowhere/speaker"])
    speech.play(Sound.OFF_TRACK, Cue.KNEES_OUT)
    wait_for(lambda: caplog.records)
    speech.play(Sound.OFF_TRACK, Cue.CHEST_PROUD)
    speech.close()
    assert len(caplog.records) == 1


def test_speech_is_refused_in_words_where_there_is_no_espeak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice.shutil, "which", lambda _: None)
    with pytest.raises(PermanentFault, match="apt install espeak-ng"):
        Speech(words("en"), 1.0)


def test_every_sound_has_a_pattern() -> None:
    assert set(BEEPS) == set(Sound)
    lights = lamp()
    for sound in Sound:
        Buzzing(lights).play(sound, None)
    lights.show(Light.OFF)
    assert heard(lights) == list(Sound)
