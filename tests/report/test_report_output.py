"""Where results go: names for the files of several inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirror.faults import BadInput
from mirror.report.output import targets


def test_one_input_writes_the_file_that_was_named(tmp_path: Path) -> None:
    assert targets(tmp_path / "out.json", [Path("clip.mp4")], ".json") == [tmp_path / "out.json"]


def test_one_input_and_a_folder_writes_into_it(tmp_path: Path) -> None:
    assert targets(tmp_path, [Path("a/clip.mp4")], ".json") == [tmp_path / "clip.json"]


def test_several_inputs_write_files_of_their_names_into_a_folder(tmp_path: Path) -> None:
    new = tmp_path / "new"
    inputs = [Path("a/one.mp4"), Path("b/two.npz")]
    assert targets(new, inputs, ".csv") == [new / "one.csv", new / "two.csv"]


def test_several_inputs_and_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out.json").write_text("{}")
    with pytest.raises(BadInput, match="must name a folder"):
        targets(tmp_path / "out.json", [Path("one.mp4"), Path("two.mp4")], ".json")


def test_two_inputs_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="same name"):
        targets(tmp_path, [Path("a/clip.mp4"), Path("b/clip.mp4")], ".json")
