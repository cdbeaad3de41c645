"""Hatch's hook for the readme that a package index shows: README.md with links and pictures led to the
sources, because a page on an index has no files beside it. hatchling asks it when the program is built.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

BESIDE = re.compile(r"(\]\()(?!https?:|#|mailto:)([^)\s]+\))")
"""A link to a file of this repository."""


class ReadmeForWheel(MetadataHookInterface):
    """Adds the readme to the metadata; [project.urls] Source is where its files are."""

    def update(self, metadata: dict[str, Any]) -> None:
        source = metadata["urls"]["Source"].rstrip("/")
        text = (Path(self.root) / "README.md").read_text("utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": BESIDE.sub(rf"\g<1>{source}/\g<2>", text),
        }
