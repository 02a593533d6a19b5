"""k6 as a process: one step at one rate, and its record of every arrival.

k6 starts each arrival when it is due, however many are still waiting. It has as many virtual users as arrive in a
second, and `SPARE_VUS` more. An arrival for which none is free is dropped and counted. Each virtual user opens its
connection with its first request.
"""

from __future__ import annotations

import os
import resource
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import orjson

from bench.arrivals.mix import Arrival
from bench.arrivals.responses import Response, Step
from bench.processes import ReportProgress, Server

SCRIPT = Path(__file__).with_name("arrive.js")
GRACE_S = 15
SPARE_VUS = 20
THRESHOLD_CROSSED = 99
# Go's garbage collector would stop k6 for up to 0.1 s; without it a step takes 0.5 GB.
COLLECTOR = {"GOGC": "off", "GOMEMLIMIT": "4GiB"}
# No usage report, no port of k6's own, nothing on the terminal.
QUIET = ("--quiet", "--no-usage-report", "--address", "", "--log-format", "raw")


class NotMeasured(Exception):
    """k6 is missing or failed; the message says which."""


@dataclass(slots=True)
class Target:
    """A server under load, with the requests and headers to send.

    used:        arrivals so far, so that each step starts elsewhere in the list.
    is_profiled: the sources follow a fault profile.
    """

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
    """The path of k6: beside this Python, else on the PATH. Raises NotMeasured."""
    beside = Path(sys.executable).with_name("k6")
    path = str(beside) if beside.exists() else shutil.which("k6")
    if path is None:
        raise NotMeasured("There is no k6 here: the package index has none for this machine. Put one on the PATH.")
    return path


def virtual_users(rate: int) -> int:
    return rate + SPARE_VUS


def arrive(target: Target, rate: int, seconds: float, report_progress: ReportProgress) -> StepResult:
    """Run one step at a rate, and wait for its responses. Raises NotMeasured."""
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
    """The responses in k6's log; its other lines are skipped.

    k6 numbers only the arrivals it sends. If it dropped some, an arrival was due between its number and its number plus
    the dropped ones. The latest possible time is taken, so that a delay is never overstated.
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
    """CPU seconds of ended child processes; between two calls, those of k6."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
