"""k6 as a process: one step at one rate, and what it says of every arrival. Knows nothing of what is asked.

k6 begins each arrival when it is due, whoever is still waiting. It has as many hands as arrive in a second, and some;
an arrival for which none is free is dropped, and counted. The hands take turns, and each opens a connection of its own
with its first.
"""

from __future__ import annotations

import os
import resource
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import orjson

from bench.arrivals.mix import Arrival
from bench.arrivals.responses import Response, Step
from bench.processes import Server

SCRIPT = Path(__file__).with_name("arrive.js")
GRACE_S = 15
SPARE_VUS = 20
THRESHOLD_CROSSED = 99
# Its collector would take up to a tenth of a second from server and clock alike; a step takes 0.5 GB without it.
COLLECTOR = {"GOGC": "off", "GOMEMLIMIT": "4GiB"}
# No configuration but ours: no report to anybody, no port of its own, nothing on the terminal.
QUIET = ("--quiet", "--no-usage-report", "--address", "", "--log-format", "raw")

ReportProgress = Callable[[str], None]


class NotMeasured(Exception):
    """k6 is not here, or did not do as it was told; the message says which."""


@dataclass(slots=True)
class Target:
    """Whom to ask, what and as whom. `used` counts the arrivals there have been, so that each step begins elsewhere.
    `is_profiled` where a profile says how the sources behave."""

    server: Server
    arrivals: Sequence[Arrival]
    headers: Mapping[str, str]
    used: int = 0
    is_profiled: bool = False


@dataclass(frozen=True, slots=True)
class StepResult:
    step: Step
    answers: list[Response]


def k6_path() -> str:
    """Where k6 is: beside this Python, else wherever the shell finds it. Raises NotMeasured."""
    beside = Path(sys.executable).with_name("k6")
    path = str(beside) if beside.exists() else shutil.which("k6")
    if path is None:
        raise NotMeasured("There is no k6 here: the package index has none for this machine. Put one on the PATH.")
    return path


def virtual_users(rate: int) -> int:
    return rate + SPARE_VUS


def arrive(target: Target, rate: int, seconds: float, report_progress: ReportProgress) -> StepResult:
    """One step: so many arrivals a second for so long, and then their answers waited for. Raises NotMeasured."""
    trace = secrets.token_hex(8)
    first = target.used % len(target.arrivals)
    target.used += round(rate * seconds)
    with TemporaryDirectory(prefix="arrivals-") as folder:
        job = {
            "url": f"http://127.0.0.1:{target.server.port}/graphql",
            "headers": {"Content-Type": "application/json", "Accept": "application/json", **target.headers},
            "rate": rate,
            "seconds": seconds,
            "grace_s": GRACE_S,
            "waiting": virtual_users(rate),
            "first": first,
            "trace": trace,
            "summary": f"{folder}/summary.json",
        }
        Path(folder, "job.json").write_bytes(orjson.dumps(job))
        Path(folder, "bodies.json").write_bytes(orjson.dumps([arrival.body for arrival in target.arrivals]))
        server_cpu_s, load_cpu_s = target.server.cpu_s(), _children_cpu_s()
        _run(Path(folder), rate, seconds, report_progress)
        server_cpu_s, load_cpu_s = target.server.cpu_s() - server_cpu_s, _children_cpu_s() - load_cpu_s
        dropped = orjson.loads(Path(folder, "summary.json").read_bytes())["dropped"]
        lines = Path(folder, "answers.log").read_text().splitlines()
    kinds = [arrival.kind for arrival in target.arrivals]
    kinds = kinds[first:] + kinds[:first]
    answers = list(parse_responses(lines, kinds, rate, dropped, trace))
    step = Step.of(
        rate,
        seconds,
        answers,
        dropped=dropped,
        server_cpu_s=server_cpu_s,
        load_cpu_s=load_cpu_s,
        is_profiled=target.is_profiled,
    )
    return StepResult(step, answers)


def parse_responses(
    lines: Sequence[str], kinds: Sequence[str], rate: int, dropped: int, trace: str
) -> Iterator[Response]:
    """The answers that k6's lines tell of; its own remarks are between them.

    k6 numbers only what it sends. Where it dropped some, an arrival was due at its number at the earliest and that many
    later at the latest; the latest that it can have been is taken, so that lateness is never made up.
    """
    for line in lines:
        if not line.startswith("answer\t"):
            continue
        _, place, sent_ms, duration_ms, status, codes, inquiry = line.split("\t")
        number = int(place)
        due = max(number, min(number + dropped, int(float(sent_ms) * rate / 1_000)))
        yield Response(
            kind=kinds[number % len(kinds)],
            start_delay_ms=max(0.0, float(sent_ms) - due * 1_000 / rate),
            duration_ms=float(duration_ms),
            status=int(status),
            codes=tuple(filter(None, codes.split(","))),
            inquiry=inquiry,
            trace=f"{trace}{number:016x}",
            is_opening=number < virtual_users(rate),
        )


def _run(folder: Path, rate: int, seconds: float, report_progress: ReportProgress) -> None:
    variables = ("-e", f"JOB={folder}/job.json", "-e", f"BODIES={folder}/bodies.json")
    log = ("--log-output", f"file={folder}/answers.log")
    command = [k6_path(), "run", *QUIET, *log, *variables, str(SCRIPT)]
    with Path(folder, "complaints").open("w+") as complaints:
        process = subprocess.Popen(  # noqa: S603  the command is ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            env={**os.environ, **COLLECTOR},
        )
        began = perf_counter()
        try:
            while True:
                try:
                    status = process.wait(0.5)
                    break
                except subprocess.TimeoutExpired:
                    passed = perf_counter() - began
                    if passed > seconds + 3 * GRACE_S:
                        raise NotMeasured(f"k6 did not end after {passed:.0f} s.") from None
                    report_progress(f"{rate:,} a second: {min(passed, seconds):.0f} of {seconds:g} s")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if status not in (0, THRESHOLD_CROSSED):
            complaints.seek(0)
            log_end = Path(folder, "answers.log")
            raise NotMeasured((complaints.read() or log_end.read_text())[-2_000:] or f"k6 ended with {status}.")


def _children_cpu_s() -> float:
    """CPU seconds of the children that have ended: between two looks, of k6 alone."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
