"""k6 as a process: one step at one rate, and its record of each arrival.

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
    responses: list[Response]


def k6_path() -> str:
    """The path of k6: in the folder of this Python, else on the PATH. Raises NotMeasured."""
    installed = Path(sys.executable).with_name("k6")
    path = str(installed) if installed.exists() else shutil.which("k6")
    if path is None:
        raise NotMeasured("k6 is not installed, and the package index has none for this machine. Put one on the PATH.")
    return path


def virtual_users(rate: int) -> int:
    return rate + SPARE_VUS


def run_step(target: Target, rate: int, seconds: float, report_progress: ReportProgress) -> StepResult:
    """Run one step at a rate, and wait for its responses. Raises NotMeasured."""
    trace_prefix = secrets.token_hex(8)
    first = target.used % len(target.arrivals)
    target.used += round(rate * seconds)
    with TemporaryDirectory(prefix="arrivals-") as folder:
        job = {
            "url": f"http://127.0.0.1:{target.server.port}/graphql",
            "headers": {"Content-Type": "application/json", "Accept": "application/json", **target.headers},
            "rate": rate,
            "seconds": seconds,
            "grace_s": GRACE_S,
            "vus": virtual_users(rate),
            "first": first,
            "trace": trace_prefix,
            "summary": f"{folder}/summary.json",
        }
        Path(folder, "job.json").write_bytes(orjson.dumps(job))
        Path(folder, "bodies.json").write_bytes(orjson.dumps([arrival.body for arrival in target.arrivals]))
        server_cpu_s, load_cpu_s = target.server.cpu_s(), _children_cpu_s()
        _run_k6(Path(folder), rate, seconds, report_progress)
        server_cpu_s, load_cpu_s = target.server.cpu_s() - server_cpu_s, _children_cpu_s() - load_cpu_s
        dropped = orjson.loads(Path(folder, "summary.json").read_bytes())["dropped"]
        lines = Path(folder, "responses.log").read_text().splitlines()
    workloads = [arrival.workload for arrival in (*target.arrivals[first:], *target.arrivals[:first])]
    responses = list(parse_responses(lines, workloads, rate, dropped, trace_prefix))
    step = Step.of(
        rate,
        seconds,
        responses,
        dropped=dropped,
        server_cpu_s=server_cpu_s,
        load_cpu_s=load_cpu_s,
        is_profiled=target.is_profiled,
    )
    return StepResult(step, responses)


def parse_responses(
    lines: Sequence[str], workloads: Sequence[str], rate: int, dropped: int, trace_prefix: str
) -> Iterator[Response]:
    """The responses in k6's log; its other lines are skipped.

    k6 numbers only the arrivals it sends. If it dropped some, an arrival was due between its number and its number plus
    the dropped ones. The latest possible time is taken, so that a delay is never overstated.
    """
    for line in lines:
        if not line.startswith("response\t"):
            continue
        _, index, sent_ms, duration_ms, status, codes, inquiry_id = line.split("\t")
        number = int(index)
        due = max(number, min(number + dropped, int(float(sent_ms) * rate / 1_000)))
        yield Response(
            workload=workloads[number % len(workloads)],
            start_delay_ms=max(0.0, float(sent_ms) - due * 1_000 / rate),
            duration_ms=float(duration_ms),
            status=int(status),
            codes=tuple(filter(None, codes.split(","))),
            inquiry_id=inquiry_id,
            trace_id=f"{trace_prefix}{number:016x}",
            is_opening=number < virtual_users(rate),
        )


def _run_k6(folder: Path, rate: int, seconds: float, report_progress: ReportProgress) -> None:
    variables = ("-e", f"JOB={folder}/job.json", "-e", f"BODIES={folder}/bodies.json")
    log = ("--log-output", f"file={folder}/responses.log")
    command = [k6_path(), "run", *QUIET, *log, *variables, str(SCRIPT)]
    with Path(folder, "errors.log").open("w+") as errors:
        process = subprocess.Popen(  # noqa: S603  the command is ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **COLLECTOR},
        )
        began = perf_counter()
        try:
            while True:
                try:
                    status = process.wait(0.5)
                    break
                except subprocess.TimeoutExpired:
                    elapsed = perf_counter() - began
                    if elapsed > seconds + 3 * GRACE_S:
                        raise NotMeasured(f"k6 did not end after {elapsed:.0f} s.") from None
                    report_progress(f"{rate:,} a second: {min(elapsed, seconds):.0f} of {seconds:g} s")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if status not in (0, THRESHOLD_CROSSED):
            errors.seek(0)
            log_file = Path(folder, "responses.log")
            raise NotMeasured((errors.read() or log_file.read_text())[-2_000:] or f"k6 ended with {status}.")


def _children_cpu_s() -> float:
    """CPU seconds of ended child processes; between two calls, those of k6."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
