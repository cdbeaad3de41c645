"""Stand-ins for Picamera2 as a package on disk: with the calls that a version of it had, or broken."""

from __future__ import annotations

from pathlib import Path

WAIT = {"0.3.13": "self, job", "0.3.18": "self, job, timeout=None", "0.3.20": "self, job, timeout=None"}
SIMPLEJPEG = "numpy.dtype size changed, may indicate binary incompatibility"


def of_version(folder: Path, version: str) -> Path:
    """The calls that tell versions apart, and one camera on the ribbon."""
    flush = "    def cancel_all_and_flush(self): ...\n" if version == "0.3.20" else ""
    (folder / f"picamera2-{version}.dist-info").mkdir(parents=True)
    metadata = f"Metadata-Version: 2.1\nName: picamera2\nVersion: {version}\n"
    (folder / f"picamera2-{version}.dist-info/METADATA").write_text(metadata)
    return _package(
        folder,
        "class Picamera2:\n"
        f"    def wait({WAIT[version]}): ...\n{flush}"
        "    @staticmethod\n"
        "    def global_camera_info(): return [{'Model': 'imx708', 'Id': '/base/imx708@1a', 'Num': 0}]\n",
    )


def that_raises(folder: Path, error: str) -> Path:
    """One whose import fails with this; error: a Python expression."""
    return _package(folder, f"raise {error}\n")


def that_fails_later(folder: Path) -> Path:
    """One that is new enough and raises what nobody expects: as good as a fault of ours."""
    of_version(folder, "0.3.20")
    package = folder / "picamera2" / "__init__.py"
    text = package.read_text("utf-8").replace("return [{'Model'", "raise KeyError('odd'); [{'Model'")
    package.write_text(text)
    return folder


def _package(folder: Path, text: str) -> Path:
    (folder / "picamera2").mkdir(parents=True)
    (folder / "picamera2" / "__init__.py").write_text(text)
    return folder
