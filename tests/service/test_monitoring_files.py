"""The dashboard and the alerts ask for metrics that exist, with labels that they have."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mirror.service.metrics import Snapshot, rows
from mirror.service.throttling import Health
from mirror.stopwatch import Took

yaml = pytest.importorskip("yaml")

FOLDER = Path(__file__).parents[2] / "docs" / "monitoring"
METRIC = re.compile(r"(squat_mirror_\w+)(?:\{([^}]*)\})?")
LABEL = re.compile(r'(\w+)=~?"([^"]*)"')
OF_PROMETHEUS = {"instance", "job"}
EVERYTHING = Snapshot(
    stages={"invoke": Took(1.0, 2.0, 3)}, health=Health(60.0, 0), incidents={"screen": 1}, reps={"good": 1}
)


def there() -> dict[str, dict[str, set[str]]]:
    """Every metric as Prometheus has it, with its labels and their values."""
    found = {}
    for family in rows(EVERYTHING, 15.0):
        values: dict[str, set[str]] = {label: set() for label in family.labels}
        for labels in family.values:
            for name, value in zip(family.labels, labels, strict=True):
                values[name].add(value)
        found[f"squat_mirror_{family.name}{'_total' if family.kind == 'counter' else ''}"] = values
    return found


def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "grafana.json").read_text("utf-8"))
    return found


def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"][0][
        "rules"
    ]
    return found


def asked() -> Iterator[str]:
    """Everything the files ask Prometheus for."""
    for panel in dashboard()["panels"]:
        yield from (target["expr"] for target in panel["targets"])
    for variable in dashboard()["templating"]["list"]:
        if isinstance(variable["query"], dict):
            yield variable["query"]["query"]
    for rule in rules():
        yield rule["expr"]


@pytest.mark.parametrize("expression", sorted(set(asked())))
def test_every_metric_that_is_asked_for_exists_with_its_labels(expression: str) -> None:
    metrics = there()
    named = METRIC.findall(expression)
    assert named or "node_textfile" in expression
    for name, labels in named:
        assert name in metrics
        for label, value in LABEL.findall(labels):
            assert label in metrics[name] or label in OF_PROMETHEUS, f"{name} has no {label}"
            assert label in OF_PROMETHEUS or value in metrics[name][label], f"{name}: no {label} {value}"
    for by in re.findall(r"by \(([\w, ]+)\)", expression):
        labels = {label for name, _ in named for label in metrics[name]} | OF_PROMETHEUS
        assert set(by.split(", ")) <= labels


def test_a_metric_that_does_not_exist_would_be_noticed() -> None:
    assert "squat_mirror_frames_total" in there()
    assert "squat_mirror_frames" not in there()


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {
        name
        for panel in dashboard()["panels"]
        for t in panel["targets"]
        for name, _ in METRIC.findall(t["expr"])
    }
    assert shown == set(there())


def test_panels_do_not_overlap_and_have_ids_of_their_own() -> None:
    panels = dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y)
        for panel in panels
        for x in range(panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_every_alert_says_what_is_wrong_and_the_page_what_to_do() -> None:
    page = (FOLDER.parent / "monitoring.md").read_text("utf-8")
    named = set(re.findall(r"^\| (SquatMirror\w+) \|", page, re.MULTILINE))
    assert {rule["alert"] for rule in rules()} == named
    for rule in rules():
        assert "{{ $labels.instance }}" in rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in ("info", "warning")


def test_a_mirror_that_tells_no_heat_lacks_only_what_is_about_heat() -> None:
    without = {family.name for family in rows(replace(EVERYTHING, health=None), 15.0)}
    assert {family.name for family in rows(EVERYTHING, 15.0)} - without == {"temperature_celsius", "throttle"}


@pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (apt install prometheus)"
)
def test_a_mirror_that_is_well_raises_no_alert_and_one_in_trouble_each() -> None:
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yml"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
