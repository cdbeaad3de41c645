"""The shipped models: what models.toml says of them, and the check that a file is the one it names.

A changed or cut file never reaches the interpreter. Knows files and checksums, not networks.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mirror.faults import BadInput

DEFAULT_MODEL = "movenet_lightning_256x128_mixed_u8"
FOOT_MODEL = "blazepose_full_landmarks"
POSE = "movenet-heads"
"""The kind whose answers are a person's joints, as four heads."""
AUTO = "auto"
"""As a model's name: whatever suits this machine."""
LONGEST_SHOWN = 60
"""Characters of a wrong name that are shown: enough to find it."""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of models.toml.

    kind: "movenet-heads" or "blazepose"; height, width: of the input, pixels; size_bytes: of the file.
    shipped: comes with the mirror; if not, `built_by` makes it. use: when to use it, a phrase.
    source: package and version it was made from. licence: of the network.
    correction: the file that says what its joints are wrong by; None where nobody fitted one.
    constants: what belongs to this model's keypoints (knees/constants.py says what each means);
        empty when nothing was measured.
    """

    name: str
    path: Path
    kind: str
    sha256: str
    height: int
    width: int
    constants: dict[str, float]
    card: dict[str, Any]
    size_bytes: int
    shipped: bool
    built_by: str
    use: str
    licence: str
    source: str
    correction: Path | None = None
    correction_sha256: str = ""

    @property
    def judges(self) -> bool:
        """Whether knees can be judged by its keypoints: a pose model whose constants were measured."""
        return self.kind == POSE and bool(self.constants)

    @property
    def here(self) -> bool:
        """Whether there is a file, right or wrong."""
        return self.path.is_file()


def models_folder() -> Path:
    """Where the models are: inside the installed package, or beside it in a source checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "models"
    return installed if installed.is_dir() else package.parent / "models"


@lru_cache(maxsize=4)
def entries(folder: Path | None = None) -> dict[str, ModelEntry]:
    """Every model models.toml names, by name. Raises BadInput when the list itself is broken."""
    folder = folder or models_folder()
    listing = folder / "models.toml"
    try:
        tables = tomllib.loads(listing.read_text("utf-8"))["models"]
        return {name: _entry(name, table, folder) for name, table in tables.items()}
    except OSError as error:
        raise BadInput(f"the list of models is missing: {listing} ({error.strerror})") from error
    except (ValueError, OverflowError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadInput(f"the list of models is damaged: {listing} ({error})") from error


def _entry(name: str, table: dict[str, Any], folder: Path) -> ModelEntry:
    size, source = table["input"], table["source"]
    put_right = table.get("correction")
    return ModelEntry(
        name=name,
        path=folder / table["file"],
        kind=table["kind"],
        sha256=table["sha256"],
        height=int(size["height"]),
        width=int(size["width"]),
        constants={key: float(value) for key, value in table.get("constants", {}).items()},
        card=table.get("card", {}),
        size_bytes=int(table["bytes"]),
        shipped=bool(table["shipped"]),
        built_by=table["built_by"],
        use=table["use"],
        licence=table["licence"],
        source=f"{source['package']} {source['version']}",
        correction=None if put_right is None else folder / put_right["file"],
        correction_sha256="" if put_right is None else put_right["sha256"],
    )


def find(name: str, folder: Path | None = None) -> ModelEntry:
    """The model called `name`; for "auto", the default. Raises BadInput, with the nearest name, for none."""
    known = entries(folder)
    name = DEFAULT_MODEL if name == AUTO else name
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(sorted(known))}"
    shown = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"
    raise BadInput(f"no model is called {shown!r}{hint}")


def sound_or_default(name: str, folder: Path | None = None) -> tuple[ModelEntry, str]:
    """The model called `name`, or the default and a sentence why not, when its file is missing or changed.

    For a mirror that should run whatever happened to one file. Raises BadInput when there is no such model,
    or when the default's file is wrong too.
    """
    entry = find(name, folder)
    try:
        checked_file(entry)
    except BadInput as wrong:
        fallback = find(DEFAULT_MODEL, folder)
        if entry.name == fallback.name:
            raise
        checked_file(fallback)
        return fallback, f"{wrong}; {fallback.name} is used instead"
    return entry, ""


def checked_file(entry: ModelEntry) -> Path:
    """The model's file, once its bytes and its correction's are those models.toml names; else BadInput."""
    if not entry.shipped and not entry.here:
        raise BadInput(
            f"model {entry.name} is not here; in the project's folder, {entry.built_by} builds it "
            f"({entry.path.name}, {entry.size_bytes / 1e6:.1f} MB)"
        )
    check_listed(entry.name, entry.path, entry.sha256)
    if entry.correction is not None:
        check_listed(entry.name, entry.correction, entry.correction_sha256)
    return entry.path


def check_listed(name: str, path: Path, sha256: str) -> None:
    """Raises BadInput when the file cannot be read or is not the one of this checksum."""
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BadInput(f"model {name}: cannot read {path} ({error.strerror})") from error
    if found != sha256:
        raise BadInput(
            f"model {name}: {path} is changed or cut "
            "(its checksum is not the one in models.toml); install it again"
        )
