#!/usr/bin/env python3
"""Experiments: how well is a knee judged against the track it takes itself, on people measured with markers?

    python scripts/research/motion_reps.py reps.npy     # once, minutes
    python scripts/research/own_track.py reps.npy

What a repetition shows is the mean deviation of its deep half from the toes seen. What a leg shows when all
is well, its zero, is unknown: a body's constant and the error of the toes together. Bayes over that zero,
given all repetitions on these feet. docs/research/own_track.md says what came of it. No mirror runs this.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
Rows = npt.NDArray[np.void]

ZEROS: F64 = np.arange(-30.0, 45.0, 0.5)
CAVES: F64 = np.arange(3.0, 40.0, 1.0)
OTHERS = ("p2", "p3", "p4", "p5")


@dataclass(frozen=True)
class Prior:
    """Degrees. mean: of a leg's zero. body: sd that both legs of a person share. own: sd of each leg.
    toes: sd that wrong toe tips add to each. rep_sd: of clean repetitions around the zero. cave,
    out_size: usual sizes of caves and of knees pushed out, falling off exponentially from 3. out: share
    of the latter. clean_shares: how many repetitions of a set are clean, and how readily that is
    believed. alike: how readily all caves of a set are taken for equal ones (sd alike_sd), but for a
    share `odd` that resembles nothing.
    """

    mean: float = 2.5
    body: float = 4.5
    own: float = 1.4
    toes: float = 3.2
    rep_sd: float = 1.8
    cave: float = 8.0
    out_size: float = 4.0
    out: float = 0.1
    clean_shares: tuple[tuple[float, float], ...] = ((0.95, 0.35), (0.7, 0.2), (0.4, 0.2), (0.1, 0.25))
    alike: float = 0.2
    alike_sd: float = 2.5
    odd: float = 0.1

    @property
    def about(self) -> About:
        """The zeros of [left, right] of somebody nobody has seen yet."""
        both, each = self.body**2, self.own**2 + self.toes**2
        return About(np.full(2, self.mean), np.full((2, 2), both) + np.eye(2) * each)


@dataclass(frozen=True)
class About:
    """What is believed of both zeros: mean (2,) and covariance (2, 2), degrees."""

    mean: F64
    cov: F64


def likelihood(shown: F64, prior: Prior) -> F64:
    """(Z,) log likelihood of every zero, given a leg's deep means (R,); zeros where there are none."""
    if not len(shown):
        return np.zeros(len(ZEROS))
    apart = shown[:, None] - ZEROS
    clean, other = _normal(apart, prior.rep_sd), _unlike(apart, prior)
    sizes = _sizes(prior.cave)
    equal = _normal(apart[..., None] - CAVES, prior.alike_sd)
    each, alike = [], []
    for share, believed in prior.clean_shares:
        each.append(np.log(share * clean + (1 - share) * other + 1e-6).sum(0) + np.log(believed))
        mixed = (1 - prior.odd) * (share * clean[..., None] + (1 - share) * equal) + prior.odd * other[
            ..., None
        ]
        of_size = np.log(mixed + 1e-6).sum(0) + np.log(sizes)
        alike.append(np.logaddexp.reduce(of_size, axis=-1) + np.log(believed))
    return np.asarray(
        np.logaddexp(
            np.logaddexp.reduce(each) + np.log(1 - prior.alike),
            np.logaddexp.reduce(alike) + np.log(max(prior.alike, 1e-12)),
        )
    )


def _unlike(apart: F64, prior: Prior) -> F64:
    """(R, Z) density of repetitions off the zero, each by an amount of its own."""
    wide = 1.5 * prior.rep_sd
    inside = (_normal(apart[..., None] - CAVES, wide) * _sizes(prior.cave)).sum(-1)
    outside = (_normal(apart[..., None] + CAVES, wide) * _sizes(prior.out_size)).sum(-1)
    return np.asarray((1 - prior.out) * inside + prior.out * outside)


def _sizes(usual: float) -> F64:
    sizes = np.exp(-CAVES / usual)
    return np.asarray(sizes / sizes.sum())


def belief(legs: tuple[F64, F64], prior: Prior, about: About) -> tuple[F64, F64]:
    """(Z,) each: what is left to believe of the zeros of [left, right], given both legs' deep means."""
    left, right = (likelihood(shown, prior) for shown in legs)
    apart = np.stack(np.meshgrid(ZEROS - about.mean[0], ZEROS - about.mean[1], indexing="ij"), -1)
    log = left[:, None] + right - np.einsum("...i,ij,...j", apart, np.linalg.inv(about.cov), apart) / 2
    share = np.exp(log - log.max())
    share /= share.sum()
    return share.sum(1), share.sum(0)


def _normal(x: F64, sd: float) -> F64:
    return np.asarray(np.exp(-0.5 * (x / sd) ** 2) / (sd * 2.5066))


def over(shown: float, share: F64, x: float) -> float:
    """How likely the knee was more than x inside its own track."""
    return float(share[shown - ZEROS > x].sum())


# -- the rows ----------------------------------------------------------------------------------------------


def deviation(rows: Rows, feet: F64) -> F64:
    """(n, 2) degrees of the deep half's [descent, ascent] from feet that point there."""
    a = np.radians(feet)[:, None]
    return np.asarray(np.degrees(np.arcsin(np.clip(rows["F"] * np.sin(a) - rows["X"] * np.cos(a), -1, 1))))


def sets(rows: Rows) -> Iterator[npt.NDArray[np.intp]]:
    """Indices of every leg's repetitions on the same feet, in order."""
    names = ("person", "label", "variant", "yaw", "seed", "leg")
    key = np.array(["|".join(map(str, one)) for one in rows[list(names)]])
    for name in np.unique(key):
        own = np.flatnonzero(key == name)
        yield own[np.argsort(rows["n"][own])]


def worse(rows: Rows, of: F64) -> tuple[Rows, F64]:
    """One row a repetition: the larger of both legs."""
    names = ("person", "label", "variant", "yaw", "seed", "n")
    key = np.array(["|".join(map(str, one)) for one in rows[list(names)]])
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    most = np.full(len(first), -np.inf)
    np.maximum.at(most, which, np.where(np.isfinite(of), of, -np.inf))
    return rows[first], most


def auc(clean: F64, wrong: F64) -> float:
    return float(((wrong[:, None] > clean).mean() + (wrong[:, None] >= clean).mean()) / 2)


def people(rows: Rows) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Indices of [left, right] of every set, in order."""
    names = ("person", "label", "variant", "yaw", "seed")
    key = np.array(["|".join(map(str, one)) for one in rows[list(names)]])
    for name in np.unique(key):
        own = np.flatnonzero(key == name)
        own = own[np.argsort(rows["n"][own])]
        yield own[rows["leg"][own] == 0], own[rows["leg"][own] == 1]


@dataclass
class Judged:
    """Per row: mean excess over the zero, P(more than each x inside), the zero's mean. keep: is judged."""

    excess: F64
    beyond: F64
    zero: F64
    keep: npt.NDArray[np.bool_]


Knows = Callable[[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]], About]
XS = (3.0, 3.5, 4.0, 5.0, 6.0, 7.0)


def judged(
    rows: Rows, shown: F64, prior: Prior, live: bool, knows: Knows | None = None, first: int = 0
) -> Judged:
    """live: by what is known when the repetition ends; else by the whole set. knows: what is believed before;
    first: so many repetitions are not judged (the reference)."""
    n = len(rows)
    out = Judged(np.full(n, -np.inf), np.zeros((n, len(XS))), np.zeros(n), np.zeros(n, bool))
    for legs in people(rows):
        about = knows(legs) if knows else prior.about
        late = (legs[0][first:], legs[1][first:])
        numbers = sorted(set(rows["n"][late[0]]) | set(rows["n"][late[1]]))
        share = None
        for number in numbers:
            if live or share is None:
                known = [leg[rows["n"][leg] <= number] if live else leg for leg in late]
                share = belief((shown[known[0]], shown[known[1]]), prior, about)
            for leg, mine in zip(late, share, strict=True):
                for i in leg[rows["n"][leg] == number]:
                    out.keep[i] = True
                    out.zero[i] = (mine * ZEROS).sum()
                    out.excess[i] = shown[i] - out.zero[i]
                    out.beyond[i] = [over(shown[i], mine, x) for x in XS]
    return out


def shares(rows: Rows, beyond: F64, level: float) -> str:
    """Correct of p2 to p5, correct of p1, wrong: per cent of repetitions with a leg over the level."""
    seen, most = worse(rows, beyond)
    correct, p1 = seen["label"] == "correct", seen["person"] == "p1"
    return " | ".join(
        f"{100 * (most[who] > level).mean():.1f}" for who in (correct & ~p1, correct & p1, ~correct)
    )


def aucs(rows: Rows, score: F64) -> str:
    seen, most = worse(rows, score)
    correct = seen["label"] == "correct"
    others = seen["person"] != "p1"
    return " | ".join(
        f"{auc(most[correct & who], most[~correct & who]):.3f}" for who in (others | True, others)
    )


# -- the experiments ---------------------------------------------------------------------------------------


def statistics(rows: Rows) -> None:
    print("\n## Which number of a repetition (from toes as seen)\n")
    print("| joints | number | AUC all | AUC p2-p5 | passes 95 % of correct p2-p5 | finds of wrong |")
    print("|---|---|---|---|---|---|")
    for joints, d in (("exact", rows[rows["seed"] < 0]), ("noisy", rows[rows["seed"] >= 0])):
        halves, true = deviation(d, d["toes"]), deviation(d, d["foot"])
        start = _start(d)
        numbers = {
            "peak (smoothed)": d["seen_peak"],
            "deep half": halves.mean(1),
            "deep descent": halves[:, 0],
            "deep ascent": halves[:, 1],
            "larger of both": halves.max(1),
            "ascent less descent": halves[:, 1] - halves[:, 0],
            "deep half less shallow descent": halves.mean(1) - start,
            "deep half, true feet": true.mean(1),
            "deep half, all true": d["deep"],
            "peak, all true": d["peak"],
        }
        for name, number in numbers.items():
            seen, most = worse(d, number)
            correct = (seen["label"] == "correct") & (seen["person"] != "p1")
            limit = np.percentile(most[correct], 95)
            found = 100 * (most[seen["label"] != "correct"] > limit).mean()
            print(f"| {joints} | {name} | {aucs(d, number)} | {limit:.1f} | {found:.0f} % |")


def _start(d: Rows) -> F64:
    a = np.radians(d["toes"])
    return np.asarray(
        np.degrees(np.arcsin(np.clip(d["start"][:, 1] * np.sin(a) - d["start"][:, 0] * np.cos(a), -1, 1)))
    )


def baselines(rows: Rows) -> None:
    print("\n## A leg's zero on correct sets: mean of the deep half, sd between recordings, repetitions\n")
    print("| leg | true | exact | noisy |")
    print("|---|---|---|---|")
    means = []
    for person in ("p1", *OTHERS):
        for leg in (0, 1):
            cells = []
            for d, feet in (
                (rows[rows["seed"] < 0], "true"),
                (rows[rows["seed"] < 0], "toes"),
                (rows[rows["seed"] >= 0], "toes"),
            ):
                own = d[(d["person"] == person) & (d["leg"] == leg) & (d["label"] == "correct")]
                shown = own["deep"] if feet == "true" else deviation(own, own["toes"]).mean(1)
                each = [shown[i] for i in sets(own)]
                middle = [x.mean() for x in each]
                cells.append(
                    f"{np.mean(middle):+.1f}, {np.std(middle):.1f}, {np.mean([x.std() for x in each]):.1f}"
                )
                means += [np.mean(middle)] if feet == "true" else []
            print(f"| {person} {'left' if leg == 0 else 'right'} | " + " | ".join(cells) + " |")
    print(
        f"\nTrue: mean {np.mean(means):.1f}, sd {np.std(means, ddof=1):.1f}; without p1 "
        f"{np.mean(means[2:]):.1f}, {np.std(means[2:], ddof=1):.1f}"
    )


def levels(rows: Rows, prior: Prior) -> None:
    print("\n## Own track without a reference: per cent of repetitions (worse leg) over the level\n")
    print("| variant | chain | P(more than | level | correct p2-p5 | correct p1 | wrong |")
    print("|---|---|---|---|---|---|---|")
    for variant in ("still", "raw"):
        d = rows[(rows["seed"] >= 0) & (rows["variant"] == variant)]
        shown = deviation(d, d["toes"]).mean(1)
        for live in (False, True):
            _table(
                d, judged(d, shown, prior, live), f"{variant} | {'live' if live else 'desk'}", (0.3, 0.5, 0.7)
            )


def _table(d: Rows, found: Judged, name: str, at: tuple[float, ...] = (0.5,)) -> None:
    keep = found.keep
    d = d[keep]
    print(f"| {name} | AUC of the excess (all, p2-p5) | | {aucs(d, found.excess[keep])} | |")
    for k in (2, 3):
        print(f"| {name} | AUC of P(> {XS[k]:g}) (all, p2-p5) | | {aucs(d, found.beyond[keep, k])} | |")
    for k, x in enumerate(XS):
        for level in at:
            print(f"| {name} | {x:g} | {level} | {shares(d, found.beyond[keep, k], level)} |")


def which_half(rows: Rows, prior: Prior) -> None:
    print("\n## The mean of the deep half, or the larger of its descent and ascent\n")
    print("| shown | P(more than | level | correct p2-p5 | correct p1 | wrong |\n|---|---|---|---|---|---|")
    d = rows[(rows["seed"] >= 0) & (rows["variant"] == "still")]
    halves = deviation(d, d["toes"])
    own = replace(prior, mean=3.3, rep_sd=2.0)
    for name, shown, known in (
        ("mean", halves.mean(1), prior),
        ("larger", halves.max(1), prior),
        ("larger, its own prior", halves.max(1), own),
    ):
        for live in (False, True):
            _table(d, judged(d, shown, known, live), f"{name}, {'live' if live else 'desk'}")


def by_number(rows: Rows, prior: Prior) -> None:
    print("\n## Live, by the repetition's place in the set: P(> 5) over 0.5, and P(> 3.5) over 0.5\n")
    d = rows[(rows["seed"] >= 0) & (rows["variant"] == "still")]
    found = judged(d, deviation(d, d["toes"]).mean(1), prior, live=True)
    print("| repetition | > 5: correct p2-p5 | p1 | wrong | > 3.5: correct p2-p5 | p1 | wrong |")
    print("|---|---|---|---|---|---|---|")
    for n in (1, 2, 3, 4, 6, 8, 10):
        own = d["n"] == n
        if own.any():
            off, near = (shares(d[own], found.beyond[own, k], 0.5) for k in (3, 1))
            print(f"| {n} | {off} | {near} |")


def left_out(rows: Rows, prior: Prior) -> None:
    print("\n## Limit and level chosen without the person (at most 3 % of the others' correct off track)\n")
    print("| chain | person | chosen | correct off track | wrong off track |\n|---|---|---|---|---|")
    d = rows[rows["seed"] >= 0]
    shown = deviation(d, d["toes"]).mean(1)
    for live in (False, True):
        found = judged(d, shown, prior, live)
        most = [worse(d, found.beyond[:, k])[1] for k in range(len(XS))]
        seen = worse(d, found.excess)[0]
        correct = seen["label"] == "correct"
        for person in OTHERS:
            rest = (seen["person"] != person) & (seen["person"] != "p1")
            best = max(
                ((most[k][rest & ~correct] > level).mean(), k, level)
                for k in range(len(XS))
                for level in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
                if (most[k][rest & correct] > level).mean() <= 0.03
            )
            own = seen["person"] == person
            past = most[best[1]] > best[2]
            print(
                f"| {'live' if live else 'desk'} | {person} | P(> {XS[best[1]]:g}) > {best[2]} "
                f"| {100 * past[own & correct].mean():.1f} | {100 * past[own & ~correct].mean():.1f} |"
            )


def no_feet(rows: Rows, prior: Prior) -> None:
    print("\n## Feet unknown: every foot taken for 19 degrees, which is wrong by 14 (sd)\n")
    print("| chain | P(more than | level | correct p2-p5 | correct p1 | wrong |\n|---|---|---|---|---|---|")
    d = rows[rows["seed"] >= 0]
    wide = replace(prior, toes=7.0)
    for live in (False, True):
        found = judged(d, deviation(d, np.full(len(d), 19.0)).mean(1), wide, live)
        _table(d, found, "live" if live else "desk")


def references(rows: Rows, prior: Prior) -> None:
    print("\n## With a reference\n")
    print("| set | P(more than | level | correct p2-p5 | correct p1 | wrong |\n|---|---|---|---|---|---|")
    d = rows[(rows["seed"] >= 0) & (rows["variant"] == "still")]
    shown = deviation(d, d["toes"]).mean(1)
    for sd in (1.8, 2.5):
        for live in (False, True):

            def itself(legs, sd: float = sd) -> About:
                return About(np.array([shown[leg[0]] for leg in legs]), np.eye(2) * sd**2)

            found = judged(d, shown, prior, live, itself, first=1)
            _table(d, found, f"same feet, sd {sd}, {'live' if live else 'desk'}")
    for live in (False, True):
        found = judged(d, shown, prior, live, lambda legs: _remembered(d, shown, prior, legs))
        _table(d, found, f"feet placed anew, {'live' if live else 'desk'}")
    _refusals(d, shown)


def _remembered(d: Rows, shown: F64, prior: Prior, legs) -> About:
    """What the same person's first correct repetition, with toes of another error, says of these feet."""
    seen = []
    for leg in legs:
        r = d[leg[0]]
        same = np.flatnonzero(
            (d["person"] == r["person"])
            & (d["label"] == "correct")
            & (d["yaw"] == r["yaw"])
            & (d["seed"] == (r["seed"] + 1) % 4)
            & (d["leg"] == r["leg"])
        )
        seen.append(shown[same[np.argmin(d["n"][same])]])
    body = np.full((2, 2), prior.body**2) + np.eye(2) * prior.own**2
    noise = np.eye(2) * (prior.toes**2 + prior.rep_sd**2)
    gain = body @ np.linalg.inv(body + noise)
    mean = prior.mean + gain @ (np.array(seen) - prior.mean)
    return About(mean, body - gain @ body + np.eye(2) * prior.toes**2)


def _refusals(d: Rows, shown: F64) -> None:
    print("\nDeep half of the first repetition, worse leg, from toes as seen: refused above\n")
    print("| limit | correct p2-p5 | p1 | wrong, truly over 10 | wrong, others |\n|---|---|---|---|---|")
    firsts = {(r["person"], r["label"]): 99 for r in d}
    for r in d:
        firsts[r["person"], r["label"]] = min(firsts[r["person"], r["label"]], r["n"])
    first = np.array([r["n"] == firsts[r["person"], r["label"]] for r in d])
    seen, most = worse(d[first], shown[first])
    true = worse(d[first], d["deep"][first])[1]
    correct, p1 = seen["label"] == "correct", seen["person"] == "p1"
    groups = (correct & ~p1, correct & p1, ~correct & (true > 10), ~correct & (true <= 10))
    for limit in range(8, 16):
        cells = [most[who] > limit for who in groups]
        print(f"| {limit} | " + " | ".join(f"{100 * c.mean():.0f} % of {len(c)}" for c in cells) + " |")


def far_inside(rows: Rows, prior: Prior) -> None:
    print("\n## Correct sets whose zero (desk, the larger one) lies beyond the limit: per cent of sets\n")
    print("| limit | p1 | p2 | p3 | p4 | p5 |\n|---|---|---|---|---|---|")
    d = rows[(rows["seed"] >= 0) & (rows["label"] == "correct")]
    found = judged(d, deviation(d, d["toes"]).mean(1), prior, live=False)
    each = [(d["person"][legs[0][0]], max(found.zero[leg[0]] for leg in legs)) for legs in people(d)]
    for limit in (8, 9, 10, 11, 12, 14):
        cells = [np.mean([zero > limit for who, zero in each if who == person]) for person in ("p1", *OTHERS)]
        print(f"| {limit} | " + " | ".join(f"{100 * c:.0f}" for c in cells) + " |")


def simulated(prior: Prior, people: int = 100) -> None:
    print(
        "\n## Simulated people: ten repetitions, zeros as above, joints of 1 px, caves of 9 to 15 degrees\n"
    )
    print("| caving | chain | clean: > 5, > 3.5 | caving: > 5, > 3.5 |\n|---|---|---|---|")
    rng = np.random.default_rng(1)
    both, one = np.ones((2, 1), bool), np.array([[True], [False]])
    n = np.arange(10)
    patterns: dict[str, Callable[[], npt.NDArray[np.bool_]]] = {
        "none": lambda: both & (n < 0),
        "both, a third, by chance": lambda: both & (rng.random(10) < 0.33),
        "both, half, by chance": lambda: both & (rng.random(10) < 0.5),
        "left, half, by chance": lambda: one & (rng.random(10) < 0.5),
        "both, the last three": lambda: both & (n > 6),
        "both, the first": lambda: both & (n == 0),
        "both, all but the first": lambda: both & (n > 0),
        "left, all": lambda: one & (n >= 0),
        "both, all": lambda: both & (n >= 0),
    }
    for name, pattern in patterns.items():
        for live in (False, True):
            found: dict[bool, list[list[bool]]] = {False: [], True: []}
            for _ in range(people):
                _simulate(prior, rng, pattern(), live, found)
            cells = [
                ", ".join(f"{100 * x:.1f}" for x in np.mean(found[c], axis=0)) if found[c] else "-"
                for c in (False, True)
            ]
            print(f"| {name} | {'live' if live else 'desk'} | {cells[0]} | {cells[1]} |", flush=True)


def _simulate(
    prior: Prior, rng: np.random.Generator, caves: F64, live: bool, found: dict[bool, list]
) -> None:
    zero = rng.multivariate_normal(prior.about.mean, prior.about.cov)
    shown = zero[:, None] + rng.normal(0, 1.4, caves.shape)
    shown = shown + caves * (rng.uniform(9, 15, (2, 1)) + rng.normal(0, 1.5, caves.shape))
    share = None
    for j in range(caves.shape[1]):
        if live or share is None:
            known = shown[:, : j + 1] if live else shown
            share = belief((known[0], known[1]), prior, prior.about)
        for leg in (0, 1):
            found[bool(caves[leg, j])].append([over(shown[leg, j], share[leg], x) > 0.5 for x in (5.0, 3.5)])


def sensitivity(rows: Rows, prior: Prior) -> None:
    print("\n## What the prior's numbers do: P(> 5) over 0.5\n")
    print("| prior | desk: correct p2-p5 | p1 | wrong | live: correct p2-p5 | p1 | wrong |")
    print("|---|---|---|---|---|---|---|")
    d = rows[(rows["seed"] >= 0) & (rows["seed"] < 2)]
    shown = deviation(d, d["toes"]).mean(1)
    changes = (
        {},
        {"mean": 0.0},
        {"mean": 5.0},
        {"body": 3.5},
        {"body": 6.0},
        {"own": 3.0},
        {"toes": 5.0},
        {"rep_sd": 1.4},
        {"rep_sd": 2.4},
        {"cave": 5.0},
        {"cave": 12.0},
        {"out": 0.2},
        {"alike": 0.0},
        {"alike": 0.5},
    )
    for change in changes:
        cells = []
        for live in (False, True):
            found = judged(d, shown, replace(prior, **change), live)
            cells.append(shares(d, found.beyond[:, 3], 0.5))
        said = ", ".join(f"{key} {value}" for key, value in change.items()) or "as above"
        print(f"| {said} | {cells[0]} | {cells[1]} |", flush=True)


def main() -> int:
    rows = np.load(sys.argv[1])
    rows = rows[np.isfinite(rows["X"]).all(1) & np.isfinite(rows["deep"])]
    prior = Prior()
    statistics(rows)
    baselines(rows)
    levels(rows, prior)
    which_half(rows, prior)
    by_number(rows, prior)
    left_out(rows, prior)
    no_feet(rows, prior)
    references(rows, prior)
    far_inside(rows, prior)
    simulated(prior)
    sensitivity(rows, prior)
    return 0


if __name__ == "__main__":
    sys.exit(main())
