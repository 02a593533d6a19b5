"""What a step comes to, where the knee is, and what is read of k6's lines, from answers that are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.arrivals.k6 import parse_responses, virtual_users
from bench.arrivals.responses import Latencies, Response, Step, percentile, slowest
from bench.arrivals.sweep import HIGHEST, sweep


def answer(latency_ms: float = 5, status: int = 200, *codes: str, start_delay_ms: float = 0) -> Response:
    return Response("a plate", start_delay_ms, latency_ms - start_delay_ms, status, codes, f"{latency_ms:g}", "t")


def step(*answers: Response, rate: int = 100, dropped: int = 0) -> Step:
    return Step.of(rate, 2, answers, dropped=dropped, server_cpu_s=1, load_cpu_s=0.5)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    ordered = [float(each) for each in range(1, 1_001)]

    assert [percentile(ordered, percent) for percent in (0.01, 50, 90, 99, 99.9, 100)] == [1, 500, 900, 990, 999, 1_000]


@pytest.mark.parametrize(
    ("count", "report"), [(9, (5, None, None)), (10, (5, 9, None)), (100, (50, 90, 99)), (99, (50, 90, None))]
)
def test_a_percentile_of_too_few_responses_is_omitted(
    count: int, report: tuple[float | None, float | None, float | None]
) -> None:
    latencies = Latencies.of(map(float, range(1, count + 1)))

    assert latencies is not None
    assert (latencies.p50, latencies.p90, latencies.p99) == report
    assert (latencies.p999, latencies.most) == (None, count)


def test_of_1000_responses_p999_is_the_second_slowest() -> None:
    latencies = Latencies.of(map(float, range(1, 1_001)))

    assert latencies is not None
    assert latencies.p999 == 999
    assert Latencies.of([]) is None


def test_with_a_profile_a_rate_is_sustained_if_all_are_answered_in_5_s() -> None:
    slow, late = answer(4_900, 200, "SOURCE_UNAVAILABLE"), answer(5_100)

    def is_sustained(*answers: Response, is_profiled: bool) -> bool:
        return Step.of(1, 2, answers, dropped=0, server_cpu_s=1, load_cpu_s=0.5, is_profiled=is_profiled).is_sustained

    assert is_sustained(slow, is_profiled=True)
    assert not is_sustained(slow, is_profiled=False)
    assert not is_sustained(late, is_profiled=True)
    assert not is_sustained(answer(5, 503, "OVERLOADED"), is_profiled=True)


def test_a_response_is_whole_partial_refused_or_failed() -> None:
    took = step(
        answer(5),
        answer(7, 200, "SOURCE_UNAVAILABLE", "NEED_TO_KNOW"),
        answer(2, 503, "OVERLOADED"),
        answer(3, 503, "AUDIT_UNAVAILABLE"),
        answer(9, 0, "1050"),
    )

    assert (took.sent, took.whole, took.in_part, took.refused, took.failed) == (5, 1, 1, 1, 2)
    assert took.codes == {
        "1050": 1,
        "AUDIT_UNAVAILABLE": 1,
        "NEED_TO_KNOW": 1,
        "OVERLOADED": 1,
        "SOURCE_UNAVAILABLE": 1,
    }
    assert took.latencies is not None
    assert took.refusals is not None
    assert (took.latencies.most, took.refusals.most) == (7, 2)
    assert (took.cpu_ms, took.server_cores, took.load_cores) == (500, 0.5, 0.25)


def test_latency_starts_when_a_request_was_due() -> None:
    took = step(answer(40, start_delay_ms=30), answer(20))

    assert took.latencies is not None
    assert took.latencies.most == 40
    assert slowest([answer(20), answer(40, start_delay_ms=30), answer(90, 503, "OVERLOADED")], 1) == [
        answer(40, start_delay_ms=30)
    ]


def test_arrivals_that_open_connections_count_but_not_in_latency() -> None:
    opening, refused = (replace(each, is_opening=True) for each in (answer(90), answer(80, 503, "OVERLOADED")))
    took = step(opening, refused, answer(5), answer(2, 503, "OVERLOADED"))

    assert (took.sent, took.whole, took.refused, took.cpu_ms) == (4, 2, 2, 500)
    assert took.latencies is not None
    assert took.refusals is not None
    assert (took.latencies.most, took.refusals.most) == (5, 2)
    assert slowest([opening, answer(5)]) == [answer(5)]
    assert not step(*[replace(answer(2_000), is_opening=True)] * 2, *[answer()] * 98).is_sustained


def test_a_rate_is_sustained_if_none_dropped_and_99_percent_whole_in_1_s() -> None:
    good = [answer()] * 99

    assert step(*good, answer(1_001)).is_sustained
    assert step(*good, answer(5, 503, "OVERLOADED")).is_sustained
    assert not step(*good[1:], answer(1_001), answer(5, 200, "SOURCE_UNAVAILABLE")).is_sustained
    assert not step(*good, dropped=1).is_sustained
    assert not step().is_sustained


def test_the_knee_is_found_by_doubling_and_then_halving_by_ratio() -> None:
    tried: list[int] = []

    def at(rate: int) -> Step:
        tried.append(rate)
        return step(answer() if rate <= 150 else answer(2_000), rate=rate)

    found = sweep(at, lowest=25, halvings=3)

    assert tried == [25, 50, 100, 200, 200, 141, 168, 168, 154, 154]
    assert found.knee == 141
    assert [each.rate for each in found.steps] == tried


def test_a_rate_that_fails_once_is_tried_again() -> None:
    outcomes = {50: [answer(2_000), answer()], 100: [answer(2_000), answer(2_000)]}

    found = sweep(lambda rate: step(outcomes[rate].pop(0), rate=rate), lowest=50, halvings=0)

    assert found.knee == 50


def test_a_sweep_without_a_limit_ends_at_the_lowest_or_highest_rate() -> None:
    assert sweep(lambda rate: step(answer(2_000), rate=rate), lowest=25, halvings=3).knee is None
    assert sweep(lambda rate: step(answer(), rate=rate), lowest=HIGHEST // 4, halvings=3).knee == HIGHEST


def line(place: int, sent_ms: float, codes: str = "", status: int = 200) -> str:
    return f"answer\t{place}\t{sent_ms}\t3.5\t{status}\t{codes}\tid{place}"


def test_start_delay_is_from_when_a_request_was_due_to_when_it_was_sent() -> None:
    answers = list(parse_responses([line(0, 0.25), "k6 says something", line(1, 117)], ["a", "b"], 10, 0, "f" * 16))

    assert [(each.kind, each.start_delay_ms, each.duration_ms) for each in answers] == [
        ("a", 0.25, 3.5),
        ("b", 17, 3.5),
    ]
    assert answers[1].trace == "ffffffffffffffff0000000000000001"
    assert answers[1].inquiry == "id1"


def test_each_virtual_user_opens_a_connection_with_its_first_request() -> None:
    last = virtual_users(10) - 1
    answers = parse_responses([line(0, 0), line(last, 0), line(last + 1, 0)], ["a"], 10, 0, "f" * 16)

    assert [each.is_opening for each in answers] == [True, True, False]


def test_dropped_arrivals_do_not_delay_later_ones() -> None:
    answers = list(parse_responses([line(0, 0), line(1, 301), line(2, 950)], ["a"], 10, 2, "f" * 16))

    # Two were due at 100 and 200 ms and dropped. Without them the last would have been due at 400 at the latest.
    assert [each.start_delay_ms for each in answers] == [0, 1, 550]


def test_codes_are_those_of_the_body_each_once() -> None:
    (answer,) = parse_responses([line(0, 0, "OVERLOADED,BAD_INPUT", 503)], ["a"], 10, 0, "f" * 16)

    assert (answer.codes, answer.is_accepted, answer.is_refused) == (("OVERLOADED", "BAD_INPUT"), False, True)
