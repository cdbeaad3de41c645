"""The lamp: what each light puts on the pins, that it is off at the end, and what a refusal says."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from patience import PATIENCE_S

gpiozero = pytest.importorskip("gpiozero")

from gpiozero import LED, Device  # noqa: E402
from gpiozero.pins.mock import MockFactory, MockPin, MockPWMPin  # noqa: E402

from mirror.coach.feedback import Light, Sound  # noqa: E402
from mirror.faults import PermanentFault  # noqa: E402
from mirror.settings import LightsSettings  # noqa: E402
from mirror.signals.lights import (  # noqa: E402
    BLINK_OFF_S,
    BLINK_ON_S,
    LOOKS,
    MOST_REMEMBERED,
    GpioLights,
    MockLights,
    NoLights,
)
from mirror.signals.pick import open_lights, raspberry_pi  # noqa: E402

ROOT = Path(__file__).parents[2]
RGB = (17, 27, 22)
THREE = (5, 6, 13)
BUZZER = 23


@pytest.fixture
def pins():
    factory = MockFactory(pin_class=MockPWMPin)
    yield factory
    factory.reset()


@pytest.fixture
def make(pins):
    """Lamps on mock pins, closed at the end."""
    made = []

    def lights(**chosen) -> GpioLights:
        made.append(GpioLights(LightsSettings(**chosen), pins))
        return made[-1]

    yield lights
    for one in made:
        one.close()


def levels(pins, numbers) -> tuple[float, ...]:
    return tuple(pins.pin(number).state for number in numbers)


def used(pins) -> set[str]:
    return {repr(pin) for pin in pins.pins.values()}


def history(pin) -> list[float]:
    return [state.state for state in pin.states]


class Waits(MockPWMPin):
    """A pin that can be waited for: `reached(n)` returns once its state changed n times."""

    def __init__(self, *args, **kwargs):
        self.changed = threading.Condition()
        super().__init__(*args, **kwargs)

    def _change_state(self, value):
        with self.changed:
            result = super()._change_state(value)
            self.changed.notify_all()
            return result

    def reached(self, n: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.states) > n, timeout=PATIENCE_S)


# Lamp ---------------------------------------------------------------------------------------------


def test_a_new_lamp_is_dark(make, pins):
    make()
    assert levels(pins, RGB) == (0, 0, 0)


@pytest.mark.parametrize("light", [Light.GOOD, Light.CAUTION, Light.UNKNOWN, Light.OFF_TRACK])
def test_each_light_is_on_the_pins_when_show_returns(make, pins, light):
    make().show(light)
    assert levels(pins, RGB) == LOOKS[light].rgb


@pytest.mark.parametrize(
    ("light", "lit"), [(Light.GOOD, (1, 0, 0)), (Light.CAUTION, (0, 1, 0)), (Light.OFF_TRACK, (0, 0, 1))]
)
def test_of_three_leds_one_is_lit(make, pins, light, lit):
    make(wiring="three").show(light)
    assert levels(pins, THREE) == lit
    assert not used(pins) & {f"GPIO{number}" for number in RGB}


def test_unknown_never_looks_like_good():
    for light, look in LOOKS.items():
        if light is not Light.GOOD:
            assert look.rgb[2] < 0.1
            assert look.single[0] < 0.1


def test_every_light_and_sound_of_the_coach_is_known(make):
    lamp = make()
    for light in Light:
        lamp.show(light)
    for sound in Sound:
        lamp.sound(sound)


def test_no_pin_is_written_while_the_light_stays_the_same(make, pins):
    lamp = make()
    lamp.show(Light.GOOD)
    before = [history(pins.pin(number)) for number in RGB]
    written = []
    for number in RGB:
        pins.pin(number)._set_state = written.append
    for _ in range(100):
        lamp.show(Light.GOOD)
    assert written == []
    assert [history(pins.pin(number)) for number in RGB] == before


def test_the_pins_go_through_the_lights_in_order(make, pins):
    lamp = make(wiring="three")
    for light in (Light.UNKNOWN, Light.GOOD, Light.CAUTION, Light.GOOD, Light.OFF):
        lamp.show(light)
    dim = LOOKS[Light.UNKNOWN].single[0]
    assert history(pins.pin(5)) == [0, dim, 1, 0, 1, 0]
    assert history(pins.pin(6)) == [0, dim, 0, 1, 0]
    assert history(pins.pin(13)) == [0, dim, 0]


def test_off_track_blinks_and_stops_blinking(pins):
    pins.pin_class = Waits
    lamp = GpioLights(LightsSettings(wiring="three"), pins)
    lamp.show(Light.OFF_TRACK)
    assert pins.pin(13).reached(4)
    assert history(pins.pin(13))[:5] == [0, 1, 0, 1, 0]
    lamp.show(Light.GOOD)
    assert levels(pins, THREE) == (1, 0, 0)
    lamp.close()
    assert pins.pin(13).state == 0


def test_it_flashes_at_most_three_times_a_second():
    assert 1 / (BLINK_ON_S + BLINK_OFF_S) <= 3


def test_brightness_dims_all_colours(make, pins):
    make(brightness=0.5).show(Light.CAUTION)
    assert levels(pins, RGB) == tuple(level / 2 for level in LOOKS[Light.CAUTION].rgb)


def test_with_a_common_anode_dark_is_high(make, pins):
    lamp = make(active_high=False, wiring="three")
    assert levels(pins, THREE) == (1, 1, 1)
    lamp.show(Light.GOOD)
    assert levels(pins, THREE) == (0, 1, 1)
    lamp.show(Light.OFF)
    assert levels(pins, THREE) == (1, 1, 1)


# Buzzer -------------------------------------------------------------------------------------------


def test_off_track_beeps_twice_each_time(pins):
    pins.pin_class = Waits
    lamp = GpioLights(LightsSettings(), pins)
    buzzer = pins.pin(BUZZER)
    lamp.sound(Sound.OFF_TRACK)
    assert buzzer.reached(4)
    lamp.sound(Sound.OFF_TRACK)
    assert buzzer.reached(8)
    assert history(buzzer) == [0, 1, 0, 1, 0, 1, 0, 1, 0]
    lamp.close()


def test_a_low_active_buzzer_is_silent_when_high(make, pins):
    make(buzzer_active_high=False)
    assert pins.pin(BUZZER).state == 1


def test_a_passive_buzzer_is_fed_a_tone_and_then_silence(pins):
    pins.pin_class = Waits
    lamp = GpioLights(LightsSettings(buzzer_active=False), pins)
    buzzer = pins.pin(BUZZER)
    frequencies = []
    set_frequency = buzzer._set_frequency
    buzzer._set_frequency = lambda value: (frequencies.append(value), set_frequency(value))
    lamp.sound(Sound.OFF_TRACK)
    assert buzzer.reached(4)
    assert history(buzzer) == [0, 0.5, 0, 0.5, 0]
    assert [f and round(f) for f in frequencies if f] == [1760, 1760]
    lamp.close()
    assert buzzer.frequency is None


def test_without_a_buzzer_sounds_are_silent(make, pins):
    lamp = make(buzzer_pin=None)
    lamp.sound(Sound.OFF_TRACK)
    assert used(pins) == {f"GPIO{number}" for number in RGB}


# The end --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("light", list(Light))
def test_close_leaves_everything_dark_and_gives_the_pins_back(pins, light):
    pins.pin_class = Waits
    lamp = GpioLights(LightsSettings(), pins)
    lamp.show(light)
    lamp.sound(Sound.OFF_TRACK)
    lamp.close()
    for number in (*RGB, BUZZER):
        assert pins.pin(number).state == 0
        assert pins.pin(number).function == "input"
    GpioLights(LightsSettings(), pins).close()  # nobody holds them any more


def test_close_twice_and_show_afterwards_do_nothing(make, pins):
    lamp = make()
    lamp.show(Light.GOOD)
    lamp.close()
    lamp.close()
    lamp.show(Light.CAUTION)
    lamp.sound(Sound.OFF_TRACK)
    assert levels(pins, (*RGB, BUZZER)) == (0, 0, 0, 0)


def test_a_program_that_forgets_to_close_leaves_the_lamp_dark():
    program = """
import atexit
from mirror.coach.feedback import Light
from mirror.settings import LightsSettings
from mirror.signals.lights import MockLights
import gpiozero

def report():
    print([float(p.state) for p in lamp_pins], [p.function for p in lamp_pins])

atexit.register(report)  # registered first, so it runs last
lights = MockLights(LightsSettings())
lamp_pins = [lights.pins.pin(n) for n in (17, 27, 22)]
lights.show(Light.OFF_TRACK)
print([p.state > 0 for p in lamp_pins])
raise SystemExit(3)
"""
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ended.returncode == 3, ended.stderr
    assert ended.stdout.splitlines() == [
        "[True, True, False]",
        "[0.0, 0.0, 0.0] ['input', 'input', 'input']",
    ]


def test_a_pin_that_fails_while_running_is_logged_and_does_not_stop_the_eyes(make, pins, caplog):
    lamp = make()

    def broken(value):
        raise OSError("the chip is gone")

    pins.pin(17)._set_state = broken
    lamp.show(Light.CAUTION)
    lamp.show(Light.CAUTION)
    assert caplog.messages == ["the lamp could not show caution: the chip is gone"]
    del pins.pin(17)._set_state


# Who has the pins ----------------------------------------------------------------------------------


def test_a_pin_in_use_is_a_fault_that_names_it(pins):
    other = LED(27, pin_factory=pins)
    with pytest.raises(PermanentFault, match=r"pin (GPIO)?27 is already in use"):
        GpioLights(LightsSettings(), pins)
    other.close()
    gc.collect()
    GpioLights(LightsSettings(), pins).close()  # the first try kept nothing


def test_a_pin_another_program_holds_is_a_fault_that_names_it(pins):
    class Busy(MockPWMPin):
        def __init__(self, *args):
            super().__init__(*args)
            if repr(self) == f"GPIO{BUZZER}":
                raise RuntimeError("GPIO busy")  # as lgpio's own error: a plain exception with this text

    pins.pin_class = Busy
    with pytest.raises(PermanentFault) as caught:
        GpioLights(LightsSettings(), pins)
    assert str(caught.value) == (
        "pin 23 (lights.buzzer_pin) cannot be used: GPIO busy; another program may hold it"
    )
    assert levels(pins, RGB) == (0, 0, 0)
    assert {pins.pin(number).function for number in RGB} == {"input"}


def test_pins_without_pwm_are_a_fault(pins):
    pins.pin_class = MockPin
    with pytest.raises(PermanentFault, match="the lamp cannot have its pins"):
        GpioLights(LightsSettings(), pins)


def test_nobody_elses_pin_factory_is_touched():
    before = Device.pin_factory
    lamp = MockLights(LightsSettings())
    lamp.show(Light.GOOD)
    lamp.close()
    assert Device.pin_factory is before


# What is picked -------------------------------------------------------------------------------------


def test_a_mock_lamp_remembers_what_it_showed():
    lights, says = open_lights(LightsSettings(kind="mock"))
    assert isinstance(lights, MockLights)
    assert says == "a mock lamp that switches nothing real on pins 17, 27, 22 (RGB LED) and 23 (buzzer)"
    for light in (Light.GOOD, Light.GOOD, Light.OFF_TRACK):
        lights.show(light)
    lights.sound(Sound.OFF_TRACK)
    lights.close()
    lights.show(Light.GOOD)
    assert [what for _, what in lights.history] == [Light.GOOD, Light.OFF_TRACK, Sound.OFF_TRACK, Light.OFF]
    times = [t for t, _ in lights.history]
    assert times == sorted(times)


def test_none_is_none():
    lights, says = open_lights(LightsSettings(kind="none"))
    assert isinstance(lights, NoLights)
    assert says == "no lamp: lights.kind is none"


def test_auto_is_no_lamp_where_there_is_no_raspberry_pi():
    lights, says = open_lights(LightsSettings(), board=lambda: None)
    assert isinstance(lights, NoLights)
    assert says == "no lamp: this is not a Raspberry Pi"


def test_auto_is_the_pins_on_a_raspberry_pi(pins):
    lights, says = open_lights(
        LightsSettings(wiring="three", buzzer_pin=None),
        board=lambda: "Raspberry Pi 4 Model B Rev 1.5",
        gpio=lambda settings: GpioLights(settings, pins),
    )
    assert says == "the lamp on pins 5, 6, 13 (three LEDs) of this Raspberry Pi 4 Model B Rev 1.5"
    lights.show(Light.GOOD)
    assert pins.pin(5).state == 1
    lights.close()


def test_auto_goes_on_without_a_lamp_where_the_pins_cannot_be_had_and_gpio_does_not(pins):
    pi = "Raspberry Pi 5 Model B Rev 1.0"
    with LED(22, pin_factory=pins):
        lights, says = open_lights(LightsSettings(), lambda: pi, lambda settings: GpioLights(settings, pins))
        assert isinstance(lights, NoLights)
        assert says.startswith("no lamp: the lamp cannot have its pins: pin ")
        with pytest.raises(PermanentFault):
            open_lights(LightsSettings(kind="gpio"), lambda: pi, lambda settings: GpioLights(settings, pins))


@pytest.mark.skipif(raspberry_pi() is not None, reason="this is a Raspberry Pi, its pins can be had")
def test_asked_for_real_pins_a_computer_without_them_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PermanentFault) as caught:
        open_lights(LightsSettings(kind="gpio"))
    assert str(caught.value).startswith(("this computer has no GPIO pins", "the lamp needs lgpio"))
    assert list(tmp_path.iterdir()) == []  # lgpio's pipe lies elsewhere


def test_the_board_is_read_from_the_device_tree(tmp_path):
    model = tmp_path / "model"
    assert raspberry_pi(model) is None
    model.write_bytes(b"Raspberry Pi 4 Model B Rev 1.5\0")
    assert raspberry_pi(model) == "Raspberry Pi 4 Model B Rev 1.5"
    model.write_bytes(b"Some Other Board\0")
    assert raspberry_pi(model) is None


def test_libraries_that_do_not_fit_together_are_one_sentence(make, monkeypatch) -> None:
    def asks(self: MockFactory, name: object) -> None:
        raise AttributeError("module 'lgpio' has no attribute 'SET_BIAS_DISABLE'")

    monkeypatch.setattr(MockFactory, "pin", asks)
    with pytest.raises(PermanentFault, match="gpiozero and lgpio don't belong together") as told:
        make()
    assert "\n" not in str(told.value)


def test_a_lamp_in_memory_remembers_the_newest_changes_and_not_those_of_a_year() -> None:
    lights = MockLights(LightsSettings(kind="mock"))
    for _ in range(MOST_REMEMBERED):
        lights.show(Light.GOOD)
        lights.show(Light.CAUTION)
    assert len(lights.history) == MOST_REMEMBERED
    assert max(len(pin.states) for pin in lights.pins.pins.values()) <= MOST_REMEMBERED
    lights.close()
