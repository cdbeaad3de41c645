"""Picks lamp, sounds and button by the settings, and says in words what it picked and why.

The only place that decides; nothing here falls back in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from mirror.coach.words import Words
from mirror.faults import PermanentFault
from mirror.settings import LightsSettings, SoundSettings
from mirror.signals.button import Button, GpioButton, NoButton
from mirror.signals.lights import GpioLights, Lights, MockLights, NoLights
from mirror.signals.voice import Buzzing, Sounds, Speech, Tones

DEVICE_TREE_MODEL = Path("/proc/device-tree/model")


def raspberry_pi(model_file: Path = DEVICE_TREE_MODEL) -> str | None:
    """The full name of the Raspberry Pi this runs on ("Raspberry Pi 5 Model B Rev 1.0"), else None."""
    try:
        model = model_file.read_bytes().rstrip(b"\0").decode("ascii", "replace").strip()
    except OSError:
        return None
    return model if model.startswith("Raspberry Pi") else None


def open_lights(
    settings: LightsSettings,
    board: Callable[[], str | None] = raspberry_pi,
    gpio: Callable[[LightsSettings], Lights] = GpioLights,
) -> tuple[Lights, str]:
    """The lamp to use, and one sentence that says which it is and why.

    auto: the pins on a Raspberry Pi, none elsewhere or where the pins cannot be had. gpio: the pins, or
    PermanentFault with the reason. board, gpio: how the computer is named and the pins are opened.
    """
    if settings.kind == "none":
        return NoLights(), "no lamp: lights.kind is none"
    if settings.kind == "mock":
        return MockLights(settings), f"a mock lamp that switches nothing real on {wiring(settings)}"
    if settings.kind == "gpio":
        return gpio(settings), f"the lamp on {wiring(settings)}"
    pi = board()
    if pi is None:
        return NoLights(), "no lamp: this is not a Raspberry Pi"
    try:
        return gpio(settings), f"the lamp on {wiring(settings)} of this {pi}"
    except PermanentFault as fault:
        return NoLights(), f"no lamp: {fault}"


def open_sounds(settings: SoundSettings, lights: Lights, say: Words) -> tuple[Sounds, str]:
    """What makes sounds heard, and one sentence that says which it is and why.

    Speech falls back to tones, and tones to the buzzer, where a computer cannot make them.
    """
    why = ""
    if settings.kind == "speech":
        try:
            return Speech(say, settings.volume), f"cues spoken by espeak-ng in {say.language!r}"
        except PermanentFault as fault:
            why = f"no speech: {fault}; "
    if settings.kind != "buzzer":
        try:
            return Tones(settings.volume), f"{why}tones through the audio output"
        except PermanentFault as fault:
            why += f"no tones: {fault}; "
    return Buzzing(lights), f"{why}the buzzer, if there is one"


def open_button(
    settings: LightsSettings,
    board: Callable[[], str | None] = raspberry_pi,
    gpio: Callable[[int], Button] = GpioButton,
) -> tuple[Button, str]:
    """The button, and one sentence that says which it is and why. Without a Pi there is none."""
    if settings.button_pin is None:
        return NoButton(), "no button: lights.button_pin is not set"
    if settings.kind == "none" or board() is None:
        return NoButton(), "no button: there are no pins for it here"
    try:
        return gpio(settings.button_pin), f"a button on pin {settings.button_pin}"
    except PermanentFault as fault:
        return NoButton(), f"no button: {fault}"


def wiring(settings: LightsSettings) -> str:
    """The pins in words: "pins 17, 27, 22 (RGB LED) and 23 (buzzer)"."""
    lamp = ", ".join(str(pin) for pin in settings.lamp_pins().values())
    kind = "RGB LED" if settings.wiring == "rgb" else "three LEDs"
    buzzer = "" if settings.buzzer_pin is None else f" and {settings.buzzer_pin} (buzzer)"
    return f"pins {lamp} ({kind}){buzzer}"
