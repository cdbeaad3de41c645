"""What is heard: the buzzer, tones through the audio output, or cues spoken by espeak-ng. Never two of them.

It is called in the eyes thread, so it returns at once: speech runs in a thread of its own behind one slot,
where the newest words replace those that still wait. Knows nothing of when to speak.
"""

from __future__ import annotations

import logging
import math
import shutil
import subprocess
import threading
from array import array
from collections.abc import Callable
from typing import Any, Protocol

from mirror.coach.feedback import Sound
from mirror.coach.lines import Cue
from mirror.coach.words import Words
from mirror.faults import PermanentFault
from mirror.signals.lights import BEEPS, Beeps, Lights

log = logging.getLogger(__name__)

SPEAKER = "espeak-ng"
ESPEAK_VOICES = {"zh": "cmn"}
"""Languages espeak-ng calls otherwise."""
FULL_AMPLITUDE = 200  # espeak-ng's loudest
WORDS_A_MINUTE = 160
LONGEST_S = 6.0
"""Speech that takes longer than this hangs, or the audio output does."""
CLOSE_S = 1.0
RATE = 44_100
TONE_HZ = 880.0
FADE_S = 0.008
"""Without a ramp at either end a tone clicks."""


class Sounds(Protocol):
    """Whatever makes sounds heard. `close()` may be called twice."""

    def play(self, sound: Sound, cue: Cue | None) -> None:
        """Make `sound` heard, once; cue: the one it stands for, or None."""

    def close(self) -> None:
        """Silence."""


class Buzzing:
    """The buzzer beside the lamp."""

    def __init__(self, lights: Lights) -> None:
        self._lights = lights

    def play(self, sound: Sound, cue: Cue | None) -> None:
        """As Sounds; a buzzer has no words."""
        self._lights.sound(sound)

    def close(self) -> None:
        """Nothing: the buzzer is closed with its lamp."""


class OneSlot:
    """A thread that does one thing after another; while it is busy only the newest waits."""

    def __init__(self, do: Callable[[str], None], name: str) -> None:
        self._do = do
        self._waiting: str | None = None
        self._closed = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def put(self, what: str) -> None:
        """Do this next. Returns at once."""
        with self._news:
            self._waiting = what
            self._news.notify()

    def close(self, timeout: float) -> None:
        """Nothing more is begun; waits for what is under way, at most so long."""
        with self._news:
            self._closed, self._waiting = True, None
            self._news.notify()
        self._thread.join(timeout)

    def _run(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._closed or self._waiting is not None)
                if self._closed or self._waiting is None:
                    return
                what, self._waiting = self._waiting, None
            self._do(what)


class Speech:
    """Cues spoken by espeak-ng, in the language of `say`. Raises PermanentFault when it is not installed.

    command: what speaks, without the words; None asks espeak-ng at `volume` 0..1.
    """

    def __init__(self, say: Words, volume: float, command: list[str] | None = None) -> None:
        self._say = say
        self._command = command or _espeak(say.language, volume)
        self._speaking: subprocess.Popen[bytes] | None = None
        self._closing = False
        self._failed = False
        self._slot = OneSlot(self._speak, "voice")

    def play(self, sound: Sound, cue: Cue | None) -> None:
        """As Sounds. Without a cue nothing is heard."""
        if cue is not None:
            self._slot.put(self._say.line(cue))

    def close(self) -> None:
        """Silence, in the middle of a word if need be."""
        self._closing = True  # first: what begins to speak meanwhile sees it
        speaking = self._speaking
        if speaking is not None:
            speaking.terminate()
        self._slot.close(CLOSE_S)

    def _speak(self, words: str) -> None:
        try:
            with subprocess.Popen(
                [*self._command, words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as self._speaking:  # fmt: skip
                if self._closing:
                    self._speaking.terminate()
                self._wait(self._speaking)
        except Exception as fault:  # no voice is a small loss, whatever took it
            self._complain(str(fault) or type(fault).__name__)
        finally:
            self._speaking = None

    def _wait(self, speaking: subprocess.Popen[bytes]) -> None:
        try:
            code = speaking.wait(LONGEST_S)
        except subprocess.TimeoutExpired:
            speaking.kill()
            self._complain(f"it took longer than {LONGEST_S:g} s")
            return
        if code > 0:  # below 0 it was asked to be quiet
            self._complain(f"it ended with {code}")

    def _complain(self, why: str) -> None:
        """Once: a mute voice must not fill the log."""
        if not self._failed:
            self._failed = True
            log.warning("the voice could not be heard: %s", why)


def _espeak(language: str, volume: float) -> list[str]:
    found = shutil.which(SPEAKER)
    if found is None:
        raise PermanentFault(f"{SPEAKER} is not installed: apt install {SPEAKER}")
    voice = ESPEAK_VOICES.get(language, language)
    amplitude = round(volume * FULL_AMPLITUDE)
    return [found, "-v", voice, "-a", str(amplitude), "-s", str(WORDS_A_MINUTE), "--"]


class Tones:
    """The buzzer's patterns as tones through the audio output. Raises PermanentFault without one."""

    def __init__(self, volume: float) -> None:
        from pygame import error, mixer

        try:
            mixer.init(frequency=RATE, size=-16, channels=1, allowedchanges=0)
            self._tones: dict[Sound, Any] = {
                sound: mixer.Sound(buffer=tone(beeps)) for sound, beeps in BEEPS.items()
            }
        except (error, NotImplementedError) as fault:  # the latter: pygame's mixer lacks a library
            raise PermanentFault(f"there is no audio output ({fault})") from fault
        self._mixer = mixer
        for made in self._tones.values():
            made.set_volume(volume)

    def play(self, sound: Sound, cue: Cue | None) -> None:
        """As Sounds; a tone that still plays is cut off."""
        if self._mixer.get_init():
            self._mixer.stop()
            self._tones[sound].play()

    def close(self) -> None:
        """Silence; the audio output is given back."""
        self._mixer.quit()


def tone(beeps: Beeps) -> bytes:
    """A pattern as 16-bit samples, mono: n sine tones with pauses of the same length."""
    n, ramp = round(beeps.each_s * RATE), round(FADE_S * RATE)
    one = [math.sin(2 * math.pi * TONE_HZ * i / RATE) * min(1.0, i / ramp, (n - i) / ramp) for i in range(n)]
    samples = array("h", (round(20_000 * x) for x in one)) + array("h", bytes(2 * n))
    return (samples * beeps.n).tobytes()
