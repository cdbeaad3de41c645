"""What stands written leads somewhere: links, anchors, pages that code names, and the pages of the site."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mirror import BUILT, __version__
from scripts.site_pages import AT_THE_ROOT, followed

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
NAMED = re.compile(r"\b((?:docs/[\w/-]+|README|ARCHITECTURE|CONTRIBUTING|CHANGELOG)\.md)\b")
SOURCES = ("mirror", "scripts", "tests", "models", "systemd", ".ci")
README_LINES = 120
"""A newcomer reads it in one go."""


def pages() -> list[Path]:
    """Every page of the project; not those of environments and build folders."""
    found = ROOT.rglob("*.md")
    return sorted(path for path in found if not any(part[0] == "." for part in path.relative_to(ROOT).parts))


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text("utf-8"))


def slug(heading: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    said = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", said).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {slug(heading) for heading in HEADING.findall(prose(page))}


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere in this repository; links to other hosts are not followed."""
    found = []
    for link in LINK.findall(CODE.sub("", prose(page))):
        if "://" in link or link.startswith("mailto:"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(link)
    return found


def told(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", pages(), ids=told)
def test_every_link_and_anchor_leads_somewhere(page: Path) -> None:
    assert not broken(page)


def test_a_link_that_leads_nowhere_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A house\n[a](page.md#a-house) [b](gone.md) [c](#no-room) ![d](gone.png) `[e](code.md)`\n"
    )
    assert broken(page) == ["gone.md", "#no-room", "gone.png"]


def test_pages_that_code_and_comments_name_are_there() -> None:
    files = [path for folder in SOURCES for path in (ROOT / folder).rglob("*") if path.is_file()]
    texts = [
        path for path in files if path.suffix in {".py", ".sh", ".toml", ".md", ""} and path.stat().st_size
    ]
    gone = {
        f"{told(path)}: {name}"
        for path in texts
        if path != Path(__file__)
        for name in NAMED.findall(path.read_text("utf-8", errors="replace"))
        if not ((ROOT / name).is_file() or (path.parent / name).is_file())
    }
    assert not gone


def test_the_readme_is_read_in_one_go_and_has_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert len(readme.splitlines()) < README_LINES
    for command in ("scripts/run ", "scripts/test "):
        assert re.search(rf"^{command}", readme, re.MULTILINE), command
        assert (ROOT / command.strip()).is_file()


# -- the site


def test_every_page_of_docs_is_in_the_sites_list_and_every_page_of_the_list_is_there() -> None:
    listed = set(re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    there = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    assert listed == there | set(AT_THE_ROOT.values())


@pytest.mark.parametrize(
    ("page", "link", "on_the_site"),
    [
        ("index.md", "[a](docs/class.md#setting-it-up)", "[a](class.md#setting-it-up)"),
        ("index.md", "![a](docs/pictures/board.png)", "![a](pictures/board.png)"),
        ("index.md", "[the settings](systemd/mirror.toml)", "the settings"),
        ("class.md", "[a](../ARCHITECTURE.md#threads)", "[a](architecture.md#threads)"),
        (
            "research/feet.md",
            "[a](../decisions.md) [b](../../README.md)",
            "[a](../decisions.md) [b](../index.md)",
        ),
        ("class.md", "[a](https://example.org/x.md)", "[a](https://example.org/x.md)"),
    ],
)
def test_a_link_leads_to_the_same_page_on_the_site(page: str, link: str, on_the_site: str) -> None:
    assert followed(link, page) == on_the_site


# -- decisions

LONGEST_ROW = 400
"""Signs. What needs more is an argument, and has a place in docs/research."""


def decisions() -> dict[str, list[list[str]]]:
    """The rows of docs/decisions.md by their room, without heads."""
    found: dict[str, list[list[str]]] = {}
    for part in (ROOT / "docs" / "decisions.md").read_text("utf-8").split("\n## ")[1:]:
        lines = [line for line in part.splitlines() if line.startswith("|")]
        found[part.splitlines()[0].lower()] = [line.strip("|").split(" |") for line in lines[2:]]
    return found


def test_decisions_have_a_table_for_each_room_and_no_other() -> None:
    rooms = {path.name for path in (ROOT / "mirror").iterdir() if path.is_dir()}
    assert set(decisions()) - {"house"} <= rooms
    assert all(decisions().values())


@pytest.mark.parametrize("room", decisions())
def test_a_decision_is_one_short_row_with_a_value_or_a_reason(room: str) -> None:
    for decision, *rest in decisions()[room]:
        assert len(rest) == 2, decision
        assert any(cell.strip() for cell in rest), decision
        assert len(" |".join([decision, *rest])) <= LONGEST_ROW, (
            f"{decision}: docs/research has room for more"
        )


# -- the tour and the contracts

PLACE = re.compile(r"`((?:mirror|scripts|systemd|tests|docs)/[\w/.]+)(?:::\w+)?`")


def test_the_tour_names_files_and_tests_that_are_there() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    gone = [place for place in PLACE.findall(text) if not (ROOT / place).exists()]
    file = ""
    for file_or_none, name in re.findall(r"`(tests/[\w/]+\.py)?::(\w+)`", text):
        file = file_or_none or file
        if not re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE):
            gone.append(f"{file}::{name}")
    assert not gone


def test_every_metric_is_in_the_contracts() -> None:
    rows = re.findall(
        r'MetricFamily\(\s*"(\w+)", "(counter|gauge)"',
        (ROOT / "mirror/service/metrics.py").read_text("utf-8"),
    )
    page = (ROOT / "docs" / "contracts.md").read_text("utf-8")
    assert len(rows) > 10
    for name, kind in rows:
        assert f"_{name}{'_total' if kind == 'counter' else ''}" in page, name


def test_the_changelog_has_a_section_for_this_version() -> None:
    dated = f"## [{__version__}] - {BUILT}"
    assert dated in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
