"""The rendering rig lives outside the package: make it importable, and skip drawing where there is no EGL."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@pytest.fixture(scope="session")
def graphics() -> None:
    """A working EGL, which drawing needs."""
    moderngl = pytest.importorskip("moderngl", reason="drawing needs the `synth` extra (moderngl)")
    try:
        moderngl.create_standalone_context(backend="egl").release()
    except Exception as fault:  # moderngl raises plain Exception and OSError
        pytest.skip(f"drawing needs EGL: {fault}")
