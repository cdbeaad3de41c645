"""Trains a small head that says which way a foot points, from MoveNet's features or from the foot's pixels.

`python -m scripts.research.foot_student.train features FOLDER out.pt` or `... pixels STILLS out.pt`, in an
environment with
PyTorch (CPU is enough). Bodies whose number is divisible by five are never trained on; they are the report.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from rich.progress import track
from torch import nn

from scripts.research.foot_student.data import Feet, feature_feet, pixel_feet

BATCH = 128
JUDGED_BODIES = 5
POINT_WEIGHT = 0.5
"""Weight of ankle, heel and toe places (in standing heights x 10) beside the direction's log-likelihood."""


class Block(nn.Sequential):
    """3x3 convolution by channels, then across them."""

    def __init__(self, channels: int, out: int, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False),
            nn.BatchNorm2d(channels),
            nn.Conv2d(channels, out, 1, bias=False),
            nn.BatchNorm2d(out),
            nn.ReLU6(),
        )


class FeatureHead(nn.Module):
    """(N, 312, 12, 12) features to (N, 8): direction, its log sd, three places."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.scale = nn.BatchNorm2d(channels, affine=False)
        self.body = nn.Sequential(
            nn.Dropout2d(0.1), nn.Conv2d(channels, 48, 1), nn.ReLU6(),
            Block(48, 64), Block(64, 64, 2), Block(64, 96), nn.Flatten(), nn.Dropout(0.2),
            nn.Linear(96 * 36, 64), nn.ReLU6(), nn.Linear(64, 8),
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(self.scale(x))


class PixelHead(nn.Module):
    """(N, 3, 64, 64) pixels, 0..1, to (N, 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU6(),
            Block(16, 32), Block(32, 48, 2), Block(48, 64), Block(64, 96, 2), Block(96, 96),
            nn.Flatten(), nn.Dropout(0.2), nn.Linear(96 * 64, 64), nn.ReLU6(), nn.Linear(64, 8),
        )  # fmt: skip

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.body(x * 4 - 2)


def loss(found: torch.Tensor, feet: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """Laplace likelihood of the direction, and the places."""
    azimuth, points = feet
    log_sd = found[:, 1].clamp(-4, 1)
    direction = ((found[:, 0] - azimuth).abs() * torch.exp(-log_sd) + log_sd).mean()
    return direction + POINT_WEIGHT * (found[:, 2:] - 10 * points).abs().mean()


def told(net: nn.Module, feet: Feet) -> np.ndarray:
    """(N, 8) in batches."""
    net.eval()
    with torch.no_grad():
        return np.concatenate(
            [
                net(feet.batch(np.arange(i, min(i + 256, len(feet))), None)[0]).numpy()
                for i in range(0, len(feet), 256)
            ]
        )


def report(name: str, found: np.ndarray, feet: Feet) -> str:
    """Azimuth errors of every look, of somebody standing, degrees."""
    stands = feet.bend == 0
    off = np.degrees(found[stands, 0] - feet.azimuth[stands])
    return (
        f"{name}: median {np.median(np.abs(off)):.2f}, p95 {np.percentile(np.abs(off), 95):.2f}, "
        f"mean {off.mean():+.2f}, n {len(off)}; sd of the truth {np.degrees(feet.azimuth[stands].std()):.1f}"
    )


def trained(net: nn.Module, feet: Feet, judge: Feet, epochs: int, rate: float) -> nn.Module:
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    steps = epochs * (len(feet) // BATCH)
    work = torch.optim.AdamW(net.parameters(), rate, weight_decay=1e-3)
    pace = torch.optim.lr_scheduler.OneCycleLR(work, rate, total_steps=steps + 1)
    for epoch in track(range(epochs), "epochs"):
        net.train()
        order = rng.permutation(len(feet))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            seen, *truth = feet.batch(order[start : start + BATCH], rng)
            work.zero_grad()
            loss(net(seen), (truth[0], truth[1])).backward()
            work.step()
            pace.step()
        if epoch % 5 == 4 or epoch == epochs - 1:
            print(report(f"epoch {epoch + 1}", told(net, judge), judge), flush=True)
    return net


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("features", "pixels"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--rate", type=float, default=2e-3)
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    paths = sorted(chosen.folder.glob("[0-9][0-9][0-9][0-9].npz"))
    read = feature_feet if chosen.kind == "features" else pixel_feet
    feet = read(paths, lambda body: body % JUDGED_BODIES != 0)
    judge = read(paths, lambda body: body % JUDGED_BODIES == 0)
    net = FeatureHead(feet.channels) if chosen.kind == "features" else PixelHead()
    size = sum(p.numel() for p in net.parameters())
    print(f"{len(feet)} feet to learn from, {len(judge)} to judge by; {size} weights")
    trained(net, feet, judge, chosen.epochs, chosen.rate)
    torch.save({"kind": chosen.kind, "channels": feet.channels, "state": net.state_dict()}, chosen.out)
    print(report("learnt from", told(net, feet), feet))


if __name__ == "__main__":
    main()
