"""Attack 39: files that another user of the machine can read, or has put in place of ours."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from api.auth.demo_issuer import DemoIssuer
from api.config.folder_rights import WRITTEN, close_to_others
from api.config.secret_file import SECRET_FILES, InvalidSecretFile, SecretFile
from audit.entry import Kind
from audit.policy_archive import FOLDER
from audit.sqlite.search import search
from policy.roles import Role
from seed.world import MIN_PEOPLE
from tests.command_line import Run, command_lines
from tests.harness import PERSON_QUERY
from tests.server_process import server_process

NOBODY = 65_534
CHECKOUT = Path(__file__).parents[2]
ME = "query Me { me { name } }"


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def modes(folder: Path) -> dict[tuple[str, bool], int]:
    """Modes by name and whether it is a folder; of the folder and all it holds."""
    return {
        (str(path.relative_to(folder)), path.is_dir()): stat.S_IMODE(path.lstat().st_mode)
        for path in (folder, *folder.rglob("*"))
    }


def ask(url: str, data: Path) -> int:
    """The status of an operation that reads a record."""
    headers = {"Authorization": f"Bearer {DemoIssuer.open(data).token(Role.PATROL)}"}
    return httpx.post(f"{url}/graphql", json={"query": PERSON_QUERY}, headers=headers).status_code


@pytest.mark.slow
@pytest.mark.attack(39)
@pytest.mark.parametrize(
    "mask", [0, *(pytest.param(mask, marks=pytest.mark.system) for mask in (0o022, 0o027, 0o077, 0o777))], ids=oct
)
def test_every_file_that_a_command_writes_is_for_its_owner_only(run: Run, tmp_path: Path, mask: int) -> None:
    home, query, manifest = tmp_path / "home", tmp_path / "query.graphql", tmp_path / "manifest.json"
    data, traces = home / "data", home / "traces"
    query.write_text(PERSON_QUERY)
    manifest.write_text(json.dumps({sha256(ME.encode()).hexdigest(): ME}))
    with umask(mask):
        assert run("seed", "--data", data, "--people", MIN_PEOPLE).status == 0
        with server_process(data, NEEDTOKNOW_CHALLENGE_ONE_IN="9", NEEDTOKNOW_TRACES=str(traces)) as server:
            assert ask(server.url, data) == 200
            served = modes(home)
            server.stop(signal.SIGTERM)
        (inquiry,) = {found.entry.id for found in search(data / "journal.db") if found.entry.kind is Kind.RELEASE}
        needed = {
            "file": query,
            "inquiry": inquiry,
            "role": "patrol",
            "trace": "",
            "traces": traces,
            "to": home / "copy",
        }
        for line in command_lines(needed, {"data": data, "html": home / "report.html", "people": MIN_PEOPLE}):
            more = ["--overwrite"] * (line[0] == "seed")
            # What `documents check` reads is a file of documents.
            named = [manifest if line[0] == "documents" and each == str(query) else each for each in line]
            assert (line, run(*named, *more).status) == (line, 0)
        written = modes(home)

    for found in (served, written):
        assert {name: oct(mode) for name, mode in found.items() if mode != (0o700 if name[1] else 0o600)} == {}
    names = {Path(name).name for name, _ in served.keys() | written.keys()}
    assert {each.name for each in SECRET_FILES} | {"report.html", "journal.db-wal", "journal.db-shm"} <= names
    assert {name for name in names if name.endswith((".key", "-issuer.json"))} == {each.name for each in SECRET_FILES}
    assert not_ignored(f"elsewhere/{name}" for name, is_folder in served if not is_folder) == set()


def not_ignored(names: Iterable[str]) -> set[str]:
    """Those of the files that git would add to this checkout."""
    named = sorted(names)
    command = ["git", "check-ignore", "--no-index", "--stdin", "-z"]
    done = subprocess.run(command, cwd=CHECKOUT, input="\0".join(named), capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    return set(named) - set(done.stdout.split("\0"))


@pytest.mark.attack(39)
def test_git_ignores_every_file_of_a_data_folder_of_any_name() -> None:
    """Also the drafts that a process leaves if it is killed."""
    secret = [each.name for each in SECRET_FILES]
    drafts = [f"{name}.0123456789abcdef" for name in secret]
    sqlite = [f"{name}{suffix}" for name in WRITTEN if name.endswith(".db") for suffix in ("-wal", "-shm", "-lock")]
    hidden = [".journal.db.4711", ".persons.db.indexing", f"{FOLDER}/.0123456789ab.4711", ".seeding/persons.db"]
    names = [f"d/{name}" for name in (*secret, *drafts, *WRITTEN, *sqlite, *hidden, f"{FOLDER}/0123456789ab.txt")]

    assert len(names) > 30
    assert not_ignored(names) == set()


def open_folder(data: Path) -> None:
    """Give it the modes that an older version gave it under umask 022."""
    secret = {each.name for each in SECRET_FILES}
    for path in (data, *data.rglob("*")):
        if path.name not in secret:
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.attack(39)
def test_a_folder_of_an_older_version_is_closed_and_that_is_said_once(run: Run, data: Path, tmp_path: Path) -> None:
    query = tmp_path / "query.graphql"
    query.write_text(PERSON_QUERY)
    run("ask", "--data", data, query)
    open_folder(data)

    first, second = run("ask", "--data", data, query), run("ask", "--data", data, query)

    # What else it says on standard error is the same each time.
    assert first.err == f"needtoknow: Other users could read {data}. Now only its owner can.\n{second.err}"
    assert "owner" not in second.err
    assert {name: oct(mode) for name, mode in modes(data).items() if mode != (0o700 if name[1] else 0o600)} == {}


@pytest.mark.parametrize("mode", [0o700, 0o750, 0o770], ids=oct)
def test_a_folder_that_was_opened_to_a_group_stays_so(data: Path, mode: int) -> None:
    open_folder(data)
    data.chmod(mode)
    before = modes(data)

    assert close_to_others(data) == 0
    assert modes(data) == before


def test_a_folder_with_other_files_stays_open_but_its_records_do_not(data: Path) -> None:
    open_folder(data)
    (data / "notes.txt").touch()
    (data / "notes.txt").chmod(0o644)
    (data / "persons.db").unlink()
    (data / "persons.db").symlink_to(data / "notes.txt")

    close_to_others(data)

    open_names = {name for (name, _), mode in modes(data).items() if mode & 0o077}
    assert open_names == {".", "notes.txt", "persons.db"}  # a link has no mode of its own


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


def linked(path: Path) -> None:
    path.symlink_to(path.rename(path.with_name("elsewhere")))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir(0o700)


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def socket_file(path: Path) -> None:
    path.unlink()
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def device(path: Path) -> None:
    path.unlink()
    try:
        os.mknod(path, 0o600 | stat.S_IFCHR, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("only root can make a device")


def of_another_user(path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a file away")
    os.chown(path, NOBODY, NOBODY)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def long(path: Path) -> None:
    path.write_bytes(bytes(4_097))


def endless(path: Path) -> None:
    os.truncate(path, 1 << 40)


def readable_by_a_group(path: Path) -> None:
    path.chmod(0o640)


def readable_by_all(path: Path) -> None:
    path.chmod(0o604)


def writable_by_others(path: Path) -> None:
    path.chmod(0o622)


FAULTS: dict[Callable[[Path], None], str] = {
    dangling: "{path} cannot be read: it is a link. {remedy}",
    linked: "{path} cannot be read: it is a link. {remedy}",
    folder: "{path} cannot be read: Is a directory. {remedy}",
    pipe: "{path} cannot be read: it is not a regular file. {remedy}",
    socket_file: "{path} cannot be read: No such device or address. {remedy}",
    device: "{path} cannot be read: it is not a regular file. {remedy}",
    of_another_user: "{path} belongs to another user, who could {power}. {remedy}",
    empty: "{path} is not {noun}. {remedy}",
    long: "{path} is not {noun}. {remedy}",
    endless: "{path} is not {noun}. {remedy}",
    readable_by_a_group: "Other users can read {path}, and so {power}. {remedy}",
    readable_by_all: "Other users can read {path}, and so {power}. {remedy}",
    writable_by_others: "Other users can read {path}, and so {power}. {remedy}",
}


@pytest.mark.attack(39)
@pytest.mark.parametrize("secret", SECRET_FILES, ids=lambda secret: secret.name)
def test_a_key_file_with_a_fault_is_refused_in_one_sentence(tmp_path: Path, secret: SecretFile) -> None:
    path, whole = tmp_path / secret.name, bytes(secret.max_bytes)
    for fault, message in FAULTS.items():
        secret.create(tmp_path, lambda: whole)
        assert secret.read(tmp_path) == whole
        fault(path)
        with pytest.raises(InvalidSecretFile) as refused:
            secret.read(tmp_path)
        words = {name: getattr(secret, name) for name in ("noun", "power", "remedy")}
        assert str(refused.value) == message.format(path=path, **words), fault.__name__
        path.rmdir() if fault is folder else path.unlink()


@pytest.mark.attack(39)
def test_a_server_with_a_faulty_key_file_does_not_start(run: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEEDTOKNOW_CHALLENGE_ONE_IN", "9")
    ask = partial(run, "ask", "--data", data, "-", stdin=PERSON_QUERY.encode())
    assert ask().status == 0
    for secret in SECRET_FILES:
        path = data / secret.name
        for fault in (pipe, readable_by_all):
            whole = path.read_bytes()
            fault(path)
            result = ask()
            message = FAULTS[fault].format(path=path, power=secret.power, remedy=secret.remedy)
            assert (result.status, result.out, result.err) == (1, "", f"needtoknow: {message}\n")
            path.unlink()
            secret.create(data, partial(bytes, whole))
    assert ask().status == 0
