"""The rounds: everyone's answers compared first, then everyone in turns. Knows nothing of how figures are shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from bench import load
from bench.contenders import Contender
from bench.figures import Turn
from bench.processes import Server, serving
from bench.questions import Question

Say = Callable[[str], None]


class Different(Exception):
    """Two contenders do not answer alike, so there is nothing to compare the times of."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long it all takes. `compared` sets of variables of each question are held against each other."""

    rounds: int
    seconds: float
    warm_seconds: float
    compared: int


FULL = Pace(rounds=3, seconds=1.0, warm_seconds=0.5, compared=50)
QUICK = Pace(rounds=1, seconds=0.15, warm_seconds=0.1, compared=3)


@dataclass(frozen=True, slots=True)
class Started:
    """A contender at work, and what it is sent for each question."""

    contender: Contender
    server: Server
    requests: Mapping[str, Sequence[bytes]]


@contextmanager
def started(contenders: Sequence[Contender], questions: Sequence[Question], data: Path) -> Iterator[list[Started]]:
    """All contenders, at once: who waits costs nothing, and who is at work is not the first to use the machine."""
    with ExitStack() as stack:
        every = []
        for contender in contenders:
            server = stack.enter_context(serving(contender.command(data)))
            headers = contender.headers(data)
            requests = {
                question.name: [load.request(body, headers) for body in question.bodies(says_why=contender.says_why)]
                for question in questions
            }
            every.append(Started(contender, server, requests))
        yield every


def compare(every: Sequence[Started], questions: Sequence[Question], compared: int) -> int:
    """How many answers are the same from everyone. Raises Different."""
    for question in questions:
        for place in range(min(compared, len(question.variables))):
            answers = [data_of(one, question.name, place) for one in every]
            for one, answer in zip(every, answers, strict=True):
                if answer != answers[0]:
                    first = every[0].contender.title
                    raise Different(
                        f"{one.contender.title} and {first} differ at {difference(answer, answers[0])}"
                        f" in {question.name}, {question.variables[place]}"
                    )
    return sum(min(compared, len(question.variables)) for question in questions)


def data_of(one: Started, question: str, place: int) -> Any:
    return orjson.loads(asyncio.run(load.ask(one.server.port, one.requests[question][place])))["data"]


def difference(one: Any, other: Any, path: str = "data") -> str:
    """Where two answers part, and what stands there in each."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return next(difference(one[key], other[key], f"{path}.{key}") for key in one if one[key] != other[key])
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return next(
            difference(*pair, f"{path}[{place}]")
            for place, pair in enumerate(zip(one, other, strict=True))
            if pair[0] != pair[1]
        )
    return f"{path}: {one!r} and {other!r}"


def turns(every: Sequence[Started], questions: Sequence[Question], pace: Pace, say: Say) -> list[Turn]:
    """Every contender at every question, side by side within each round, another one first each time."""
    cells = [(question, connections) for question in questions for connections in question.connections]
    measured = []
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:

        def tally(one: Started, question: Question, connections: int, seconds: float, first: int = 0) -> load.Tally:
            job = load.Job(one.server.port, one.requests[question.name], connections, seconds, connections, first)
            return pool.submit(load.measure, job).result()

        for question, connections in cells:
            say(f"warming up: {question.name}, {connections} at once")
            for one in every:
                tally(one, question, connections, pace.warm_seconds)
        for round_ in range(pace.rounds):
            for place, (question, connections) in enumerate(cells):
                say(f"round {round_ + 1} of {pace.rounds}: {question.name}, {connections} at once")
                first = (round_ + place) % len(every)
                for one in (*every[first:], *every[:first]):
                    before = one.server.cpu_s()
                    # Each round begins elsewhere among the variables.
                    done = tally(one, question, connections, pace.seconds, 7 * round_)
                    measured.append(
                        Turn(
                            round=round_,
                            contender=one.contender.key,
                            question=question.name,
                            connections=connections,
                            requests=len(done.latencies_ms),
                            seconds=done.seconds,
                            cpu_s=one.server.cpu_s() - before,
                            latencies_ms=tuple(done.latencies_ms),
                        )
                    )
    return measured
