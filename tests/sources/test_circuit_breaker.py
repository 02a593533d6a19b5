"""The breaker, turn by turn, on a clock that the test turns."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from sources.circuit_breaker import CircuitBreaker, Permit


@dataclass
class Clocked:
    """A breaker of three failures and ten seconds, and its clock."""

    now: float = 0.0
    breaker: CircuitBreaker = field(init=False)

    def __post_init__(self) -> None:
        self.breaker = CircuitBreaker(3, 10.0, lambda: self.now)

    def turn(self) -> Permit:
        turn = self.breaker.enter()
        assert turn is not None
        return turn

    def ask(self, *answers: bool | None) -> list[bool]:
        """One after another; whether each opened it."""
        return [self.breaker.leave(self.turn(), answered=answered) for answered in answers]


@pytest.fixture
def clocked() -> Clocked:
    return Clocked()


def test_it_opens_at_the_third_failure_in_a_row_and_says_so_once(clocked: Clocked) -> None:
    assert clocked.ask(False, False, False) == [False, False, True]
    assert clocked.breaker.is_shut
    assert clocked.breaker.enter() is None
    assert clocked.breaker.openings == 1


def test_an_answer_in_between_begins_the_count_anew(clocked: Clocked) -> None:
    assert clocked.ask(False, False, True, False, False) == [False] * 5
    assert not clocked.breaker.is_shut


def test_what_fails_while_others_are_answered_does_not_count_however_many_fail_at_once(clocked: Clocked) -> None:
    crowd = [clocked.turn() for _ in range(50)]
    clocked.ask(False, True)

    assert not any(clocked.breaker.leave(turn, answered=False) for turn in crowd)
    assert clocked.ask(False, False, False) == [False, False, True]


def test_a_crowd_of_which_nobody_is_answered_opens_it(clocked: Clocked) -> None:
    crowd = [clocked.turn() for _ in range(50)]

    assert [clocked.breaker.leave(turn, answered=False) for turn in crowd] == [False, False, True] + [False] * 47


def test_what_says_nothing_of_the_source_counts_neither_way(clocked: Clocked) -> None:
    assert clocked.ask(False, False, None, None, None, False) == [False] * 5 + [True]


def test_after_its_time_one_probe_goes_and_nobody_beside_it(clocked: Clocked) -> None:
    clocked.ask(False, False, False)
    clocked.now = 9.9
    assert clocked.breaker.enter() is None
    clocked.now = 10.0
    probe = clocked.turn()

    assert [clocked.breaker.enter() for _ in range(3)] == [None] * 3
    assert not clocked.breaker.leave(probe, answered=True)
    assert None not in [clocked.breaker.enter() for _ in range(3)]


def test_a_probe_that_fails_opens_it_for_as_long_again(clocked: Clocked) -> None:
    clocked.ask(False, False, False)
    clocked.now = 10.0
    assert clocked.ask(False) == [True]
    clocked.now = 19.9
    assert clocked.breaker.is_shut
    clocked.now = 20.0
    assert not clocked.breaker.is_shut
    assert clocked.breaker.openings == 2


def test_a_probe_whose_caller_left_gives_its_turn_to_the_next(clocked: Clocked) -> None:
    clocked.ask(False, False, False)
    clocked.now = 10.0
    assert clocked.ask(None, True, False, False) == [False] * 4


def test_closed_again_it_takes_as_many_failures_as_before(clocked: Clocked) -> None:
    clocked.ask(False, False, False)
    clocked.now = 10.0
    assert clocked.ask(True, False, False, False) == [False, False, False, True]


@pytest.mark.parametrize("answered", [True, False])
def test_what_was_sent_before_it_opened_has_no_say_after(clocked: Clocked, answered: bool) -> None:
    late = clocked.turn()
    clocked.ask(False, False, False)
    clocked.now = 10.0
    probe = clocked.turn()

    assert not clocked.breaker.leave(late, answered=answered)
    assert clocked.breaker.is_shut
    assert not clocked.breaker.leave(probe, answered=True)
    assert not clocked.breaker.is_shut


def test_with_no_number_of_failures_it_never_opens() -> None:
    breaker = CircuitBreaker(0, 10.0)
    for _ in range(1_000):
        turn = breaker.enter()
        assert turn is not None
        assert not breaker.leave(turn, answered=False)

    assert not breaker.is_shut
