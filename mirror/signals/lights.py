"""The lamp and the buzzer beside the glass: what each light and sound of the coach looks and sounds like.

It is called in the eyes thread for every frame, so it returns at once and touches no pin while nothing
changes; patterns run in gpiozero's own threads. It knows nothing of knees, cameras or the screen.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Protocol

from mirror.coach.feedback import Light, Sound
from mirror.faults import PartMissing, PermanentFault
from mirror.settings import LightsSettings
from mirror.signals.gpio_chip import gpio_faults as _gpio_faults
from mirror.signals.gpio_chip import open_chip as _open_chip

log = logging.getLogger(__name__)

Levels = tuple[float, float, float]


class Lights(Protocol):
    """Whatever shows lights and makes sounds. `close()` turns all off, may come from any thread and twice."""

    def show(self, light: Light) -> None: ...

    def sound(self, sound: Sound) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Look:
    """A light, shown. Levels are duty cycles 0..1 at full brightness.

    rgb: red, green, blue of one RGB LED. The Okabe-Ito colours of the screen, re-tuned: an LED adds no
        grey, and its green is several times as bright as its red at the same duty.
    single: of three single LEDs: good, caution, off track.
    blinks: told apart by rhythm as well, for who cannot tell the colours.
    """

    rgb: Levels
    single: Levels
    blinks: bool = False


LOOKS = {
    Light.OFF: Look((0, 0, 0), (0, 0, 0)),
    Light.GOOD: Look((0, 0.25, 1), (1, 0, 0)),
    Light.CAUTION: Look((1, 0.45, 0), (0, 1, 0)),
    Light.OFF_TRACK: Look((1, 0.08, 0), (0, 0, 1), blinks=True),
    Light.UNKNOWN: Look((0.08, 0.06, 0.05), (0.06, 0.06, 0.06)),  # dim white; three LEDs: all of them, dim
}

BLINK_ON_S, BLINK_OFF_S = 0.25, 0.15  # 2.5 a second: more than 3 flashes a second can trigger seizures


@dataclass(frozen=True, slots=True)
class Beeps:
    """n tones of each_s seconds with pauses of the same length."""

    n: int
    each_s: float


BEEPS = {Sound.OFF_TRACK: Beeps(2, 0.09), Sound.ACCEPTED: Beeps(1, 0.05)}
PASSIVE_TONE = "A6"  # 1760 Hz: small piezo discs are loudest at 2 to 4 kHz, lgpio's PWM is steady below 2


class NoLights:
    """No lamp, no buzzer."""

    def show(self, light: Light) -> None:
        """Nothing."""

    def sound(self, sound: Sound) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


MOST_REMEMBERED = 1000
"""Changes of a lamp that exists only in memory."""


class GpioLights:
    """One RGB LED or three single LEDs, and perhaps a buzzer, on the pins of a Raspberry Pi.

    pin_factory: a gpiozero pin factory; None opens the GPIO chip through lgpio and closes it again at the
    end. Raises PermanentFault with one sentence when the chip or a pin cannot be had. Turns everything off
    on `close()` and, where nobody calls that, when the interpreter ends.
    """

    def __init__(self, settings: LightsSettings, pin_factory: Any = None) -> None:
        self._lock = threading.RLock()
        self._undo = ExitStack()  # runs last to first, to the end, whatever fails on the way
        self._shown = Light.OFF
        self._closed = False
        try:
            self._build(settings, pin_factory)
        except BaseException:
            self._undo.close()
            raise
        atexit.register(self.close)

    def show(self, light: Light) -> None:
        """Shows `light` from now on. Nothing happens while it is the one that is shown."""
        if light is self._shown:
            return
        with self._lock:
            self._shown = light
            self._careful(f"show {light.value}", lambda: self._switch(LOOKS[light]))

    def sound(self, sound: Sound) -> None:
        """Plays `sound` once, in the background; a sound still playing is cut off."""
        with self._lock:
            self._careful(f"sound {sound.value}", lambda: self._play(BEEPS[sound]))

    def close(self) -> None:
        """Lamp and buzzer off, pins given back. Nothing is shown afterwards."""
        atexit.unregister(self.close)
        with self._lock:
            self._careful("turn off", self._undo.close)
            self._closed = True

    def _careful(self, what: str, act: Callable[[], object]) -> None:
        """A lamp that fails must not stop the eyes: it is logged, once for every change."""
        if self._closed:
            return
        try:
            act()
        except self._faults as fault:
            log.warning("the lamp could not %s: %s", what, fault)

    def _build(self, settings: LightsSettings, pin_factory: Any) -> None:
        if pin_factory is None:
            pin_factory = _open_chip()
            self._undo.callback(pin_factory.close)
        self._faults = _gpio_faults()
        try:
            self._wire_lamp(settings, pin_factory)
            self._wire_buzzer(settings, pin_factory)
        except self._faults as fault:
            raise PermanentFault(f"the lamp cannot have its pins: {fault}") from fault

    def _wire_lamp(self, settings: LightsSettings, factory: Any) -> None:
        from gpiozero import RGBLED

        pins = settings.lamp_pins()
        for name, pin in pins.items():
            self._claim(factory, name, pin)
        # Three single LEDs are three PWM channels as well; only what is put on them differs.
        lamp = RGBLED(*pins.values(), active_high=settings.active_high, pin_factory=factory)
        self._undo.callback(lamp.close)
        self._undo.callback(lamp.off)

        def switch(look: Look) -> None:
            full = look.rgb if settings.wiring == "rgb" else look.single
            colour = tuple(level * settings.brightness for level in full)
            lamp.value = colour  # here and now, also when it is about to blink
            if look.blinks:
                lamp.blink(BLINK_ON_S, BLINK_OFF_S, on_color=colour)

        self._switch: Callable[[Look], None] = switch

    def _wire_buzzer(self, settings: LightsSettings, factory: Any) -> None:
        self._play: Callable[[Beeps], None] = lambda beeps: None
        if settings.buzzer_pin is None:
            return
        self._claim(factory, "buzzer_pin", settings.buzzer_pin)
        wire = self._wire_active if settings.buzzer_active else self._wire_passive
        wire(settings.buzzer_pin, settings.buzzer_active_high, factory)

    def _wire_active(self, pin: int, active_high: bool, factory: Any) -> None:
        from gpiozero import Buzzer

        buzzer = Buzzer(pin, active_high=active_high, pin_factory=factory)
        self._undo.callback(buzzer.close)
        self._undo.callback(buzzer.off)
        self._play = lambda beeps: buzzer.beep(beeps.each_s, beeps.each_s, n=beeps.n)

    def _wire_passive(self, pin: int, _active_high: bool, factory: Any) -> None:
        from gpiozero import TonalBuzzer
        from gpiozero.tones import Tone

        buzzer = TonalBuzzer(pin, mid_tone=Tone(PASSIVE_TONE), pin_factory=factory)
        self._undo.callback(buzzer.close)
        self._undo.callback(buzzer.stop)

        def play(beeps: Beeps | None) -> None:
            buzzer.source = None  # ends a sound that still plays
            if beeps is not None:
                buzzer.source_delay = beeps.each_s
                buzzer.source = (0, None) * beeps.n  # the middle tone, silence

        self._undo.callback(play, None)
        self._play = play

    def _claim(self, factory: Any, name: str, pin: int) -> None:
        """Takes hold of one pin before a device does, so that a refusal can name it."""
        try:
            factory.pin(pin)
        except self._faults as fault:
            raise PermanentFault(
                f"pin {pin} (lights.{name}) cannot be used: {fault}; another program may hold it"
            ) from fault
        except AttributeError as fault:  # gpiozero asks lgpio for something this lgpio has not
            raise PartMissing(
                f"the pins cannot be used: the installed gpiozero and lgpio don't belong together ({fault})"
            ) from fault


class MockLights(GpioLights):
    """The same lamp on pins that exist only in memory. `history` holds (monotonic time, light or sound), the
    newest ones; so do the pins, which would remember every blink of a year."""

    def __init__(self, settings: LightsSettings) -> None:
        from gpiozero.pins.mock import MockFactory, MockPWMPin

        self.history: deque[tuple[float, Light | Sound]] = deque(maxlen=MOST_REMEMBERED)
        self.pins = MockFactory(pin_class=MockPWMPin)
        super().__init__(settings, self.pins)

    def show(self, light: Light) -> None:
        """As GpioLights; a change goes into the history."""
        if light is not self._shown and not self._closed:
            self.history.append((time.monotonic(), light))
        super().show(light)
        for pin in self.pins.pins.values():
            del pin.states[:-MOST_REMEMBERED]

    def sound(self, sound: Sound) -> None:
        """As GpioLights; goes into the history."""
        if not self._closed:
            self.history.append((time.monotonic(), sound))
        super().sound(sound)

    def close(self) -> None:
        """As GpioLights; the lamp going dark goes into the history."""
        self.show(Light.OFF)
        super().close()
