"""Every setting once: its type, bounds, default, unit and one sentence.

Names and numbers only: nothing of cameras, models or lamps, nor of the file and variables that set them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, PrivateAttr, model_validator
from pydantic.fields import FieldInfo

from mirror.settings.board import BoardSettings
from mirror.settings.degree_limits import BETWEEN_DEG, STRICTNESS, VerdictLimits
from mirror.settings.fields import (
    HIGHEST_PIN,
    NOT_BLANK,
    OptionalFloat,
    OptionalInt,
    OptionalPin,
    Pins,
    QuarterTurns,
    Section,
    rising,
    setting,
)
from mirror.settings.share import ShareSettings
from mirror.settings.telemetry import MetricsSettings, MqttSettings


class CameraSettings(Section):
    """Where pictures come from, and how the camera hangs."""

    source: str = setting(
        "auto",
        '"auto" (the ribbon camera, else the first webcam), a device, or the name of a video or recording.',
        form="text",
        pattern=NOT_BLANK,
    )
    width: int = setting(640, "Width of the pictures asked for.", "px", 160, 4096)
    height: int = setting(480, "Height of the pictures asked for.", "px", 120, 4096)
    fps: int = setting(30, "Pictures a second asked for.", "frames/s", 5, 120)
    rotation: QuarterTurns = setting(
        0, "How far pictures are turned clockwise, for a camera mounted on its side.", "deg"
    )
    hfov_deg: OptionalFloat = setting(
        None,
        "Field of view across the upright picture's width; left out, by the camera's model.",
        "deg",
        20,
        150,
    )
    lens_mm: OptionalFloat = setting(
        None, "Focal length of a lens screwed on: High Quality and Global Shutter Camera.", "mm", 1, 100
    )
    tilt_deg: OptionalFloat = setting(
        None,
        "How far the camera looks down (negative: up); left out, it is unknown and assumed.",
        "deg",
        -45,
        45,
    )
    roll_deg: OptionalFloat = setting(
        None,
        "How far the camera leans clockwise, seen from behind it; left out, it is level until learned.",
        "deg",
        -45,
        45,
    )
    height_m: OptionalFloat = setting(None, "Height of the lens above the floor.", "m", 0.2, 3)
    exposure_ms: OptionalFloat = setting(
        None,
        "Fixed exposure time; left out, the camera chooses (long ones smear a moving knee).",
        "ms",
        0.1,
        100,
    )


class PersonSettings(Section):
    """Who stands there, when it is always the same person."""

    stature_m: OptionalFloat = setting(
        None, "Body height; only with it are centimetres told, otherwise degrees.", "m", 1.2, 2.3
    )


class ModelSettings(Section):
    """The network that finds the joints."""

    name: str = setting(
        "auto",
        "Name of the pose model, as `squat-mirror models list` has it; auto times them at a camera's first "
        "start and uses what suits the machine.",
        form='a model\'s name or "auto"',
        pattern=NOT_BLANK,
    )
    threads: int = setting(0, "Threads the model may use; 0 chooses by the number of cores.", "", 0, 8)
    runtime: Literal["auto", "litert", "tflite-runtime"] = setting(
        "auto", "Library that runs the model; auto prefers LiteRT."
    )
    xnnpack: bool = setting(
        True, "Let XNNPACK compute what it can of the model; false is slower, and only for comparing."
    )


class KneesSettings(Section):
    """When a knee is judged, and how far inside its own line, and how surely, it is called what."""

    strictness: Literal["relaxed", "standard", "strict"] = setting(
        "standard",
        "How soon a knee that leaves its own line is told: relaxed waits until it is further in and surer.",
    )
    caution_deg: OptionalFloat = setting(
        None,
        "For experts: degrees inside its own line from which a knee is called caution; else by strictness.",
        "deg",
        1,
        30,
    )
    off_track_deg: OptionalFloat = setting(
        None, "The same from which it is off track; else by strictness.", "deg", 1, 30
    )
    clear_deg: float = setting(1.5, "How far below caution a knee is good again.", "deg", 0, 30)
    reference_caution_deg: OptionalFloat = setting(
        None, "The same as caution_deg once a reference repetition is accepted.", "deg", 1, 30
    )
    reference_off_track_deg: OptionalFloat = setting(
        None, "The same as off_track_deg once a reference repetition is accepted.", "deg", 1, 30
    )
    hold_ms: float = setting(
        100.0, "How long a knee must be there before its verdict changes.", "ms", 0, 1000
    )
    smooth_tau_ms: float = setting(80.0, "Time constant of the deviation's smoothing.", "ms", 0, 1000)
    min_q: float = setting(
        0.10, "Squat progress from which knees are judged; 0 is standing, parallel about 0.5.", "", 0.05, 0.9
    )

    def limits(self, with_reference: bool) -> VerdictLimits:
        """The limits in force: those of the strictness, with the degrees that are set in their place.

        One that is set alone takes the other along, so that they stay in order.
        """
        own = STRICTNESS[self.strictness][with_reference]
        caution = self.reference_caution_deg if with_reference else self.caution_deg
        off_track = self.reference_off_track_deg if with_reference else self.off_track_deg
        if caution is None:
            caution = own.caution_deg if off_track is None else min(own.caution_deg, off_track - BETWEEN_DEG)
        if off_track is None:
            off_track = max(own.off_track_deg, caution + BETWEEN_DEG)
        return replace(own, caution_deg=caution, off_track_deg=off_track)

    @model_validator(mode="after")
    def _in_order(self) -> KneesSettings:
        alone, after = self.limits(False), self.limits(True)
        rising(caution_deg=alone.caution_deg, off_track_deg=alone.off_track_deg)
        rising(reference_caution_deg=after.caution_deg, reference_off_track_deg=after.off_track_deg)
        return self


class CoachSettings(Section):
    """What is said, and when."""

    reference: Literal["ask", "off"] = setting(
        "ask",
        "Whether the mirror asks for a reference squat, light and as wanted, to learn where the feet point.",
    )
    summary_after_s: float = setting(6.0, "Standing still for this long ends a set.", "s", 1, 60)
    summary_for_s: float = setting(16.0, "How long the summary stays, both pages together.", "s", 2, 120)
    colour_hold_ms: float = setting(600.0, "How long a colour stays at least.", "ms", 0, 5000)
    mode: Literal["learn", "standard", "quiet", "class"] = setting(
        "standard",
        "How often it speaks: fading while learning, every faulty repetition, colour only, or for a class.",
    )
    language: str = setting(
        "en",
        "Language of the words: en, es, de or zh; one there are no words for becomes English.",
        form='a language code such as "en"',
        pattern=r"^[a-z]{2}(_[A-Z]{2})?$",
    )
    gestures: bool = setting(True, "Listen to raised arms: start, next, back, pause.")
    rest_timer: bool = setting(
        True, "Between two sets, tell which one is next and how long the rest has been."
    )
    depth_deg: OptionalFloat = setting(
        None,
        "How high above parallel thighs are to get at most (0: parallel, negative: below): a line that turns "
        "solid there, right within some 6 degrees; left out, there is none.",
        "deg",
        -40,
        45,
    )
    station: str = setting("", "Name of this station, shown in a class.", form="text")
    class_work_s: OptionalFloat = setting(
        None, "Length of a class's work intervals; left out, there is no clock.", "s", 5, 3600
    )
    class_rest_s: OptionalFloat = setting(
        None, "Length of a class's rests; left out, there are none.", "s", 0, 3600
    )


class ScreenSettings(Section):
    """The display behind the glass."""

    fullscreen: bool = setting(
        False, "Fill the whole display (without a desktop the display is always filled)."
    )
    rotation: QuarterTurns = setting(0, "How far the picture is turned clockwise.", "deg")
    width: OptionalInt = setting(None, "Width drawn; left out, the display's.", "px", 320, 7680)
    height: OptionalInt = setting(None, "Height drawn; left out, the display's.", "px", 240, 7680)
    view: Literal["auto", "reflection", "camera"] = setting(
        "auto",
        "Marks on the person's reflection in two-way glass, or on their mirrored picture; auto is reflection "
        "once camera_x_mm and camera_y_mm say where the lens is.",
    )
    viewing_distance_m: float = setting(
        2.5, "How far away people stand; sets the size of letters.", "m", 0.5, 6
    )
    panel_height_mm: OptionalFloat = setting(
        None, "Height of the visible panel; left out, letters are sized as a share of it.", "mm", 50, 3000
    )
    camera_x_mm: OptionalFloat = setting(
        None,
        "Where the lens is, to the right of the panel's left edge as you look at it (negative: left of it).",
        "mm",
        -3000,
        3000,
    )
    camera_y_mm: OptionalFloat = setting(
        None,
        "Where the lens is, below the panel's top edge (negative: above it).",
        "mm",
        -3000,
        3000,
    )
    max_fps: int = setting(30, "Pictures drawn a second, at most.", "frames/s", 5, 120)


class LightsSettings(Section):
    """Lamp and buzzer. Pins are BCM numbers."""

    kind: Literal["auto", "gpio", "mock", "none"] = setting(
        "auto",
        "Lamp to switch: auto means gpio on a Raspberry Pi and none elsewhere; mock switches nothing real.",
    )
    wiring: Literal["rgb", "three"] = setting(
        "rgb", "One RGB LED on rgb_pins, or three single LEDs on good_pin, caution_pin and off_track_pin."
    )
    rgb_pins: Pins = setting(
        (17, 27, 22),
        "Pins of the RGB LED: red, green, blue.",
        "BCM",
        form=f"three whole numbers from 0 to {HIGHEST_PIN}",
    )
    good_pin: int = setting(5, "Pin of the single LED for good.", "BCM", 0, HIGHEST_PIN)
    caution_pin: int = setting(6, "Pin of the single LED for caution.", "BCM", 0, HIGHEST_PIN)
    off_track_pin: int = setting(13, "Pin of the single LED for off track.", "BCM", 0, HIGHEST_PIN)
    active_high: bool = setting(True, "LEDs light when their pin is high; false for a common anode.")
    brightness: float = setting(1.0, "Brightness of the lamp; 1 is full.", "", 0.05, 1)
    buzzer_pin: OptionalPin = setting(
        23, 'Pin of the buzzer; "none" if there is none.', "BCM", 0, HIGHEST_PIN
    )
    buzzer_active: bool = setting(
        True, "The buzzer makes its own tone (active); false if it must be fed one (passive)."
    )
    buzzer_active_high: bool = setting(True, "An active buzzer sounds when its pin is high.")
    button_pin: OptionalPin = setting(
        None,
        "Pin of a button to ground that does what arms do: once start, twice next, thrice back, long pause.",
        "BCM",
        0,
        HIGHEST_PIN,
    )

    def lamp_pins(self) -> dict[str, int]:
        """The pins the lamp uses with this wiring, by what they are called in the settings."""
        if self.wiring == "rgb":
            return {f"rgb_pins[{i}]": pin for i, pin in enumerate(self.rgb_pins)}
        return {name: getattr(self, name) for name in ("good_pin", "caution_pin", "off_track_pin")}

    @model_validator(mode="after")
    def _pins_once(self) -> LightsSettings:
        used = self.lamp_pins()
        if self.buzzer_pin is not None:
            used["buzzer_pin"] = self.buzzer_pin
        if self.button_pin is not None:
            used["button_pin"] = self.button_pin
        seen: dict[int, str] = {}
        for name, pin in used.items():
            if pin in seen:
                raise ValueError(f"pin {pin} is used twice, by {seen[pin]} and {name}")
            seen[pin] = name
        return self


class SoundSettings(Section):
    """What is heard. One or the other, never both at once."""

    kind: Literal["buzzer", "tones", "speech"] = setting(
        "buzzer",
        "What tells the ear: the buzzer, tones through the audio output, or cues spoken by espeak-ng.",
    )
    volume: float = setting(0.8, "Loudness of the audio output; 1 is full.", "", 0, 1)


class ServiceSettings(Section):
    """How the program behaves as a service."""

    log_level: Literal["debug", "info", "warning", "error"] = setting("info", "How much is logged.")
    black_box: bool = setting(
        True,
        "After a fault of our own, keep the last 20 seconds' joints (never a picture) for whoever mends it.",
    )


class StoreSettings(Section):
    """What is remembered of sets, as numbers on this computer; never a picture, never a name."""

    keep_days: int = setting(
        90, "How long a set's numbers are kept before they are deleted; 0 keeps none.", "days", 0, 3650
    )


class Settings(BaseModel):
    """All settings. `Settings()` is the defaults and reads nothing; `load()` reads file and environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    camera: CameraSettings = CameraSettings()
    person: PersonSettings = PersonSettings()
    model: ModelSettings = ModelSettings()
    knees: KneesSettings = KneesSettings()
    coach: CoachSettings = CoachSettings()
    screen: ScreenSettings = ScreenSettings()
    lights: LightsSettings = LightsSettings()
    sound: SoundSettings = SoundSettings()
    service: ServiceSettings = ServiceSettings()
    store: StoreSettings = StoreSettings()
    share: ShareSettings = ShareSettings()
    mqtt: MqttSettings = MqttSettings()
    board: BoardSettings = BoardSettings()
    metrics: MetricsSettings = MetricsSettings()

    _came_from: dict[str, str] = PrivateAttr(default_factory=dict)
    _file: Path | None = PrivateAttr(default=None)


SECTIONS: dict[str, type[Section]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
}


def every() -> Iterator[tuple[str, str, FieldInfo]]:
    """(section, name, field) of every setting there is, in the order they are written here."""
    for section, model in SECTIONS.items():
        for name, field in model.model_fields.items():
            yield section, name, field
