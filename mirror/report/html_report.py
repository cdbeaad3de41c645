"""A report as one page of HTML that needs nothing else: for the phone of whoever squatted, and for paper.

One set, or two side by side. The page is Jinja2's (`page/report.html`); here is what stands in it, in one
language. Everything that comes from outside is escaped, and the page's own policy lets nothing in or out.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mirror.coach.experiment import differences
from mirror.coach.feedback import SetSummary
from mirror.coach.sets import LegOfSet
from mirror.coach.summary import others_line
from mirror.coach.words import Words, words
from mirror.faults import PartMissing
from mirror.files.plain import in_a_line
from mirror.knees.analysis import Analysis
from mirror.knees.reading import Rep, RepLeg, Verdict
from mirror.report.compare import Comparison
from mirror.report.curves import (
    PAPER,
    PHONE,
    depth_chart,
    deviation_chart,
    sign,
    span_deg,
)
from mirror.report.provenance import NetworkFile, Provenance
from mirror.report.stills import Still
from mirror.report.traces import SIDES, traces
from mirror.report.words import report_words

if TYPE_CHECKING:
    from jinja2 import Template

PAGE = Path(__file__).parent / "page"
LONGEST_NAME = 200
"""Letters of a file's name that a page shows."""


@dataclass(frozen=True, slots=True)
class ReportedSet:
    """One input of a report. source: what it was, as in the JSON. stills: of its lowest moments, none for a
    recording."""

    analysis: Analysis
    summary: SetSummary
    source: Mapping[str, Any]
    made: Provenance
    stature_m: float | None = None
    stills: tuple[Still, ...] = ()


def check_can_report() -> None:
    """Before any work: raise PartMissing when Jinja2 is not there."""
    try:
        import jinja2  # noqa: F401 - an optional dependency
    except ImportError as missing:
        raise PartMissing(
            "--report needs Jinja2, which is not installed: pip install 'squat-mirror[analyze]'"
        ) from missing


def report_html(sets: Sequence[ReportedSet], language: str, compared: Comparison | None = None) -> str:
    """The whole page. sets: one, or two with what differs between them. language: as in the settings."""
    page = _Page(words(language), sets, compared)
    style = (PAGE / "report.css").read_text("utf-8").strip()
    return _template().render(
        tell=page.tell,
        say=page.say,
        language=page.say.language,
        style=style,
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        sets=page.sections(),
        apart=page.apart(),
        legend=page.legend(),
        sign=lambda key: sign(Verdict(key)),
        made_at=_day(sets[0].made),
        limits=page.limits(),
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    there = FileSystemLoader(PAGE)
    return Environment(
        loader=there, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).get_template("report.html")


def _day(made: Provenance) -> str:
    return made.made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


@dataclass(frozen=True, slots=True)
class _Leg:
    """A leg's cell: its verdict, and in words how far it was inside its own line and its toes, "" unknown."""

    key: str
    word: str
    own_line: str
    toes: str


class _Page:
    """What stands on the page."""

    def __init__(self, say: Words, sets: Sequence[ReportedSet], compared: Comparison | None) -> None:
        self.say, self.tell = say, report_words(say.language)
        self._sets, self._compared = sets, compared

    def sections(self) -> list[dict[str, Any]]:
        """A set each."""
        alone = len(self._sets) == 1
        names = ("",) if alone else (self.tell("page.set_a"), self.tell("page.set_b"))
        spans = [span_deg(traces(one.analysis), one.analysis.reps, one.made.limits) for one in self._sets]
        span = min(low for low, _ in spans), max(high for _, high in spans)
        return [
            self._section(one, letter, span, (PAPER, PHONE) if alone else (PHONE,))
            for one, letter in zip(self._sets, names, strict=True)
        ]

    def _section(
        self, one: ReportedSet, letter: str, span: tuple[float, float], widths: Sequence[int]
    ) -> dict[str, Any]:
        reps = one.analysis.reps
        return {
            "letter": letter,
            "name": in_a_line(str(one.source["file"]))[:LONGEST_NAME],
            "summary": self._summary(one.summary),
            "reps": [self._rep(rep) for rep in reps],
            "curves": self._curves(one, span, widths),
            "stills": [self._still(still, reps[still.n - 1]) for still in one.stills],
            "stills_told": self._stills_told(one),
            "unknown": list(self._unknown(one)) or [self.tell("unknown.nothing")],
            "method": self._method(one),
            "origin": list(self._origin(one)),
        }

    # -- what was seen

    def _summary(self, summary: SetSummary) -> list[str]:
        first = (summary.headline, summary.sentence, summary.own_line)
        told = (*first, *summary.patterns, summary.depth, summary.tempo)
        return [text for text in map(self.say.line, told) if text]

    def _rep(self, rep: Rep) -> dict[str, Any]:
        down, up = rep.bottom_s - rep.start_s, rep.end_s - rep.bottom_s
        label = self.say(f"depth.{rep.depth_label.replace(' ', '_')}")
        return {
            "n": rep.n,
            "reference": rep.is_reference,
            "left": self._leg(rep.left),
            "right": self._leg(rep.right),
            "depth": label if rep.depth_deg is None else f"{label} {_signed(rep.depth_deg)}",
            "tempo": f"{self.say.decimal(down)} / {self.say.decimal(up)}",
        }

    def _leg(self, leg: RepLeg) -> _Leg:
        own, toes = leg.inside_own_track_deg, leg.deep_deviation_deg
        return _Leg(
            leg.verdict.value,
            self.tell(f"verdict.{leg.verdict.value}"),
            "" if own is None else self.tell("table.own_line", degrees=_signed(own)),
            "" if toes is None else self.tell("table.toes", degrees=_signed(toes)),
        )

    def _curves(
        self, one: ReportedSet, span: tuple[float, float], widths: Sequence[int]
    ) -> dict[str, list[str]]:
        """The charts of which anything is known, each in every width."""
        shown, reps, limits = traces(one.analysis), one.analysis.reps, one.made.limits
        charts = {}
        if np.isfinite([shown.left, shown.right]).any():
            charts["deviation"] = [
                deviation_chart(shown, reps, limits, span, width, self.tell) for width in widths
            ]
        if np.isfinite(shown.elevation).any():
            charts["depth"] = [depth_chart(shown, reps, width, self.tell) for width in widths]
        return charts

    def _still(self, still: Still, rep: Rep) -> dict[str, Any]:
        letters = [
            (self.tell(f"table.{side}_letter"), round(at[0], 1), round(at[1], 1))
            for side, at in zip(SIDES, still.letters, strict=True)
            if at is not None
        ]
        return {
            "picture": base64.b64encode(still.jpeg).decode(),
            "width": still.width,
            "height": still.height,
            "letters": letters,
            "caption": self.tell("still.caption", n=rep.n, seconds=self.say.decimal(rep.bottom_s)),
            "legs": [(self.tell(f"table.{side}_letter"), self._leg(getattr(rep, side))) for side in SIDES],
        }

    def _stills_told(self, one: ReportedSet) -> list[str]:
        if not one.stills:
            return [self.tell("still.none")] if one.source["kind"] != "video" else []
        told = [self.tell("still.drawn")]
        if len(one.stills) < len(one.analysis.reps):
            told.append(self.tell("still.more", n=len(one.stills), of=len(one.analysis.reps)))
        return told

    # -- what is not known, and how the rest is

    def _unknown(self, one: ReportedSet) -> Iterator[str]:
        source = one.source
        if source.get("truncated"):
            yield self.tell("unknown.truncated")
        if source.get("view_changed_s") is not None:
            yield self.tell("unknown.view_changed", seconds=self.say.decimal(source["view_changed_s"]))
        if source.get("found_turned_deg"):
            yield self.tell("unknown.found_turned", degrees=source["found_turned_deg"])
        yield from self._unknown_legs(one.analysis.reps)
        without = [rep.n for rep in one.analysis.reps if rep.depth_deg is None]
        if without:
            yield self.tell("unknown.deepest", numbers=_listed(without))
        if one.analysis.others and one.analysis.reps:  # without any the summary says so
            yield self.say.line(others_line(one.analysis.others))
        camera = one.analysis.camera
        assumed = {what for what, how in camera.how_known if how == "assumed"}
        if "tilt" in assumed:
            yield self.tell("unknown.tilt", tilt=self.say.decimal(camera.tilt_deg))
        if "hfov" in assumed:
            yield self.tell("unknown.hfov", hfov=self.say.decimal(camera.hfov_deg))

    def _unknown_legs(self, reps: Sequence[Rep]) -> Iterator[str]:
        """Every reason with the repetitions it holds for, a leg at a time."""
        for side in SIDES:
            found: dict[str, list[int]] = {}
            for rep in reps:
                leg: RepLeg = getattr(rep, side)
                if leg.verdict is Verdict.UNKNOWN:
                    found.setdefault(self.say.reason(leg.why), []).append(rep.n)
            knee = self.tell(f"table.{side}")
            for reason, numbers in found.items():
                yield self.tell("unknown.legs", knee=knee, numbers=_listed(numbers), reason=reason)

    def _method(self, one: ReportedSet) -> list[str]:
        azimuth, limits = one.analysis.azimuth, one.made.limits
        source = azimuth.source.replace("+", "_") if azimuth else "none"
        return [
            self.tell("method.camera"),
            self.tell(f"method.{source}", n=one.analysis.reference),
            self.tell("method.own_line"),
            self.tell(
                "method.limits",
                caution=self.say.decimal(limits.caution_deg),
                off_track=self.say.decimal(limits.off_track_deg),
                caution_sure=round(100 * limits.caution_sure),
                off_track_sure=round(100 * limits.off_track_sure),
            ),
        ]

    def limits(self) -> list[str]:
        told = [self.say("help.coaching_1"), self.say("help.coaching_2")]
        return told + [self.tell(f"limit.{name}") for name in ("turned", "spread", "found")]

    def _origin(self, one: ReportedSet) -> Iterator[tuple[str, str]]:
        made, source, camera, tell = one.made, one.source, one.analysis.camera, self.tell
        seconds = self.say.decimal(float(source["duration_s"]))
        yield tell("origin.file"), in_a_line(str(source["file"]))[:LONGEST_NAME]
        yield tell("origin.sha256"), made.input_sha256 or tell("origin.unknown")
        yield tell("origin.length"), tell("origin.frames", seconds=seconds, frames=source["frames"])
        if one.stature_m is not None:
            yield tell("origin.person"), tell("origin.metres", metres=_decimals(self.say, one.stature_m))
        yield (
            tell("origin.camera"),
            tell(
                "origin.hangs",
                hfov=self.say.decimal(camera.hfov_deg),
                tilt=self.say.decimal(camera.tilt_deg),
            ),
        )
        if done := self._done_to_pictures(source):
            yield tell("origin.picture"), done
        yield tell("origin.version"), f"Squat Mirror {made.version}"
        yield tell("origin.made_at"), _day(made)
        yield tell("origin.model"), self._network(made.model)
        if made.feet.name is not None:
            yield tell("origin.feet"), self._network(made.feet)
        yield tell("origin.strictness"), made.strictness
        changed = ", ".join(f"{name} = {in_a_line(str(value))}" for name, value in made.settings.items())
        yield tell("origin.settings"), changed or tell("origin.none")

    def _done_to_pictures(self, source: Mapping[str, Any]) -> str:
        """How a video's pictures were changed before they were looked at, "" where they were not."""
        done = []
        if source.get("black_bars_px"):
            done.append(self.tell("origin.bars"))
        if source.get("rotated_deg"):
            done.append(self.tell("origin.turned", degrees=source["rotated_deg"]))
        if source.get("mirrored"):
            done.append(self.tell("origin.flipped"))
        return ", ".join(done)

    def _network(self, network: NetworkFile) -> str:
        if network.name is None:
            return self.tell("origin.none")
        name = in_a_line(network.name)
        return f"{name}, SHA-256 {network.sha256}" if network.sha256 else name

    # -- two sets

    def apart(self) -> dict[str, Any] | None:
        """What differs from A to B."""
        found = self._compared
        if found is None:
            return None
        names = (self.tell("page.in_a"), self.tell("page.in_b"))
        sentences = [self.say.line(one) for one in differences(found.a, found.b, names)]
        if "reference" in found.a.foot_source and (found.left_deg, found.right_deg) != (None, None):
            sentences.append(self.tell("apart.own_reference"))
        sentences.append(self.say("compare.not_why"))
        return {"sentences": sentences, "rows": list(self._rows(found))}

    def _rows(self, found: Comparison) -> Iterator[tuple[str, str, str, str]]:
        """What it is, in A, in B, and B less A."""
        tell, sets = self.tell, (found.a, found.b)
        yield tell("apart.squats"), str(found.a.reps), str(found.b.reps), ""
        for side, apart in (("left", found.left_deg), ("right", found.right_deg)):
            legs: list[LegOfSet] = [getattr(one, side) for one in sets]
            yield self._row(tell(f"apart.{side}_mean"), [leg.mean_deg for leg in legs], apart is not None)
            yield tell(f"apart.{side}_good"), self._share(legs[0]), self._share(legs[1]), ""
        yield self._row(tell("apart.deepest"), [one.depth_deg for one in sets], True)

    def _row(self, name: str, values: Sequence[float | None], alike: bool) -> tuple[str, str, str, str]:
        """alike: the two may be compared."""
        before, after = values
        unknown = self.tell("table.unknown")
        known = alike and before is not None and after is not None
        apart = _signed(round(after or 0.0) - round(before or 0.0)) if known else unknown
        shown = [unknown if value is None else _signed(value) for value in values]
        return name, shown[0], shown[1], apart

    def _share(self, leg: LegOfSet) -> str:
        if not leg.judged:
            return self.tell("table.unknown")
        return self.tell("apart.of", n=leg.good, of=leg.judged)

    def legend(self) -> list[tuple[str, str]]:
        """Every verdict's key and word."""
        return [(verdict.value, self.tell(f"verdict.{verdict.value}")) for verdict in Verdict]


def _signed(degrees: float) -> str:
    """Whole degrees with a sign."""
    return f"{round(degrees):+d}°"


def _decimals(say: Words, value: float) -> str:
    """With two decimals, as the language writes them."""
    return f"{value:.2f}".replace(".", say.decimal(0.0)[1])


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
