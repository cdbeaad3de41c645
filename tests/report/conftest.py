"""A set that is good, caves on the left and caves on both sides, seen and judged once for a file of tests."""

from __future__ import annotations

import pytest
import simulate
from judged import judged
from report_sets import BOTH, GOOD, LEFT, simulated

from mirror.knees.analysis import Analysis


@pytest.fixture(scope="module")
def sim() -> simulate.Simulated:
    return simulated(GOOD, LEFT, BOTH)


@pytest.fixture(scope="module")
def found(sim: simulate.Simulated) -> Analysis:
    return judged(sim)
