"""A hook of mkdocs: the pages at the root of the repository join those of docs/, and links follow them.

A link to a file that is no page (a setting, a script) becomes its name, as the site has no such file. Knows
where pages lie and nothing of what they say.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
AT_THE_ROOT = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def site_place(path: str) -> str | None:
    """Where a file of the repository lies in the site; None for one that is not there."""
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    return AT_THE_ROOT.get(path)


def in_repository(page: str) -> str:
    """Where a page of the site lies in the repository."""
    return next((path for path, name in AT_THE_ROOT.items() if name == page), f"docs/{page}")


def followed(text: str, page: str) -> str:
    """A page's text with its links as the site needs them. page: its place in the site."""
    home, here = posixpath.dirname(in_repository(page)), posixpath.dirname(page)

    def link(match: re.Match[str]) -> str:
        picture, said, name, anchor = match.groups()
        if "://" in name or name.startswith("mailto:"):
            return match.group()
        place = site_place(posixpath.normpath(posixpath.join(home, name)))
        if place is None:
            return said
        return f"{picture}[{said}]({posixpath.relpath(place, here or '.')}{anchor or ''})"

    return LINK.sub(link, text)


def on_files(files: Any, config: Any) -> Any:
    """mkdocs asks: which files make up the site."""
    from mkdocs.structure.files import File

    for path, name in AT_THE_ROOT.items():
        files.append(File.generated(config, name, content=(ROOT / path).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """mkdocs asks: a page's text."""
    return followed(markdown, page.file.src_uri)
