"""What a frame costs is counted in instructions, and a stage that became slower fails here.

The count is the same on a busy machine. After a change that is meant to cost more, or less:
`.venv-test/bin/python scripts/measure_cost.py --keep`, and its numbers to docs/performance.md.
"""

from __future__ import annotations

from dataclasses import replace

import measure_cost
import pytest
from measure_cost import FRAME, STAGES, Cost, NoCounter

KEPT = measure_cost.read_kept()


@pytest.fixture(scope="module")
def counted() -> Cost:
    """A quarter of a minute under valgrind."""
    try:
        return measure_cost.measure()
    except NoCounter as none:
        pytest.skip(f"nothing counts instructions here: {none}")


def test_no_stage_of_a_frame_became_slower(counted: Cost) -> None:
    other = measure_cost.other_versions(counted, KEPT)
    if other:
        pytest.skip(f"other versions than those that were counted with cost otherwise: {other}")
    assert counted.slower_than(KEPT) == {}


def test_every_stage_of_a_frame_is_counted(counted: Cost) -> None:
    assert counted.instructions.keys() == set(STAGES)
    assert all(count > 100_000 for count in counted.instructions.values())
    assert counted.frame == sum(counted.instructions[stage] for stage in FRAME)


@pytest.mark.parametrize("stage", STAGES)
def test_five_per_cent_more_in_one_stage_are_noticed_and_two_are_not(stage: str) -> None:
    def times(factor: float) -> Cost:
        return replace(KEPT, instructions=KEPT.instructions | {stage: factor * KEPT.instructions[stage]})

    assert times(1.05).slower_than(KEPT).keys() == {stage}
    assert times(1.02).slower_than(KEPT) == {}


def test_without_a_counter_the_script_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("measure_cost.shutil.which", lambda name: None)
    monkeypatch.setattr("sys.argv", ["measure_cost.py"])
    assert measure_cost.main() == 2
    assert capsys.readouterr().err == "measure_cost: valgrind is not installed (apt-get install valgrind)\n"
