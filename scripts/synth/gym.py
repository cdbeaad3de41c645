"""The rooms people train in, and a barbell: furniture as triangles, nothing that moves by itself."""

from __future__ import annotations

from .rotation import UP, Array
from .shapes import Mesh, box, cylinder, quad
from .wardrobe import Material

BACKGROUNDS = ("gym", "brick", "studio", "garage")
WALL_Z = -2.2
SHAFT_M, PLATE_AT_M = 1.9, 0.72


def room(background: str) -> Mesh:
    """Floor, wall and what stands along it."""
    floor = quad([-7, 0, 4.5], [14, 0, 0], [0, 0, WALL_Z - 4.5], Material.FLOOR)
    wall = quad([-7, 0, WALL_Z], [14, 0, 0], [0, 3.6, 0], Material.WALL)
    furniture = {
        "gym": _rack_and_shelf,
        "brick": _bench_and_bars,
        "studio": _barre,
        "garage": _rack_and_shelf,
    }
    return Mesh.joined([floor, wall, *furniture[background]()])


def _rack_and_shelf() -> list[Mesh]:
    parts = [box((x, 1.15, -1.7), (0.07, 2.3, 0.07), Material.IRON) for x in (-1.05, 1.15)]
    parts.append(box((0.05, 2.28, -1.7), (2.27, 0.07, 0.07), Material.IRON))
    for i, paint in enumerate((Material.IRON, Material.PAINTED, Material.IRON)):
        parts.append(cylinder((-1.05, 0.35 + 0.3 * i, -1.5), (0, 0, 1), 0.13 + 0.02 * i, 0.05, paint))
    for shelf in (0.45, 0.85):
        parts.append(box((2.1, shelf, -1.72), (1.3, 0.05, 0.4), Material.IRON))
        for i in range(5):
            parts += _dumbbell(1.6 + 0.25 * i, shelf + 0.10)
    parts.append(box((-2.0, 1.55, -2.15), (1.2, 0.8, 0.05), Material.POSTER))
    return parts


def _dumbbell(x: float, y: float) -> list[Mesh]:
    ends = [cylinder((x, y, -1.6 + dz), (0, 0, 1), 0.065, 0.07, Material.IRON, 12) for dz in (-0.09, 0.09)]
    return [*ends, cylinder((x, y, -1.6), (0, 0, 1), 0.018, 0.2, Material.STEEL, 8)]


def _bench_and_bars() -> list[Mesh]:
    parts = [box((-1.5, 0.42, -1.5), (1.3, 0.09, 0.32), Material.PAINTED)]
    parts += [box((x, 0.19, -1.5), (0.07, 0.38, 0.28), Material.IRON) for x in (-1.95, -1.05)]
    parts += [cylinder((1.4 + 0.12 * i, 0.95, -1.95), UP, 0.014, 1.9, Material.STEEL, 10) for i in range(4)]
    parts.append(box((1.6, 0.05, -1.95), (0.7, 0.1, 0.3), Material.IRON))
    parts.append(cylinder((0.75, 0.30, -1.9), (0, 0, 1), 0.30, 0.16, Material.PAINTED, 28))
    return parts


def _barre() -> list[Mesh]:
    parts = [cylinder((0.0, y, -2.0), (1, 0, 0), 0.022, 9.0, Material.STEEL, 12) for y in (0.75, 1.05)]
    parts += [box((x, 0.53, -2.05), (0.05, 1.06, 0.05), Material.STEEL) for x in (-2.4, -0.9, 0.9, 2.4)]
    parts.append(box((-1.9, 0.09, -1.6), (0.9, 0.18, 0.4), Material.POSTER))
    return parts


def barbell(middle: Array, right: Array, plate_m: float = 0.225) -> Mesh:
    """A bar through `middle` along the unit vector `right`, one plate of that radius at each end."""
    shaft = cylinder(middle, right, 0.014, SHAFT_M, Material.STEEL, 14)
    plates = []
    for way in (-1.0, 1.0):
        at = middle + way * PLATE_AT_M * right
        plates.append(cylinder(at, right, plate_m, 0.045, Material.IRON, 30))
        plates.append(cylinder(at + way * 0.04 * right, right, 0.16, 0.03, Material.PAINTED, 24))
    return Mesh.joined([shaft, *plates])
