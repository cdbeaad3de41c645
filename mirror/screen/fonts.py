"""Which font the letters come from: the first one found that has every character of a language's words.

Latin letters come with pygame; Chinese ones come from a font of the system, asked for through fontconfig.
Knows files and characters, not sizes.
"""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mirror.coach.words import DRILLS, ENGLISH, FOLDER, languages

FALLBACK = ENGLISH
"""Spoken when a language has no words or no letters; pygame brings every letter of it."""
ASKED_S = 5.0
"""The first question to fontconfig may build its cache."""
PATTERNS = {"zh": ("Noto Sans CJK SC:bold", "sans-serif:bold:lang=zh-cn")}
"""What fontconfig is asked for, for languages that pygame's own font has no letters of."""
DEBIAN_FONTS = {"zh": "fonts-noto-cjk"}
"""Debian packages that bring them."""
KNOWN_FILES = {"zh": (("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc", 2),)}
"""Where Debian puts them, for a system without fontconfig: file and number of the face in it."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face: file, None for pygame's own bold sans-serif, and its number in a collection."""

    file: Path | None = None
    number: int = 0


OWN = Face()


def spoken(language: str) -> tuple[str, str]:
    """The language whose words can be shown here, and why it is not the one asked for, or "".

    An unknown language and one whose letters no font has fall back to English.
    """
    if language not in languages():
        language = language.partition("_")[0]  # de_AT
    if language not in languages():
        there = ", ".join(languages())
        return FALLBACK, f"[coach] language: no words for {language!r} (there are {there}); English is shown"
    if face_for(language) is None:
        package = DEBIAN_FONTS.get(language, "a font that covers it")
        return FALLBACK, (
            f"[coach] language: no font here has the letters of {language!r}; English is shown. "
            f"Install one: apt install {package}"
        )
    return language, ""


@lru_cache(maxsize=8)
def face_for(language: str) -> Face | None:
    """The face that has every character of this language's words, or None."""
    text = _characters(language)
    return next((face for face in _candidates(language) if covers(face, text)), None)


def _characters(language: str) -> str:
    files = [FOLDER / f"{language}.toml", DRILLS / f"{language}.toml"]
    text = "".join(file.read_text("utf-8") for file in files if file.is_file())
    return "".join(sorted({c for c in text if not c.isspace()} | set("0123456789°?")))


def _candidates(language: str) -> list[Face]:
    """Faces to try, the likeliest first."""
    if language not in PATTERNS:
        return [OWN, *_asked(f"sans-serif:bold:lang={language}")]
    asked = [face for pattern in PATTERNS[language] for face in _asked(pattern)]
    known = [Face(Path(file), number) for file, number in KNOWN_FILES.get(language, ())]
    return [*asked, *known]


def _asked(pattern: str) -> list[Face]:
    """What fontconfig offers for this pattern; nothing where it is not installed."""
    asker = shutil.which("fc-match")
    if asker is None:
        return []
    try:
        answer = subprocess.run(
            [asker, "--format=%{file}\t%{index}", pattern],
            capture_output=True,
            text=True,
            timeout=ASKED_S,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    file, _, number = answer.partition("\t")
    # a variable font numbers its instances in the upper half; the face is in the lower
    face = int(number or 0) & 0xFFFF
    return [Face(Path(file), face)] if file and Path(file).is_file() else []


def open_font(face: Face, size: float) -> Any:
    """The face at this size, as pygame's freetype has it."""
    import pygame.freetype

    pygame.freetype.init()
    if face.file is None:
        return pygame.freetype.Font(None, size)
    return pygame.freetype.Font(str(face.file), size, font_index=face.number)


def covers(face: Face, text: str) -> bool:
    """Whether the face has a letter for every character; False for a file that cannot be read."""
    import pygame

    try:
        font = open_font(face, 20)
    except (pygame.error, OSError, RuntimeError):
        return False
    return all(metric is not None for metric in font.get_metrics(text))
