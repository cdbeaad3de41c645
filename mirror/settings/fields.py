"""What a setting is made of: a field with its sentence, unit and bounds, and the kinds of value there are.

Knows no setting by name, and neither where values come from nor how they are shown.
"""

from __future__ import annotations

import itertools
import unicodedata
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator
from pydantic.fields import FieldInfo

PREFIX = "SQUAT_MIRROR_"  # of every variable that sets one
HIGHEST_PIN = 27  # BCM numbers on the 40-pin header
LEAVE_OUT = "none"  # how the environment or a flag says "as if it were not set"
NOT_BLANK = r"\S"
LONGEST_TEXT = 1000
"""Characters: longer than the path of any file, and short enough to be told in a sentence."""


def setting(
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


def extra_of(field: FieldInfo) -> dict[str, Any]:
    """What `setting` wrote beside type and sentence: unit, ge, le, form."""
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def unit(field: FieldInfo) -> str:
    """The unit of a setting's value, or ""."""
    return str(extra_of(field).get("unit") or "")


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


def unfit(text: str) -> str:
    """Why no setting can be this text, in words that follow "it"; "" where nothing is against it."""
    if len(text) > LONGEST_TEXT:
        return f"is longer than {LONGEST_TEXT} characters"
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") for sign in text):
        return "has a control character or a line break in it"
    return ""


class Section(BaseModel):
    """What all sections share: nothing unknown, infinite or unfit to be told, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _fit(cls, value: object) -> object:
        if isinstance(value, str) and (why := unfit(value)):
            raise ValueError(f"it {why}")
        return value


def rising(**angles: float) -> None:
    """Raises ValueError, by their names, unless these angles, in degrees, each lie below the next."""
    for (low, below), (high, above) in itertools.pairwise(angles.items()):
        if not below < above:
            raise ValueError(f"{low} ({below:g} deg) must be below {high} ({above:g} deg)")
