"""Summaries of steps, the knee of a sweep, and parsing of k6's log, from known responses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.arrivals.k6 import parse_responses, virtual_users
from bench.arrivals.responses import Latencies, Response, Step, slowest
from bench.arrivals.sweep import HIGHEST, sweep


def response(latency_ms: float = 5, status: int = 200, *codes: str, start_delay_ms: float = 0) -> Response:
    return Response("a plate", start_delay_ms, latency_ms - start_delay_ms, status, codes, f"{latency_ms:g}", "t")


def step(*responses: Response, rate: int = 100, dropped: int = 0) -> Step:
    return Step.of(rate, 2, responses, dropped=dropped, server_cpu_s=1, load_cpu_s=0.5)


@pytest.mark.parametrize(
    ("count", "percentiles"), [(9, (5, None, None)), (10, (5, 9, None)), (100, (50, 90, 99)), (99, (50, 90, None))]
)
def test_a_percentile_of_too_few_responses_is_omitted(
    count: int, percentiles: tuple[float | None, float | None, float | None]
) -> None:
    latencies = Latencies.of(map(float, range(1, count + 1)))

    assert latencies is not None
    assert (latencies.p50, latencies.p90, latencies.p99) == percentiles
    assert (latencies.p999, latencies.max) == (None, count)


def test_of_1000_responses_p999_is_the_second_slowest() -> None:
    latencies = Latencies.of(map(float, range(1, 1_001)))

    assert latencies is not None
    assert latencies.p999 == 999
    assert Latencies.of([]) is None


def test_with_a_profile_a_rate_is_sustained_if_all_respond_in_5_s() -> None:
    slow, late = response(4_900, 200, "SOURCE_UNAVAILABLE"), response(5_100)

    def is_sustained(*responses: Response, is_profiled: bool) -> bool:
        return Step.of(1, 2, responses, dropped=0, server_cpu_s=1, load_cpu_s=0.5, is_profiled=is_profiled).is_sustained

    assert is_sustained(slow, is_profiled=True)
    assert not is_sustained(slow, is_profiled=False)
    assert not is_sustained(late, is_profiled=True)
    assert not is_sustained(response(5, 503, "OVERLOADED"), is_profiled=True)


def test_a_response_is_whole_partial_refused_or_failed() -> None:
    summary = step(
        response(5),
        response(7, 200, "SOURCE_UNAVAILABLE", "NEED_TO_KNOW"),
        response(2, 503, "OVERLOADED"),
        response(3, 503, "AUDIT_UNAVAILABLE"),
        response(9, 0, "1050"),
    )

    assert (summary.sent, summary.whole, summary.partial, summary.refused, summary.failed) == (5, 1, 1, 1, 2)
    assert summary.codes == {
        "1050": 1,
        "AUDIT_UNAVAILABLE": 1,
        "NEED_TO_KNOW": 1,
        "OVERLOADED": 1,
        "SOURCE_UNAVAILABLE": 1,
    }
    assert summary.latencies is not None
    assert summary.refusals is not None
    assert (summary.latencies.max, summary.refusals.max) == (7, 2)
    assert (summary.cpu_ms, summary.server_cores, summary.load_cores) == (500, 0.5, 0.25)


def test_latency_starts_when_a_request_was_due() -> None:
    summary = step(response(40, start_delay_ms=30), response(20))

    assert summary.latencies is not None
    assert summary.latencies.max == 40
    assert slowest([response(20), response(40, start_delay_ms=30), response(90, 503, "OVERLOADED")], 1) == [
        response(40, start_delay_ms=30)
    ]


def test_arrivals_that_open_connections_count_but_not_in_latency() -> None:
    opening, refused = (replace(each, is_opening=True) for each in (response(90), response(80, 503, "OVERLOADED")))
    summary = step(opening, refused, response(5), response(2, 503, "OVERLOADED"))

    assert (summary.sent, summary.whole, summary.refused, summary.cpu_ms) == (4, 2, 2, 500)
    assert summary.latencies is not None
    assert summary.refusals is not None
    assert (summary.latencies.max, summary.refusals.max) == (5, 2)
    assert slowest([opening, response(5)]) == [response(5)]
    assert not step(*[replace(response(2_000), is_opening=True)] * 2, *[response()] * 98).is_sustained


def test_a_rate_is_sustained_if_none_dropped_and_99_percent_whole_in_1_s() -> None:
    good = [response()] * 99

    assert step(*good, response(1_001)).is_sustained
    assert step(*good, response(5, 503, "OVERLOADED")).is_sustained
    assert not step(*good[1:], response(1_001), response(5, 200, "SOURCE_UNAVAILABLE")).is_sustained
    assert not step(*good, dropped=1).is_sustained
    assert not step().is_sustained


def test_the_knee_is_found_by_doubling_and_then_halving_by_ratio() -> None:
    tried: list[int] = []

    def run_step(rate: int) -> Step:
        tried.append(rate)
        return step(response() if rate <= 150 else response(2_000), rate=rate)

    swept = sweep(run_step, lowest=25, halvings=3)

    assert tried == [25, 50, 100, 200, 200, 141, 168, 168, 154, 154]
    assert swept.knee == 141
    assert [step.rate for step in swept.steps] == tried


def test_a_rate_that_fails_once_is_tried_again() -> None:
    outcomes = {50: [response(2_000), response()], 100: [response(2_000), response(2_000)]}

    swept = sweep(lambda rate: step(outcomes[rate].pop(0), rate=rate), lowest=50, halvings=0)

    assert swept.knee == 50


def test_a_sweep_without_a_limit_ends_at_the_lowest_or_highest_rate() -> None:
    assert sweep(lambda rate: step(response(2_000), rate=rate), lowest=25, halvings=3).knee is None
    assert sweep(lambda rate: step(response(), rate=rate), lowest=HIGHEST // 4, halvings=3).knee == HIGHEST


def log_line(index: int, sent_ms: float, codes: str = "", status: int = 200) -> str:
    return f"response\t{index}\t{sent_ms}\t3.5\t{status}\t{codes}\tid{index}"


def test_start_delay_is_from_when_a_request_was_due_to_when_it_was_sent() -> None:
    responses = list(
        parse_responses([log_line(0, 0.25), "another line of k6", log_line(1, 117)], ["a", "b"], 10, 0, "f" * 16)
    )

    assert [(each.workload, each.start_delay_ms, each.duration_ms) for each in responses] == [
        ("a", 0.25, 3.5),
        ("b", 17, 3.5),
    ]
    assert responses[1].trace_id == "ffffffffffffffff0000000000000001"
    assert responses[1].inquiry_id == "id1"


def test_each_virtual_user_opens_a_connection_with_its_first_request() -> None:
    last = virtual_users(10) - 1
    responses = parse_responses([log_line(0, 0), log_line(last, 0), log_line(last + 1, 0)], ["a"], 10, 0, "f" * 16)

    assert [each.is_opening for each in responses] == [True, True, False]


def test_dropped_arrivals_do_not_delay_later_ones() -> None:
    responses = list(parse_responses([log_line(0, 0), log_line(1, 301), log_line(2, 950)], ["a"], 10, 2, "f" * 16))

    # Two were due at 100 and 200 ms and dropped. Without them the last would have been due at 400 ms at the latest.
    assert [each.start_delay_ms for each in responses] == [0, 1, 550]


def test_codes_are_those_of_the_body_each_once() -> None:
    (response,) = parse_responses([log_line(0, 0, "OVERLOADED,BAD_INPUT", 503)], ["a"], 10, 0, "f" * 16)

    assert (response.codes, response.is_accepted, response.is_refused) == (("OVERLOADED", "BAD_INPUT"), False, True)
