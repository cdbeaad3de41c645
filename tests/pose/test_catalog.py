"""A file that is not the one listed never reaches the interpreter."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from mirror.faults import BadInput, PermanentFault
from mirror.pose import interpreter
from mirror.pose.catalog import DEFAULT_MODEL, checked_file, find, models_folder
from mirror.pose.interpreter import Network, Tensor


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the models that may be spoiled."""
    copy = tmp_path / "models"
    shutil.copytree(models_folder(), copy)
    return copy


def test_the_shipped_default_is_what_the_list_says() -> None:
    path = checked_file(find(DEFAULT_MODEL))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == find(DEFAULT_MODEL).sha256


@pytest.mark.parametrize("spoil", ["cut", "changed", "missing"])
def test_a_spoiled_model_is_refused_in_one_line(folder: Path, spoil: str) -> None:
    entry = find(DEFAULT_MODEL, folder)
    whole = entry.path.read_bytes()
    if spoil == "cut":
        entry.path.write_bytes(whole[: len(whole) // 2])
    elif spoil == "changed":
        entry.path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    else:
        entry.path.unlink()
    with pytest.raises(BadInput) as told:
        checked_file(entry)
    assert DEFAULT_MODEL in str(told.value)
    assert "\n" not in str(told.value)


def test_a_mistyped_name_is_told_the_nearest() -> None:
    with pytest.raises(BadInput, match=f"did you mean {DEFAULT_MODEL}"):
        find(DEFAULT_MODEL.replace("256", "265"))


@pytest.mark.parametrize("text", ["[models", "models = 3", "", '[models.x]\nfile = "x"'])
def test_a_broken_list_is_told_in_one_line(folder: Path, text: str) -> None:
    (folder / "models.toml").write_text(text)
    with pytest.raises(BadInput, match="the list of models is damaged"):
        find(DEFAULT_MODEL, folder)


def test_the_network_says_which_runtime_runs_it_and_runs() -> None:
    network = Network(checked_file(find(DEFAULT_MODEL)), threads=1)
    assert network.runtime.split()[0] in interpreter.RUNTIMES
    outputs = network.run(np.zeros((256, 128, 3), np.uint8))
    assert [out.shape for out in outputs] == [(64, 32, 17), (64, 32, 1), (64, 32, 34), (64, 32, 34)]


def test_a_network_of_the_wrong_shape_is_refused() -> None:
    network = Network(checked_file(find(DEFAULT_MODEL)), threads=1)
    with pytest.raises(PermanentFault, match="is the wrong network: its inputs are uint8 256x128x3"):
        network.expect([Tensor((192, 192, 3), "uint8")], network.outputs)


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.tflite"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(PermanentFault, match=r"noise\.tflite is not a network"):
        Network(path)


def test_without_any_runtime_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in interpreter.RUNTIMES.values():
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(PermanentFault, match="pip install ai-edge-litert"):
        Network(checked_file(find(DEFAULT_MODEL)))
    with pytest.raises(PermanentFault, match="pip install tflite-runtime"):
        Network(checked_file(find(DEFAULT_MODEL)), runtime="tflite-runtime")
