"""Six kinds of tampering by a superuser, who removes the triggers and restores them."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from audit.chain import Anchor
from audit.checkpointer import Checkpointer
from audit.checkpoints import read
from audit.entry import Entry
from audit.errors import JournalUnavailable
from audit.postgres.store import PostgresStore
from audit.signed_note import Signer, new_key
from tests.audit.postgres.databases import Database

SIGNER = Signer("needtoknow", new_key())
ENTRIES, SIGNED = 40, 30

EDIT = """UPDATE journal.entry SET "user" = 'demo-court', body = replace(body, 'demo-patrol', 'demo-court')
    WHERE sequence = 21"""
HASH = "sha256({0} || int8send(sequence) || convert_to(body, 'UTF8'))"
RELINK = f"""
    DO $$ DECLARE last bytea; number bigint; BEGIN
        SELECT previous INTO last FROM journal.entry WHERE sequence = 21;
        FOR number IN 21..{ENTRIES} LOOP
            UPDATE journal.entry SET previous = last, hash = {HASH.format("last")} WHERE sequence = number
            RETURNING hash INTO last;
        END LOOP;
    END $$"""
MOVE_UP = """
    UPDATE journal.entry SET sequence = -sequence WHERE sequence > 20;
    UPDATE journal.entry SET sequence = 1 - sequence WHERE sequence < 0;
    INSERT INTO journal.entry
    SELECT 21, hash, sha256(hash || int8send(21) || convert_to(body, 'UTF8')), id, kind, at, "user", agency,
           case_number, record_ids, body
    FROM journal.entry WHERE sequence = 20"""
SWAP = """
    UPDATE journal.entry SET sequence = 0 WHERE sequence = 21;
    UPDATE journal.entry SET sequence = 21 WHERE sequence = 22;
    UPDATE journal.entry SET sequence = 22 WHERE sequence = 0"""


@dataclass(frozen=True)
class Signed:
    """A journal with checkpoints, the last one at its end."""

    store: PostgresStore
    file: Path


@pytest.fixture
async def signed(database: Database, make_intent: Callable[..., Entry], tmp_path: Path) -> Signed:
    store, file = PostgresStore(database.as_server), tmp_path / "elsewhere.jsonl"
    checkpointer = Checkpointer(store, file, SIGNER, every_entries=ENTRIES + 1)
    journal = await store.open(deadline_s=30, checkpointer=checkpointer)
    for number in range(1, ENTRIES + 1):
        await journal.append(make_intent(number, user="demo-patrol", record_ids=(f"persons/P{number}",)))
        if number == SIGNED:
            await asyncio.to_thread(checkpointer.sign)
    await journal.close()
    return Signed(store, file)


async def tamper(owner: asyncpg.Connection, script: str) -> None:
    await owner.execute("ALTER TABLE journal.entry DISABLE TRIGGER ALL")
    await owner.execute(script)
    for name in ("entry_is_the_next", "entry_stays", "entry_is_archived"):
        await owner.execute(f"ALTER TABLE journal.entry ENABLE ALWAYS TRIGGER {name}")


async def faults(store: PostgresStore, anchors: list[Anchor]) -> list[str]:
    result = await asyncio.to_thread(lambda: store.verify(anchors=anchors))
    return [str(fault) for fault in result.faults]


CUT = "DELETE FROM journal.entry WHERE sequence > 35"
KINDS = {
    "edited": (EDIT, "Entry 21: its text does not match its hash."),
    "dropped": ("DELETE FROM journal.entry WHERE sequence = 21", "Entry 21: it is missing; the next entry is 22."),
    "reordered": (SWAP, "Entry 21: it does not follow from the entry before it."),
    "inserted": (MOVE_UP, "Entry 22: it does not follow from the entry before it."),
    "truncated": (CUT, "Entry 36: it is missing, with all entries up to 40, which the checkpoint in line 2 of"),
    "rewritten": (f"{EDIT}; {RELINK}", "Entry 30: it is not the entry that the checkpoint in line 1 of"),
}


@pytest.mark.parametrize("kind", KINDS)
async def test_the_first_fault_of_tampering_is_named(signed: Signed, owner: asyncpg.Connection, kind: str) -> None:
    script, reason = KINDS[kind]
    await tamper(owner, script)

    found = await faults(signed.store, list(read(signed.file, SIGNER.verifier)))

    assert found[0].startswith(reason)


@pytest.mark.parametrize("kind", ["truncated", "rewritten"])
async def test_only_checkpoints_show_a_cut_or_rewritten_journal(
    signed: Signed, owner: asyncpg.Connection, kind: str
) -> None:
    await tamper(owner, KINDS[kind][0])

    assert await faults(signed.store, []) == []


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("UPDATE journal.entry SET \"user\" = 'x' WHERE sequence = 7", "Entry 7: its searchable columns differ"),
        ("UPDATE journal.entry SET record_ids = '{}' WHERE sequence = 7", "Entry 7: its searchable columns differ"),
        ("GRANT UPDATE ON journal.entry TO PUBLIC", "The role PUBLIC has the right to change entries or to add"),
    ],
)
async def test_a_changed_column_or_right_is_a_fault(
    signed: Signed, owner: asyncpg.Connection, script: str, fault: str
) -> None:
    await tamper(owner, script)

    (found,) = await faults(signed.store, [])
    assert found.startswith(fault)


async def test_a_journal_cut_in_use_refuses_its_next_entry(
    database: Database, owner: asyncpg.Connection, make_intent: Callable[..., Entry]
) -> None:
    journal = await PostgresStore(database.as_server).open(deadline_s=30)
    for number in (1, 2):
        await journal.append(make_intent(number))
    await tamper(owner, "DELETE FROM journal.entry WHERE sequence = 2")

    with pytest.raises(JournalUnavailable) as refused:
        await journal.append(make_intent(3))
    assert str(refused.value.__cause__) == "entry 2 was changed or removed since this process wrote it"
    assert not await journal.is_ready()
    await journal.close()
