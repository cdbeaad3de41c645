"""ARCHITECTURE.md's table of rooms is what the imports are: nothing is known that it does not say, nothing
it says is untrue, and no arrow goes up."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mirror"
ROW = re.compile(r"^\| `mirror/(\w+)(?:\.py|/)` \|.*\| ([\w, ]*)\|$", re.MULTILINE)
NO_ROOMS = {"__init__", "demo"}
"""The version, and a folder with a clip in it."""

OF_MQTT = {f"mirror.mqtt.{name}" for name in ("topics", "setup", "connection", "steadiness")}
OF_THE_COACH = {"mirror.coach", "mirror.coach.words"}
"""All that the board may know of them: what stations say and how a broker is reached; the words of cues."""


def drawn() -> dict[str, set[str]]:
    """Every room of the picture, in its order, and what it says it knows."""
    rows = ROW.findall((ROOT / "ARCHITECTURE.md").read_text("utf-8"))
    return {room: set(knows.replace(",", " ").split()) for room, knows in rows}


def there() -> list[str]:
    """Every room and loose file there is in the package."""
    names = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in PACKAGE.rglob("*.py")}
    return sorted(names - NO_ROOMS)


def modules(room: str) -> list[Path]:
    folder = PACKAGE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]


def imports(path: Path) -> set[str]:
    """Every module name a file imports, wherever in the file, from type-checking blocks too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room"
            module = node.module or ""
            found |= {f"mirror.{alias.name}" for alias in node.names} if module == "mirror" else {module}
    return found


def known(room: str) -> set[str]:
    """The rooms a room imports from; what is neither a room nor a loose file is the package's __init__."""
    found = set()
    for path in modules(room):
        names = {name.split(".")[1] for name in imports(path) if name.startswith("mirror.")}
        found |= {name if name in there() else "__init__" for name in names}
    return found - {room}


def test_every_room_is_in_the_picture() -> None:
    assert sorted(drawn()) == there()


def test_the_root_of_the_package_holds_no_loose_wirings() -> None:
    loose = {path.stem for path in PACKAGE.glob("*.py")}
    assert loose == {"__init__", "__main__", "faults", "stopwatch"}


@pytest.mark.parametrize("room", drawn())
def test_a_room_knows_exactly_what_the_picture_says(room: str) -> None:
    assert known(room) == drawn()[room]


@pytest.mark.parametrize("room", drawn())
def test_no_arrow_goes_up(room: str) -> None:
    order = ["__init__", *drawn()]
    below = {other for other in drawn()[room] if order.index(other) >= order.index(room)}
    assert not below, f"{room} knows {below}, which stand below it in the picture"


def test_the_board_knows_what_stations_say_and_nothing_of_how_they_see() -> None:
    for path in modules("board"):
        of_others = {name for name in imports(path) if name.startswith(("mirror.mqtt", "mirror.coach"))}
        assert of_others <= OF_MQTT | OF_THE_COACH, f"{path.name} imports {of_others}"


def test_the_knees_room_needs_numpy_and_nothing_else() -> None:
    for path in modules("knees"):
        outside = {name.partition(".")[0] for name in imports(path)} - set(sys.stdlib_module_names)
        assert outside <= {"numpy", "mirror"}, f"{path.name} imports {outside - {'numpy', 'mirror'}}"
