"""Every setting once: its type, bounds, default, unit and one sentence, and where its value comes from.

Flags win over the environment, the environment over the TOML file, the file over the defaults written
here. This module knows names and numbers only: nothing of cameras, models or lamps.
"""

from __future__ import annotations

import difflib
import functools
import itertools
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo

from mirror.faults import BadInput

PREFIX = "SQUAT_MIRROR_"
CONFIG_VARIABLE = "SQUAT_MIRROR_CONFIG"
FILE_NAME = "mirror.toml"
HIGHEST_PIN = 27  # BCM numbers on the 40-pin header
LEAVE_OUT = "none"  # how the environment or a flag says "as if it were not set"


def _setting(
    default: Any,
    says: str,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    *,
    form: str = "",
    pattern: str | None = None,
) -> Any:
    """A field with all there is to say about it.

    says: one sentence. ge, le: inclusive bounds, in `unit`. form: what a value must be, in words, where
    type and bounds do not say it. pattern: what text must match.
    """
    extra: dict[str, Any] = {"unit": unit, "ge": ge, "le": le, "form": form}
    return Field(default=default, ge=ge, le=le, pattern=pattern, description=says, json_schema_extra=extra)


NOT_BLANK = r"\S"


def _absent(value: object) -> object:
    return None if isinstance(value, str) and value.strip().lower() == LEAVE_OUT else value


def _split(value: object) -> object:
    """TOML lists and "17,27,22" as tuples; anything else goes on as it is and is refused by type."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.strip().strip("[]()").split(","))
    return tuple(value) if isinstance(value, list) else value


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and value.strip().isdigit() else value


QuarterTurns = Annotated[Literal[0, 90, 180, 270], BeforeValidator(_whole)]
Pin = Annotated[int, Field(ge=0, le=HIGHEST_PIN)]
Pins = Annotated[tuple[Pin, Pin, Pin], BeforeValidator(_split)]
OptionalPin = Annotated[int | None, BeforeValidator(_absent)]
OptionalInt = Annotated[int | None, BeforeValidator(_absent)]
OptionalFloat = Annotated[float | None, BeforeValidator(_absent)]


class Section(BaseModel):
    """What all sections share: nothing unknown, nothing infinite, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _rising(section: Section, *names: str) -> None:
    for low, high in itertools.pairwise(names):
        below, above = getattr(section, low), getattr(section, high)
        if not below < above:
            raise ValueError(f"{low} ({below:g} deg) must be below {high} ({above:g} deg)")


class CameraSettings(Section):
    """Where pictures come from, and how the camera hangs."""

    source: str = _setting(
        "auto",
        '"auto" (the ribbon camera, else the first webcam), a device, or the name of a video or recording.',
        form="text",
        pattern=NOT_BLANK,
    )
    width: int = _setting(640, "Width of the pictures asked for.", "px", 160, 4096)
    height: int = _setting(480, "Height of the pictures asked for.", "px", 120, 4096)
    fps: int = _setting(30, "Pictures a second asked for.", "frames/s", 5, 120)
    rotation: QuarterTurns = _setting(
        0, "How far pictures are turned clockwise, for a camera mounted on its side.", "deg"
    )
    hfov_deg: OptionalFloat = _setting(
        None, "Field of view across the picture's width; left out, by the camera's model.", "deg", 20, 150
    )
    tilt_deg: OptionalFloat = _setting(
        None,
        "How far the camera looks down (negative: up); left out, it is unknown and assumed.",
        "deg",
        -45,
        45,
    )
    roll_deg: float = _setting(
        0.0, "How far the camera leans clockwise, seen from behind it.", "deg", -45, 45
    )
    height_m: OptionalFloat = _setting(None, "Height of the lens above the floor.", "m", 0.2, 3)
    exposure_ms: OptionalFloat = _setting(
        None,
        "Fixed exposure time; left out, the camera chooses (long ones smear a moving knee).",
        "ms",
        0.1,
        100,
    )


class PersonSettings(Section):
    """Who stands there, when it is always the same person."""

    stature_m: OptionalFloat = _setting(
        None, "Body height; only with it are centimetres told, otherwise degrees.", "m", 1.2, 2.3
    )


class ModelSettings(Section):
    """The network that finds the joints."""

    name: str = _setting(
        "movenet_lightning_256x128_mixed_u8",
        "Name of the pose model, as `squat-mirror models` lists it.",
        form="a model's name",
        pattern=NOT_BLANK,
    )
    threads: int = _setting(0, "Threads the model may use; 0 chooses by the number of cores.", "", 0, 8)
    runtime: Literal["auto", "litert", "tflite-runtime"] = _setting(
        "auto", "Library that runs the model; auto prefers LiteRT."
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """Deviations in degrees, + inward: back to good below `clear`, caution above `caution`, and so on."""

    clear_deg: float
    caution_deg: float
    off_track_deg: float


class KneesSettings(Section):
    """When a knee is judged, and from how many degrees inside the toes it is called what."""

    caution_deg: float = _setting(6.0, "Deviation inward from which a knee is called caution.", "deg", 1, 30)
    off_track_deg: float = _setting(8.0, "Deviation inward from which a knee is off track.", "deg", 1, 30)
    clear_deg: float = _setting(5.5, "Deviation below which a knee is good again.", "deg", 0, 30)
    reference_caution_deg: float = _setting(
        6.0, "The same as caution_deg once a reference repetition is accepted; may then be 4.5.", "deg", 1, 30
    )
    reference_off_track_deg: float = _setting(
        8.0, "The same as off_track_deg once a reference repetition is accepted; may then be 7.", "deg", 1, 30
    )
    hold_ms: float = _setting(
        100.0, "How long a knee must be there before its verdict changes.", "ms", 0, 1000
    )
    smooth_tau_ms: float = _setting(80.0, "Time constant of the deviation's smoothing.", "ms", 0, 1000)
    min_q: float = _setting(
        0.10, "Squat progress from which knees are judged; 0 is standing, parallel about 0.5.", "", 0.05, 0.9
    )

    def limits(self, with_reference: bool) -> Limits:
        """The three limits in force. With a reference the way back to good keeps its distance to caution."""
        if not with_reference:
            return Limits(self.clear_deg, self.caution_deg, self.off_track_deg)
        way_back = self.caution_deg - self.clear_deg
        clear = max(0.0, self.reference_caution_deg - way_back)
        return Limits(clear, self.reference_caution_deg, self.reference_off_track_deg)

    @model_validator(mode="after")
    def _in_order(self) -> KneesSettings:
        _rising(self, "clear_deg", "caution_deg", "off_track_deg")
        _rising(self, "reference_caution_deg", "reference_off_track_deg")
        return self


class CoachSettings(Section):
    """What is said, and when."""

    reference: Literal["ask", "off"] = _setting(
        "ask",
        "Whether the mirror asks for a reference squat, light and as wanted, to learn where the feet point.",
    )
    summary_after_s: float = _setting(6.0, "Standing still for this long ends a set.", "s", 1, 60)
    summary_for_s: float = _setting(12.0, "How long the summary stays.", "s", 2, 120)
    colour_hold_ms: float = _setting(600.0, "How long a colour stays at least.", "ms", 0, 5000)
    mode: Literal["learn", "standard", "quiet", "class"] = _setting(
        "standard",
        "How often it speaks: fading while learning, every faulty repetition, colour only, or for a class.",
    )
    language: str = _setting(
        "en", "Language of the words.", form='a language code such as "en"', pattern=r"^[a-z]{2}(_[A-Z]{2})?$"
    )


class ScreenSettings(Section):
    """The display behind the glass."""

    fullscreen: bool = _setting(
        False, "Fill the whole display (without a desktop the display is always filled)."
    )
    rotation: QuarterTurns = _setting(0, "How far the picture is turned clockwise.", "deg")
    width: OptionalInt = _setting(None, "Width drawn; left out, the display's.", "px", 320, 7680)
    height: OptionalInt = _setting(None, "Height drawn; left out, the display's.", "px", 240, 7680)
    picture: bool = _setting(True, "Show the mirrored camera picture; false draws on black, which is mirror.")
    viewing_distance_m: float = _setting(
        2.5, "How far away people stand; sets the size of letters.", "m", 0.5, 6
    )
    panel_height_mm: OptionalFloat = _setting(
        None, "Height of the visible panel; left out, letters are sized as a share of it.", "mm", 50, 3000
    )
    max_fps: int = _setting(30, "Pictures drawn a second, at most.", "frames/s", 5, 120)


class LightsSettings(Section):
    """Lamp and buzzer. Pins are BCM numbers."""

    kind: Literal["auto", "gpio", "mock", "none"] = _setting(
        "auto",
        "Lamp to switch: auto means gpio on a Raspberry Pi and none elsewhere; mock switches nothing real.",
    )
    wiring: Literal["rgb", "three"] = _setting(
        "rgb", "One RGB LED on rgb_pins, or three single LEDs on good_pin, caution_pin and off_track_pin."
    )
    rgb_pins: Pins = _setting(
        (17, 27, 22),
        "Pins of the RGB LED: red, green, blue.",
        "BCM",
        form=f"three whole numbers from 0 to {HIGHEST_PIN}",
    )
    good_pin: int = _setting(5, "Pin of the single LED for good.", "BCM", 0, HIGHEST_PIN)
    caution_pin: int = _setting(6, "Pin of the single LED for caution.", "BCM", 0, HIGHEST_PIN)
    off_track_pin: int = _setting(13, "Pin of the single LED for off track.", "BCM", 0, HIGHEST_PIN)
    active_high: bool = _setting(True, "LEDs light when their pin is high; false for a common anode.")
    brightness: float = _setting(1.0, "Brightness of the lamp; 1 is full.", "", 0.05, 1)
    buzzer_pin: OptionalPin = _setting(
        23, 'Pin of the buzzer; "none" if there is none.', "BCM", 0, HIGHEST_PIN
    )
    buzzer_active: bool = _setting(
        True, "The buzzer makes its own tone (active); false if it must be fed one (passive)."
    )
    buzzer_active_high: bool = _setting(True, "An active buzzer sounds when its pin is high.")

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
        seen: dict[int, str] = {}
        for name, pin in used.items():
            if pin in seen:
                raise ValueError(f"pin {pin} is used twice, by {seen[pin]} and {name}")
            seen[pin] = name
        return self


class ServiceSettings(Section):
    """How the program behaves as a service."""

    log_level: Literal["debug", "info", "warning", "error"] = _setting("info", "How much is logged.")


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
    service: ServiceSettings = ServiceSettings()

    _came_from: dict[str, str] = PrivateAttr(default_factory=dict)


SECTIONS: dict[str, type[Section]] = {
    name: field.annotation
    for name, field in Settings.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
}


# Reading --------------------------------------------------------------------------------------------


class Layer(NamedTuple):
    """Values from one place, by section and name; the last of several layers wins."""

    kind: Literal["file", "environment", "flag"]
    origin: str  # the file as the person named it; "" for the others
    tables: dict[str, dict[str, object]]

    def place(self, section: str, name: str) -> str:
        """How the person wrote this name: "mirror.toml: [camera] fps", the variable, or the flag."""
        if self.kind == "environment":
            return f"{PREFIX}{section}__{name}".upper()
        return f"{self.origin}: [{section}] {name}" if self.kind == "file" else f"flag {section}.{name}"

    def came_from(self, section: str, name: str) -> str:
        """The same for `config show`."""
        where = {"file": self.origin, "environment": self.place(section, name), "flag": ""}[self.kind]
        return f"{self.kind} {where}".strip()


def find(config: Path | str | None = None) -> Path | None:
    """The settings file in force: the one named, else $SQUAT_MIRROR_CONFIG, else the first that exists.

    Raises BadInput when a file was named and is not there.
    """
    named = config or os.environ.get(CONFIG_VARIABLE)
    if named:
        path, who = Path(named), "" if config else f"{CONFIG_VARIABLE}: "
        if path.is_dir():
            raise BadInput(f"{who}{path} is a folder, not a settings file")
        if not path.is_file() and path != Path(os.devnull):
            raise BadInput(f"{who}there is no settings file {path}")
        return path
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path("~/.config").expanduser())
    usual = (Path(FILE_NAME), home / "squat-mirror" / FILE_NAME, Path("/etc/squat-mirror") / FILE_NAME)
    return next((path for path in usual if path.is_file()), None)


def load(config: Path | str | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """Settings from flags over environment over file over defaults.

    config: the file named on the command line, if any. overrides: flags by dotted name ("camera.fps");
    None as a value means that the flag was not given. Raises BadInput with one line that names the file
    and key, the variable or the flag, what was wrong and what would be right.
    """
    layers, problems = _read(find(config), overrides or {})
    settings, more = _combine(layers)
    problems += more
    if problems or settings is None:
        raise BadInput(problems[0] + (f" (and {len(problems) - 1} more)" if problems[1:] else ""))
    return settings


def check(config: Path | str | None = None, overrides: Mapping[str, object] | None = None) -> list[str]:
    """Every problem in the file and the environment, one sentence each; empty when all is well."""
    try:
        layers, problems = _read(find(config), overrides or {})
    except BadInput as fault:
        return [str(fault)]
    return problems + _combine(layers)[1]


def _read(path: Path | None, overrides: Mapping[str, object]) -> tuple[list[Layer], list[str]]:
    """The layers, lowest first, without what is wrong in them, and what was wrong."""
    layers: list[Layer] = []
    problems: list[str] = []
    for layer, found in (_from_file(path), _from_environment(), _from_flags(overrides)):
        sound, wrong = _sound_values(layer)
        layers.append(sound)
        problems += found + wrong
    return layers, problems


@functools.cache
def _sources() -> tuple[Callable[[], dict[str, Any]], Callable[[Path], dict[str, Any]]]:
    """pydantic-settings' readers of environment and TOML. Imported late: it costs as much as pydantic."""
    from pydantic_settings import (
        BaseSettings,
        EnvSettingsSource,
        SettingsConfigDict,
        TomlConfigSettingsSource,
    )

    class Outside(Settings, BaseSettings):
        model_config = SettingsConfigDict(
            extra="forbid", frozen=True, env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True
        )

    class Environment(EnvSettingsSource):
        def decode_complex_value(self, field_name: str, field: FieldInfo, value: Any) -> Any:
            return value  # lists are written "17,27,22" here, not as JSON

    def environment() -> dict[str, Any]:
        return Environment(Outside)()

    return environment, lambda path: TomlConfigSettingsSource(Outside, path)()


def _from_file(path: Path | None) -> tuple[Layer, list[str]]:
    layer = Layer("file", str(path), {})
    if path is None:
        return layer, []
    try:
        tables = _sources()[1](path)
    except tomllib.TOMLDecodeError as fault:
        return layer, [_toml_fault(path, fault)]
    except UnicodeDecodeError:
        return layer, [f"{path} is not a text file in UTF-8"]
    except OSError as fault:
        return layer, [f"{path} cannot be read: {fault.strerror}"]
    problems: list[str] = []
    for section, table in tables.items():
        if section not in SECTIONS:
            problems.append(f"{path}: {_unknown_section(section, table)}")
        elif not isinstance(table, dict):
            problems.append(f"{path}: {section} is a section: write [{section}] and its settings below")
        else:
            layer.tables[section] = table
    return layer, problems + _unknown_names(layer)


def _toml_fault(path: Path, fault: tomllib.TOMLDecodeError) -> str:
    """Python's sentence with the line in front: "mirror.toml, line 3: ..."."""
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(fault))
    line = f", line {place[1]}" if place and place[1] else ", last line" if place else ""
    reason = str(fault)[: place.start()] if place else str(fault)
    return f"{path}{line}: not TOML: {reason[:1].lower()}{reason[1:]}"


def _from_environment() -> tuple[Layer, list[str]]:
    known = {f"{PREFIX}{section}__{name}".upper(): (section, name) for section, name, _ in every()}
    ours = sorted(variable for variable in os.environ if variable.upper().startswith(PREFIX))
    problems = [
        f"{variable}: {_unknown_variable(variable.upper(), known)}"
        for variable in ours
        if variable.upper() not in {*known, CONFIG_VARIABLE}
    ]
    read = _sources()[0]() if ours and not problems else {}  # the reader trips over some unknown names
    layer = Layer("environment", "", {})
    for variable in ours:
        section, name = known.get(variable.upper(), ("", ""))
        if name in read.get(section, {}):  # an empty variable was not read
            layer.tables.setdefault(section, {})[name] = read[section][name]
    return layer, problems


def _unknown_variable(variable: str, known: Mapping[str, object]) -> str:
    if variable.removeprefix(PREFIX).lower() in SECTIONS:
        return f"names a section only; write {variable}__<NAME>"
    return f"no such setting{_did_you_mean(variable, known)}"


def _from_flags(overrides: Mapping[str, object]) -> tuple[Layer, list[str]]:
    layer = Layer("flag", "", {})
    known = {f"{section}.{name}" for section, name, _ in every()}
    problems: list[str] = []
    for dotted, value in overrides.items():
        if dotted not in known:
            problems.append(f"flag {dotted}: no such setting{_did_you_mean(dotted, known)}")
        elif value is not None:
            section, name = dotted.split(".")
            plain = os.fspath(value) if isinstance(value, os.PathLike) else value
            layer.tables.setdefault(section, {})[name] = plain
    return layer, problems


def _unknown_names(layer: Layer) -> list[str]:
    """Takes names nobody knows out of the layer and says what was perhaps meant."""
    problems: list[str] = []
    for section, table in layer.tables.items():
        fields = SECTIONS[section].model_fields
        for name in [name for name in table if name not in fields]:
            del table[name]
            elsewhere = [f"[{other}] {name}" for other, known, _ in every() if known == name]
            hint = f"; did you mean {elsewhere[0]}?" if elsewhere else _did_you_mean(name, fields)
            problems.append(f"{layer.place(section, name)}: no such setting{hint}")
    return problems


def _unknown_section(name: str, value: object) -> str:
    if isinstance(value, dict):
        return f"[{name}]: no such section{_did_you_mean(name, SECTIONS, '[{}]')}"
    homes = [f"[{section}]" for section, known, _ in every() if known == name]
    return f"{name} stands outside any section" + (f"; it belongs below {homes[0]}" if homes else "")


def _did_you_mean(wrong: str, known: Mapping[str, object] | set[str], form: str = "{}") -> str:
    """The nearest known name: one that begins alike or, failing that, one spelt alike."""
    begins = sorted(name for name in known if name.startswith(wrong) or wrong.startswith(name))
    near = begins[:1] or difflib.get_close_matches(wrong, sorted(known), n=1, cutoff=0.5)
    return f"; did you mean {form.format(near[0])}?" if near else ""


def _sound_values(layer: Layer) -> tuple[Layer, list[str]]:
    """The layer without values of a wrong type or out of bounds, and a sentence for each of those.

    A file says what it means (30 is a number, "30" is not); variables and flags are text to begin with.
    What several values must be together is not asked here: another layer may hold the other half.
    """
    problems: list[str] = []
    tables: dict[str, dict[str, object]] = {}
    for section, table in layer.tables.items():
        wrong = _wrong_names(section, table, strict=layer.kind == "file")
        problems += [_wrong_value(layer, section, name, table[name]) for name in table if name in wrong]
        tables[section] = {name: value for name, value in table.items() if name not in wrong}
    return layer._replace(tables=tables), problems


def _wrong_names(section: str, table: Mapping[str, object], strict: bool) -> set[str]:
    try:
        SECTIONS[section].model_validate(table, strict=strict)
    except ValidationError as fault:
        return {str(error["loc"][0]) for error in fault.errors() if error["loc"]}
    return set()


def _wrong_value(layer: Layer, section: str, name: str, value: object) -> str:
    between = "=" if layer.kind == "environment" else " = "
    shown = str(value) if layer.kind == "environment" else _toml(value)
    must = describe(SECTIONS[section].model_fields[name])
    return f"{layer.place(section, name)}{between}{shown}: must be {must}"


def _combine(layers: list[Layer]) -> tuple[Settings | None, list[str]]:
    """The layers laid over one another, and what does not fit together."""
    merged: dict[str, dict[str, object]] = {}
    came_from: dict[str, str] = {}
    for layer in layers:
        for section, table in layer.tables.items():
            merged.setdefault(section, {}).update(table)
            came_from |= {f"{section}.{name}": layer.came_from(section, name) for name in table}
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as fault:
        return None, [_misfit(error, came_from) for error in fault.errors()]
    settings._came_from.update(came_from)
    return settings, []


def _misfit(error: Any, came_from: Mapping[str, str]) -> str:
    section = str(error["loc"][0])
    reason = error.get("ctx", {}).get("error", error["msg"])
    origins = {origin for name, origin in came_from.items() if name.startswith(f"{section}.")}
    files = sorted(origin.removeprefix("file ") for origin in origins if origin.startswith("file "))
    others = sorted(origin for origin in origins if not origin.startswith("file "))
    return f"{', '.join(files + others)}: [{section}] {reason}"


# Telling ----------------------------------------------------------------------------------------------


class Row(NamedTuple):
    """One setting, told: for `config show` and for tables in the documentation."""

    section: str
    name: str
    value: str
    unit: str
    came_from: str
    says: str


def every() -> Iterator[tuple[str, str, FieldInfo]]:
    """(section, name, field) of every setting there is, in the order they are written here."""
    for section, model in SECTIONS.items():
        for name, field in model.model_fields.items():
            yield section, name, field


def where(settings: Settings) -> dict[str, str]:
    """Where each value came from, by dotted name.

    "default", "file mirror.toml", "environment SQUAT_MIRROR_CAMERA__FPS" or "flag".
    """
    return {
        f"{section}.{name}": settings._came_from.get(f"{section}.{name}", "default")
        for section, name, _ in every()
    }


def rows(settings: Settings) -> list[Row]:
    """Every setting with its value, unit and origin. A value that is left out is shown as "-"."""
    origins = where(settings)
    told = []
    for section, name, field in every():
        value = getattr(getattr(settings, section), name)
        shown = "-" if value is None else _toml(value)
        told.append(
            Row(section, name, shown, unit(field), origins[f"{section}.{name}"], field.description or "")
        )
    return told


def unit(field: FieldInfo) -> str:
    """The unit of a setting's value, or ""."""
    return str(_extra(field).get("unit") or "")


def describe(field: FieldInfo) -> str:
    """What a value must be, in words: "a whole number from 5 to 120 frames/s"."""
    kind, extra = field.annotation, _extra(field)
    if get_origin(kind) is Literal:
        return " or ".join(", ".join(_toml(choice) for choice in get_args(kind)).rsplit(", ", 1))
    if extra.get("form"):
        return str(extra["form"])
    optional = type(None) in get_args(kind)
    what = WORDS[get_args(kind)[0] if optional else kind]
    if extra.get("ge") is not None:
        what += f" from {extra['ge']:g} to {extra['le']:g}"
    what += f" {extra['unit']}" if extra.get("unit") else ""
    return what + (f', or "{LEAVE_OUT}"' if optional else "")


WORDS: dict[Any, str] = {bool: "true or false", int: "a whole number", float: "a number"}


def render_toml(settings: Settings, commented: bool = True) -> str:
    """The settings as a TOML file that `load` reads back to the same values.

    commented: with sentence, bounds and unit above each value, and values that equal the default written
    behind a "#", so that a later version's better defaults still reach an installed mirror. Otherwise
    every value that is set, and nothing else.
    """
    lines = list(HEADING) if commented else []
    for section, model in SECTIONS.items():
        lines += ["", f"# {model.__doc__}"] if commented else [""]
        lines.append(f"[{section}]")
        table = getattr(settings, section)
        for name, field in model.model_fields.items():
            lines += _toml_lines(name, field, getattr(table, name), commented)
    return "\n".join(lines).lstrip("\n") + "\n"


HEADING = (
    "# Squat Mirror: settings.",
    "#",
    "# A line that begins with #name shows the default: take the # away and change the value.",
    f"# The environment ({PREFIX}CAMERA__FPS=15) wins over this file, flags win over both.",
    "# `squat-mirror config check` tells what is wrong, `squat-mirror config show` what is in force.",
)


def _toml_lines(name: str, field: FieldInfo, value: object, commented: bool) -> list[str]:
    if not commented:
        return [] if value is None and field.default is None else [f"{name} = {_toml(value)}"]
    must = describe(field)
    lines = ["", f"# {field.description}", f"# {must[0].upper()}{must[1:]}."]
    if value == field.default:
        return [*lines, f"#{name} = {_toml(value)}"]
    return [*lines, f"{name} = {_toml(value)}"]


def _toml(value: object) -> str:
    """One value as TOML. None is written "none", which every setting that may be left out understands."""
    if value is None:
        return f'"{LEAVE_OUT}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(f"\\u{ord(c):04x}" if ord(c) < 32 or ord(c) == 127 else c for c in escaped) + '"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    return repr(value) if isinstance(value, int | float) else str(value)


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
