"""The log: one line a message, as text or as JSON, without control characters and without values of an exception."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.config.log_format import JsonLogFormatter, LogFormatter, configure_log, log_event
from tests.server_process import START_S, server_process

CONTROLS = "a\x00\x1b[2J\x9b\u2028\u202e\n{"
SECRET = "123-45-6789"
COMMAND = [sys.executable, "-c", "from api.cli import main; main()"]


@pytest.fixture(params=[LogFormatter, JsonLogFormatter])
def logged(request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """What a logger named needtoknow.test has written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param(2))
    logger = logging.getLogger("needtoknow.test")
    logger.addHandler(handler)
    yield stream.getvalue
    logger.removeHandler(handler)


logger = logging.getLogger("needtoknow.test")


def test_a_message_is_one_printable_line(logged: Callable[[], str]) -> None:
    logger.error("%s", CONTROLS)
    log_event(logger, logging.ERROR, CONTROLS, "start", path=CONTROLS, several={CONTROLS: [CONTROLS]})

    lines = logged().splitlines()
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)


def test_a_path_that_is_not_utf_8_is_escaped() -> None:
    record = logging.LogRecord("needtoknow", logging.ERROR, "", 1, "%s", ("a\udcff",), None)

    assert "a\\udcff" in LogFormatter().format(record)
    assert json.loads(JsonLogFormatter().format(record))["message"] == "a\\udcff"


def test_an_exception_is_its_type_and_places_without_its_message(logged: Callable[[], str]) -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError:
        logger.exception("It failed.")

    (line,) = logged().splitlines()
    file = Path(__file__).name
    assert re.search(rf"ValueError at {file}:\d+, from KeyError at {file}:\d+", line)
    assert SECRET not in line


def test_text_and_json_say_the_same() -> None:
    record = logging.LogRecord("needtoknow.server", logging.INFO, "", 1, "%s", ("Ready.",), None)
    record.created, record.msecs, record.process = 1_795_000_000.25, 250.0, 4711
    record.__dict__ |= {"event": "ready", "values": {"address": "http://[::1]:1", "sources": {"persons": "sqlite"}}}

    assert LogFormatter(2).format(record) == (
        "2026-11-18T11:06:40.250Z INFO needtoknow.server[4711]: Ready. "
        "(worker=2 event=ready address=http://[::1]:1 sources=persons:sqlite)"
    )
    assert json.loads(JsonLogFormatter(2).format(record)) == {
        "time": "2026-11-18T11:06:40.250Z",
        "level": "INFO",
        "logger": "needtoknow.server",
        "process": 4711,
        "message": "Ready.",
        "worker": 2,
        "event": "ready",
        "address": "http://[::1]:1",
        "sources": {"persons": "sqlite"},
    }


@pytest.mark.slow
def test_each_line_of_a_server_is_json_from_its_start_to_its_end(data: Path) -> None:
    with server_process(data, NEEDTOKNOW_LOG="json", NEEDTOKNOW_WORKERS="2") as server:
        server.wait_for_log('"ready"')
        os.kill(server.workers[0], signal.SIGKILL)
        server.wait_for_log('"worker_replaced"')
        httpx.get(f"{server.url}/readyz").raise_for_status()
        # A file that is changed in place: a fault of a source, which its worker logs.
        (data / "warrants.db").write_bytes(b"x" * 8_192)
        httpx.get(f"{server.url}/readyz")
        server.process.send_signal(signal.SIGHUP)
        server.wait_for_log('"reloaded"')
        status, _ = server.stop(signal.SIGTERM)
        printed = server.process.stdout.read() if server.process.stdout else None

    lines: list[dict[str, Any]] = [json.loads(line) for line in server.logged]
    events = [line["event"] for line in lines if "event" in line]
    ready = lines[0]
    replaced = next(line for line in lines if line.get("event") == "worker_replaced")
    assert (status, printed) == (0, "")
    assert [each for each in events if each != "worker_ended"] == [
        *("ready", "worker_replaced", "reload", "reloaded", "stop", "stopped")
    ]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"]) for line in lines)
    assert {"time", "level", "logger", "process", "message"} <= set.intersection(*(set(line) for line in lines))
    assert (ready["workers"], ready["data"], ready["journal"]) == (2, str(data), str(data / "journal.db"))
    assert set(ready["sources"].values()) == {"sqlite"}
    assert replaced["ending"] == "SIGKILL"
    assert replaced["replaced_by"] != replaced["pid"]


@pytest.mark.slow
def test_a_warning_and_an_error_at_the_start_are_json_too(data: Path) -> None:
    (data / "journal.db").write_bytes(b"x" * 4_096)
    data.chmod(0o755)
    done = start(data, NEEDTOKNOW_LOG="json")

    warning, error = [json.loads(each) for each in done.stderr.splitlines()]
    assert (done.returncode, done.stdout) == (1, "")
    assert (warning["level"], warning["message"].split(" ")[:3]) == ("WARNING", ["Other", "users", "could"])
    assert (error["level"], error["event"]) == ("CRITICAL", "failed")
    assert error["message"].startswith(f"The journal {data}/journal.db cannot be")


@pytest.mark.slow
def test_a_password_is_in_no_line(data: Path) -> None:
    done = start(data, NEEDTOKNOW_LOG="json", NEEDTOKNOW_JOURNAL="postgresql://u:s3cret@127.0.0.1:1/records")

    assert done.returncode == 1
    assert "127.0.0.1:1" in done.stderr
    assert "s3cret" not in done.stderr + done.stdout


def start(data: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """A server that cannot start."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("NEEDTOKNOW_")}
    return subprocess.run(
        [*COMMAND, "serve", "--demo", "--port", "0", "--data", str(data)],
        capture_output=True,
        text=True,
        timeout=START_S,
        check=False,
        env=own | settings,
    )


UNCAUGHT = f"""
import asyncio, logging, threading, warnings
from api.config.log_format import configure_log, log_uncaught
from api.server.server import log_exception
configure_log("json", worker=1)
log_uncaught()

def fail():
    raise ValueError("{SECRET}")

class Unraisable:
    def __del__(self):
        fail()

async def main():
    asyncio.get_running_loop().set_exception_handler(log_exception)
    asyncio.get_running_loop().call_soon(fail)
    await asyncio.sleep(0)

thread = threading.Thread(target=fail)
thread.start()
thread.join()
del thread
Unraisable()
warnings.warn("{SECRET}"[:3])
asyncio.run(main())
logging.getLogger("some.library").warning("a library")
fail()
"""


def test_no_exception_and_no_warning_goes_round_the_log() -> None:
    done = subprocess.run([sys.executable, "-c", UNCAUGHT], capture_output=True, text=True, check=False)

    lines = [json.loads(each) for each in done.stderr.splitlines()]
    assert (done.returncode, done.stdout) == (1, "")
    assert len(lines) == 6
    assert len([each for each in lines if each.get("exception", "").startswith("ValueError at <string>:")]) == 4
    assert SECRET not in done.stderr


def test_configuring_the_log_again_replaces_its_format() -> None:
    root = logging.getLogger()
    before = list(root.handlers), root.level, logging.getLogger("needtoknow").level
    try:
        configure_log("text")
        configure_log("json", worker=3)
        ours = [each for each in root.handlers if isinstance(each.formatter, LogFormatter)]
    finally:
        root.handlers, root.level = before[0], before[1]
        logging.getLogger("needtoknow").setLevel(before[2])

    assert [type(each.formatter) for each in ours] == [JsonLogFormatter]
