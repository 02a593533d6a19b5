"""CircuitBreaker, one statement at a time, on a clock that the test sets."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from sources.circuit_breaker import CircuitBreaker, Permit


@dataclass
class BreakerWithClock:
    """A breaker that opens after three failures for ten seconds, and its clock."""

    now: float = 0.0
    breaker: CircuitBreaker = field(init=False)

    def __post_init__(self) -> None:
        self.breaker = CircuitBreaker(3, 10.0, lambda: self.now)

    def permit(self) -> Permit:
        permit = self.breaker.acquire()
        assert permit is not None
        return permit

    def send(self, *results: bool | None) -> list[bool]:
        """Statements one after another with these results; whether each opened the breaker."""
        return [self.breaker.record(self.permit(), succeeded=succeeded) for succeeded in results]


@pytest.fixture
def clocked() -> BreakerWithClock:
    return BreakerWithClock()


def test_it_opens_at_the_third_failure_in_a_row_and_reports_it_once(clocked: BreakerWithClock) -> None:
    assert clocked.send(False, False, False) == [False, False, True]
    assert clocked.breaker.is_open
    assert clocked.breaker.acquire() is None
    assert clocked.breaker.openings == 1


def test_a_success_resets_the_count(clocked: BreakerWithClock) -> None:
    assert clocked.send(False, False, True, False, False) == [False] * 5
    assert not clocked.breaker.is_open


def test_failures_beside_a_success_do_not_count(clocked: BreakerWithClock) -> None:
    permits = [clocked.permit() for _ in range(50)]
    clocked.send(False, True)

    assert not any(clocked.breaker.record(permit, succeeded=False) for permit in permits)
    assert clocked.send(False, False, False) == [False, False, True]


def test_many_failures_at_once_without_a_success_open_it(clocked: BreakerWithClock) -> None:
    permits = [clocked.permit() for _ in range(50)]

    opened = [clocked.breaker.record(permit, succeeded=False) for permit in permits]
    assert opened == [False, False, True] + [False] * 47


def test_a_result_that_says_nothing_counts_neither_way(clocked: BreakerWithClock) -> None:
    assert clocked.send(False, False, None, None, None, False) == [False] * 5 + [True]


def test_after_its_time_exactly_one_probe_is_sent(clocked: BreakerWithClock) -> None:
    clocked.send(False, False, False)
    clocked.now = 9.9
    assert clocked.breaker.acquire() is None
    clocked.now = 10.0
    probe = clocked.permit()

    assert [clocked.breaker.acquire() for _ in range(3)] == [None] * 3
    assert not clocked.breaker.record(probe, succeeded=True)
    assert None not in [clocked.breaker.acquire() for _ in range(3)]


def test_a_failed_probe_opens_it_for_as_long_again(clocked: BreakerWithClock) -> None:
    clocked.send(False, False, False)
    clocked.now = 10.0
    assert clocked.send(False) == [True]
    clocked.now = 19.9
    assert clocked.breaker.is_open
    clocked.now = 20.0
    assert not clocked.breaker.is_open
    assert clocked.breaker.openings == 2


def test_after_a_probe_without_a_result_the_next_statement_is_the_probe(clocked: BreakerWithClock) -> None:
    clocked.send(False, False, False)
    clocked.now = 10.0
    assert clocked.send(None, True, False, False) == [False] * 4


def test_closed_again_it_takes_as_many_failures_as_before(clocked: BreakerWithClock) -> None:
    clocked.send(False, False, False)
    clocked.now = 10.0
    assert clocked.send(True, False, False, False) == [False, False, False, True]


@pytest.mark.parametrize("succeeded", [True, False])
def test_a_statement_sent_before_it_opened_is_ignored(clocked: BreakerWithClock, succeeded: bool) -> None:
    late = clocked.permit()
    clocked.send(False, False, False)
    clocked.now = 10.0
    probe = clocked.permit()

    assert not clocked.breaker.record(late, succeeded=succeeded)
    assert clocked.breaker.is_open
    assert not clocked.breaker.record(probe, succeeded=True)
    assert not clocked.breaker.is_open


def test_with_zero_failures_it_never_opens() -> None:
    breaker = CircuitBreaker(0, 10.0)
    for _ in range(1_000):
        permit = breaker.acquire()
        assert permit is not None
        assert not breaker.record(permit, succeeded=False)

    assert not breaker.is_open
