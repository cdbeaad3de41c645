"""The files in models/ are the ones models.toml describes, and say so themselves."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

import build_models
import pytest
from ai_edge_litert.interpreter import Interpreter

MODELS = Path(__file__).resolve().parents[2] / "models"
LISTED: dict[str, dict[str, Any]] = tomllib.loads((MODELS / "models.toml").read_text())["models"]
CARDS = {name: card for name, card in LISTED.items() if card["shipped"]}
HEADS = {"heat": 17, "centre": 1, "regression": 34, "offset": 34}


def opened(name: str) -> Any:
    network = Interpreter(str(MODELS / CARDS[name]["file"]), num_threads=1)
    network.allocate_tensors()
    return network


@pytest.mark.parametrize("name", CARDS)
def test_the_file_has_the_checksum_and_length_of_its_card(name: str) -> None:
    content = (MODELS / CARDS[name]["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == CARDS[name]["sha256"]
    assert len(content) == CARDS[name]["bytes"] <= 8 * 2**20


def test_every_network_file_has_a_card_and_a_line_in_the_notice() -> None:
    files = {path.name for path in MODELS.glob("*.tflite")}
    listed = {card["file"]: card["shipped"] for card in LISTED.values()}
    assert files - set(listed) == set()
    shipped = {file for file, ships in listed.items() if ships}
    assert shipped - files == set()
    notice = (MODELS / "NOTICE").read_text()
    assert [name for name in shipped if name not in notice] == []


def test_the_shipped_files_together_stay_small() -> None:
    assert sum(card["bytes"] for card in CARDS.values()) <= 30 * 2**20


def test_every_recipe_has_a_card_that_names_the_same_package() -> None:
    assert {name: card["shipped"] for name, card in LISTED.items()} == {
        name: recipe.shipped for name, recipe in build_models.RECIPES.items()
    }
    for name, recipe in build_models.RECIPES.items():
        package, source = recipe.package, LISTED[name]["source"]
        told = (source["package"], source["version"], source["tarball_sha256"])
        assert told == (package.name, package.version, package.sha256)


@pytest.mark.parametrize("name", CARDS)
def test_the_input_is_as_the_card_says(name: str) -> None:
    card = CARDS[name]["input"]
    (found,) = opened(name).get_input_details()
    assert found["shape"].tolist() == [1, card["height"], card["width"], 3]
    assert found["dtype"].__name__ == card["dtype"]


@pytest.mark.parametrize("name", CARDS)
def test_the_outputs_come_in_the_order_of_the_card(name: str) -> None:
    found = [detail["name"] for detail in opened(name).get_output_details()]
    assert found == CARDS[name]["outputs"]["names"]


@pytest.mark.parametrize("name", [n for n, card in CARDS.items() if card["kind"] == "movenet-heads"])
def test_the_heads_are_maps_of_a_quarter_of_the_input(name: str) -> None:
    size = CARDS[name]["input"]
    for detail in opened(name).get_output_details():
        expected = [1, size["height"] // 4, size["width"] // 4, HEADS[detail["name"]]]
        assert detail["shape"].tolist() == expected
        assert detail["dtype"].__name__ == "float32"
