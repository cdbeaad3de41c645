#!/usr/bin/env python3
"""Writes what a mirror is made of, for whoever has to know: `scripts/sbom.py FILE` as CycloneDX 1.5 JSON.

Packages and digests are those of scripts/locked.txt, the system's are named without a version; licences stand
here once, and NOTICE repeats them (`scripts/sbom.py --licences`).
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK_LINE = re.compile(r"^([a-z0-9-]+)==(\S+)")
DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
LICENCES = {
    "ai-edge-litert": "Apache-2.0",
    "annotated-doc": "MIT",
    "annotated-types": "MIT",
    "anyio": "MIT",
    "av": "BSD-3-Clause",
    "backports-strenum": "MIT",
    "click": "BSD-3-Clause",
    "flatbuffers": "Apache-2.0",
    "h11": "MIT",
    "hatchling": "MIT",
    "idna": "BSD-3-Clause",
    "lgpio": "Unlicense",
    "markdown-it-py": "MIT",
    "mdurl": "MIT",
    "ml-dtypes": "Apache-2.0",
    "opencv-python-headless": "Apache-2.0",
    "packaging": "Apache-2.0 OR BSD-2-Clause",
    "paho-mqtt": "EPL-2.0 OR BSD-3-Clause",
    "pathspec": "MPL-2.0",
    "pluggy": "MIT",
    "prometheus-client": "Apache-2.0 AND BSD-2-Clause",
    "protobuf": "BSD-3-Clause",
    "pydantic": "MIT",
    "pydantic-core": "MIT",
    "pydantic-settings": "MIT",
    "pygments": "BSD-2-Clause",
    "python-dotenv": "BSD-3-Clause",
    "rich": "MIT",
    "segno": "BSD-3-Clause",
    "shellingham": "ISC",
    "starlette": "BSD-3-Clause",
    "systemd-watchdog": "MIT",
    "tomlkit": "MIT",
    "tqdm": "MPL-2.0 AND MIT",
    "trove-classifiers": "Apache-2.0",
    "typer": "MIT",
    "typing-extensions": "PSF-2.0",
    "typing-inspection": "MIT",
    "uvicorn": "BSD-3-Clause",
}
"""As each package says itself."""
OF_THE_SYSTEM = {
    "numpy": "BSD-3-Clause",
    "pygame": "LGPL-2.1-or-later",
    "gpiozero": "BSD-3-Clause",
    "colorzero": "BSD-3-Clause",
    "picamera2": "BSD-2-Clause",
    "libcamera": "LGPL-2.1-or-later",
}
"""Debian's or Raspberry Pi OS's, in whatever version the system has."""
INSIDE = {"av": ("ffmpeg", "LGPL-3.0-or-later"), "opencv-python-headless": ("ffmpeg", "LGPL-2.1-or-later")}
"""Libraries that a package's wheels bring along."""


def locked() -> list[tuple[str, str, list[str]]]:
    """(name, version, digests) of every line of the lock."""
    lines = (ROOT / "scripts" / "locked.txt").read_text("utf-8").splitlines()
    found = [(LOCK_LINE.match(line), line) for line in lines if not line.startswith("#")]
    return [(match[1], match[2], DIGEST.findall(line)) for match, line in found if match]


def component(name: str, version: str, digests: list[str]) -> dict[str, Any]:
    """One package of the lock, with what is inside of it."""
    url = f"pkg:pypi/{name}@{version}"
    told: dict[str, Any] = {
        "type": "library",
        "bom-ref": url,
        "name": name,
        "version": version,
        "purl": url,
        "licenses": [{"expression": LICENCES[name]}],
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in digests],
    }
    if name in INSIDE:
        inside, licence = INSIDE[name]
        part = {"type": "library", "name": inside, "bom-ref": f"{url}#{inside}"}
        told["components"] = [part | {"licenses": [{"expression": licence}]}]
    return told


def document() -> dict[str, Any]:
    """All of it. The same sources give the same document."""
    number = re.search(r'__version__ = "(.+)"', (ROOT / "mirror" / "__init__.py").read_text("utf-8"))
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    of_the_system = [
        {"type": "library", "bom-ref": f"system:{name}", "name": name, "licenses": [{"expression": licence}]}
        for name, licence in OF_THE_SYSTEM.items()
    ]
    whole = {
        "type": "application",
        "bom-ref": told["name"],
        "name": told["name"],
        "version": number[1] if number else "",
        "licenses": [{"expression": "Apache-2.0"}],
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": whole},
        "components": [*(component(*one) for one in locked()), *of_the_system],
    }


def licences() -> str:
    """The part of NOTICE that is about packages."""
    names = sorted({name for name, _, _ in locked()})
    of_the_system = ", ".join(f"{name} ({licence})" for name, licence in OF_THE_SYSTEM.items())
    return "\n".join(
        [
            "Packages that the installer fetches (scripts/locked.txt), none of them part of this product:",
            *(f"    {name}: {LICENCES[name]}" for name in names),
            f"The system's own: {of_the_system}.",
        ]
    )


def main() -> None:
    if sys.argv[1:] == ["--licences"]:
        print(licences())
        return
    if len(sys.argv) != 2:
        sys.exit("usage: scripts/sbom.py FILE, or --licences")
    Path(sys.argv[1]).write_text(json.dumps(document(), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
