"""What the settings say of rests, depth and codes reaches coach and glass, and a code's day is believed only
where the clock can be right."""

from __future__ import annotations

import time
from typing import Any

import pytest

from mirror.coach.rules import CoachRules
from mirror.service.wall_clock import BUILT_S
from mirror.settings import Settings
from mirror.station import station as station_module
from mirror.station.station import Station


def rules(**sections: Any) -> CoachRules:
    return station_module._rules(Settings.model_validate(sections))


def test_a_set_can_be_taken_home_and_rests_are_told_unless_somebody_does_not_want_it() -> None:
    assert rules().take_home
    assert rules().tells_rest
    assert rules().depth_aim_deg is None
    off = rules(share={"qr": False}, coach={"rest_timer": False, "depth_deg": -5.0})
    assert (off.take_home, off.tells_rest, off.depth_aim_deg) == (False, False, -5.0)


@pytest.mark.parametrize(("at", "told"), [(BUILT_S + 86400.0, True), (0.0, False), (BUILT_S + 1e9, False)])
def test_a_code_has_a_day_only_where_the_clock_can_be_right(
    at: float, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = Station.__new__(Station)
    mirror.settings = Settings.model_validate({"share": {"page": "https://gym.example/"}})
    monkeypatch.setattr(time, "time", lambda: at)
    assert mirror.share.page == "https://gym.example/"
    assert mirror.share.now() == (at if told else None)


@pytest.mark.parametrize(
    "page",
    ["http://gym.example/", "https://gym.example/#x", "https://gym example/", "https://" + "x" * 200, "gym"],
)
def test_an_address_that_is_none_for_a_code_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="share"):
        Settings.model_validate({"share": {"page": page}})
