"""What Hypothesis shall not complain about: on a busy computer examples take long to make."""

from hypothesis import HealthCheck

SLOW_IS_FINE = (HealthCheck.too_slow,)
ONE_FIXTURE_FOR_ALL = (HealthCheck.function_scoped_fixture, *SLOW_IS_FINE)
"""For tests whose examples may all see one fixture. A test's own list stands instead of everybody's."""
