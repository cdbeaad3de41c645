"""Which network suits a machine: by its times there, its card, and the pace that squats need."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirror.cli import main
from mirror.faults import BadInput
from mirror.fitting.from_settings import constants_of, network_constants
from mirror.pose import catalog, choice
from mirror.pose.catalog import DEFAULT_MODEL, entries
from mirror.pose.choice import Timing, recommend
from mirror.pose.pose_net import PoseNet

SMALL, LARGE = "movenet_lightning_192x128_mixed_u8", "movenet_thunder_256x128_mixed_u8"
MODELS = choice.candidates()


def timed(**ms: float) -> list[Timing]:
    """Timings with one thread; names by their beginning after "movenet_"."""
    names = {entry.name.removeprefix("movenet_").removesuffix("_mixed_u8"): entry.name for entry in MODELS}
    return [Timing(names[short], 1, median, median) for short, median in ms.items()]


BOARD = {"lightning_192x128": 23.0, "lightning_256x128": 30.0}


def test_the_fastest_that_is_exact_enough_is_taken() -> None:
    found = recommend(timed(**BOARD, thunder_256x128=60.0), MODELS, wanted_per_s=10)
    assert found.model == DEFAULT_MODEL
    assert "the fastest that is exact enough" in found.why


def test_where_it_is_too_slow_the_most_exact_of_the_fast_ones_is() -> None:
    slow = {name: 2.2 * ms for name, ms in BOARD.items()}
    found = recommend(timed(**slow), MODELS, wanted_per_s=15)
    assert found.model == SMALL
    assert "the most exact of those that keep 15 poses a second" in found.why


def test_where_nothing_is_fast_enough_the_fastest_is() -> None:
    found = recommend(timed(**{name: 10 * ms for name, ms in BOARD.items()}), MODELS)
    assert found.model == SMALL
    assert "none keeps 15 poses a second" in found.why
    assert found.ladder == (SMALL,)


def test_the_ladder_goes_down_to_the_fastest() -> None:
    found = recommend(timed(**BOARD, thunder_256x128=60.0), MODELS)
    assert found.ladder == (SMALL, DEFAULT_MODEL)


def test_threads_that_gain_nothing_are_left_to_camera_and_screen() -> None:
    took = {1: 30.0, 2: 17.0, 3: 16.0, 4: 15.8}
    found = recommend([Timing(DEFAULT_MODEL, count, ms, ms) for count, ms in took.items()], MODELS)
    assert found.threads == 2
    assert "with 2 threads" in found.why


def test_a_network_without_constants_is_no_candidate() -> None:
    assert {entry.name for entry in MODELS} >= {DEFAULT_MODEL, SMALL, LARGE}
    assert all(entry.constants for entry in MODELS)
    assert not replace(entries()[DEFAULT_MODEL], constants={}).judges
    assert not entries()["blazepose_full_landmarks"].judges


def test_all_take_turns_and_the_share_that_is_done_is_told() -> None:
    shares: list[float] = []
    models = [entry for entry in MODELS if entry.name in (DEFAULT_MODEL, SMALL)]
    found = choice.bench(models, [1, 2], rounds=2, progress=lambda share: not shares.append(share))
    assert {(one.model, one.threads) for one in found} == {
        (entry.name, count) for entry in models for count in (1, 2)
    }
    assert shares == [pytest.approx(n / 8) for n in range(1, 9)]
    assert all(0 < one.median_ms <= one.p95_ms * 1.001 for one in found)


def test_timing_ends_when_it_is_told_to() -> None:
    models = [entry for entry in MODELS if entry.name in (DEFAULT_MODEL, SMALL)]
    assert len(choice.bench(models, [1], rounds=50, progress=lambda share: False)) == 1


def test_a_choice_is_kept_for_this_machine_only(tmp_path: Path) -> None:
    here = choice.machine("auto")
    made = recommend(timed(**BOARD), MODELS)
    choice.keep(tmp_path / "state", made, timed(**BOARD), here)
    assert choice.kept(tmp_path / "state", here) == made
    assert choice.kept(tmp_path / "state", here | {"cores": 64}) is None
    assert choice.kept(tmp_path, here) is None
    assert [path.name for path in (tmp_path / "state").iterdir()] == [choice.FILE_NAME]


@pytest.mark.parametrize("spoilt", ["", "{}", "[1]", '{"schema": 2}', '{"schema": 1, "choice": 3}'])
def test_a_spoilt_choice_is_as_none(tmp_path: Path, spoilt: str) -> None:
    (tmp_path / choice.FILE_NAME).write_text(spoilt)
    assert choice.kept(tmp_path, choice.machine("auto")) is None


def test_a_choice_whose_network_is_gone_is_as_none(tmp_path: Path) -> None:
    here = choice.machine("auto")
    made = recommend(timed(**BOARD), MODELS)
    choice.keep(tmp_path, replace(made, model="movenet_of_yesterday"), [], here)
    assert choice.kept(tmp_path, here) is None


# -- the commands ------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home: no settings, nothing remembered."""
    for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    for variable in ("SQUAT_MIRROR_CONFIG", "STATE_DIRECTORY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_list_names_every_model_and_says_when_to_use_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "list"]) == 0
    told = capsys.readouterr().out
    for entry in entries().values():
        assert f"{entry.name}: {entry.use}" in told


def test_every_file_here_is_right(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "verify"]) == 0
    told = capsys.readouterr().out
    assert told.count("checksum as listed") >= sum(entry.shipped for entry in entries().values())


def test_bench_recommends_and_keeps_what_it_recommends(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "bench", "--rounds", "1", "--json", "times.json"]) == 0
    told = json.loads(Path("times.json").read_text())
    assert {(one["model"], one["threads"]) for one in told["timings"]} == {
        (entry.name, count) for entry in MODELS for count in choice.thread_counts()
    }
    picked = choice.kept(home / "squat-mirror", choice.machine("auto"))
    assert picked is not None
    assert picked.model == told["recommended"]["model"]
    assert f"{picked.model}: {picked.why}." in capsys.readouterr().out


@pytest.mark.parametrize("set_to", [True, False])
def test_bench_without_xnnpack_says_so_and_keeps_what_it_finds_only_where_the_mirror_runs_so(
    home: Path, set_to: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "mirror.toml").write_text(f"[model]\nxnnpack = {str(set_to).lower()}\n")
    assert main(["models", "bench", "--rounds", "1", "--no-xnnpack", "--json", "times.json"]) == 0
    assert "without XNNPACK." in capsys.readouterr().out
    assert json.loads(Path("times.json").read_text())["machine"]["runs_on"].endswith("without XNNPACK")
    kept = choice.kept(home / "squat-mirror", choice.machine("auto", xnnpack=set_to))
    assert (kept is None) is set_to


def test_an_open_network_whose_constants_were_never_measured_judges_nobody() -> None:
    net = PoseNet(replace(entries()[DEFAULT_MODEL], constants={}), threads=1)
    with pytest.raises(BadInput, match=f"model {DEFAULT_MODEL} has no measured constants"):
        network_constants(net)
    assert network_constants(PoseNet(entries()[SMALL], threads=1)) == constants_of(SMALL)


def test_use_writes_the_setting_and_leaves_the_rest_alone(home: Path) -> None:
    file = home / "mirror.toml"
    file.write_text("# mine\n[camera]\nfps = 15  # slow\n")
    assert main(["models", "use", SMALL]) == 0
    assert file.read_text() == f'# mine\n[camera]\nfps = 15  # slow\n\n[model]\nname = "{SMALL}"\n'
    assert main(["models", "use", "auto"]) == 0
    assert 'name = "auto"' in file.read_text()


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("movenet_lightening", "no model is called 'movenet_lightening'; did you mean"),
        ("movenet_lightning_192x112_mixed_u8", "has no measured constants, so its knees cannot be judged"),
        ("blazepose_full_landmarks", "has no measured constants, so its knees cannot be judged"),
        (
            "movenet_lightning_256x128_float32",
            "scripts/build_models.py --only movenet_lightning_256x128_float32",
        ),
    ],
)
def test_use_refuses_what_cannot_judge(
    home: Path, capsys: pytest.CaptureFixture[str], name: str, says: str
) -> None:
    if any(entry.name == name and entry.here and not entry.shipped for entry in entries().values()):
        says = "has no measured constants"  # it was built here
    assert main(["models", "use", name]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert not (home / "squat-mirror" / "mirror.toml").exists()


def test_models_alone_shows_the_help(home: Path) -> None:
    from mirror.cli.app import app

    told = CliRunner().invoke(app, ["models", "--help"]).output
    assert all(command in told for command in ("list", "verify", "bench", "use"))


@pytest.fixture
def spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the models in which the smaller one's file was cut and the larger one's is the smaller's."""
    folder = tmp_path / "models"
    shutil.copytree(catalog.models_folder(), folder)
    small, large = folder / f"{SMALL}.tflite", folder / f"{LARGE}.tflite"
    shutil.copyfile(small, large)
    small.write_bytes(small.read_bytes()[:100_000])
    monkeypatch.setattr(catalog, "models_folder", lambda: folder)
    catalog.entries.cache_clear()
    yield folder
    catalog.entries.cache_clear()


def test_a_cut_and_a_renamed_file_are_told_and_never_used(
    home: Path, spoilt: Path, capsys: pytest.CaptureFixture[str], demo_clip: Path
) -> None:
    assert main(["models", "verify"]) == 2
    told = capsys.readouterr().out.splitlines()
    assert {name for name in entries() for line in told if line.startswith("wrong") and name in line} == {
        SMALL,
        LARGE,
    }
    assert {entry.name for entry in choice.candidates()} == {DEFAULT_MODEL}
    for command in (["models", "use", SMALL], ["analyze", str(demo_clip), "--model", LARGE]):
        assert main(command) == 2
        said = capsys.readouterr().err
        assert "is changed or cut" in said
        assert said.count("\n") == 1
