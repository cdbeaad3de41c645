"""A trained head's weights without PyTorch.

`python -m scripts.research.foot_student.weights head.pt head.npz`
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("head", type=Path)
    parser.add_argument("out", type=Path)
    chosen = parser.parse_args()
    kept = torch.load(chosen.head, weights_only=True)
    np.savez(chosen.out, kind=kept["kind"], **{name: value.numpy() for name, value in kept["state"].items()})


if __name__ == "__main__":
    main()
