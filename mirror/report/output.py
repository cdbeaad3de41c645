"""Where results go: names for the files of several inputs.

Knows files' names, not what is in them; how they are written is `mirror/files/writing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mirror.faults import BadInput
from mirror.files.writing import is_folder


def targets(output: Path, inputs: Sequence[Path], suffix: str) -> list[Path]:
    """One file per input: `output` itself for one input, else files of the inputs' stems in that folder.

    Raises BadInput when two inputs would write the same file, or a file stands where a folder is needed.
    """
    if len(inputs) == 1:
        if is_folder(output):
            return [output / f"{inputs[0].stem}{suffix}"]
        return [output]
    if is_folder(output) is False:
        raise BadInput(f"{output} is a file; with several inputs it must name a folder.")
    names = [output / f"{path.stem}{suffix}" for path in inputs]
    if len(set(names)) < len(names):
        raise BadInput(f"two inputs have the same name and would both be written to {output}.")
    return names
