"""Definitions of a journal's schema, as journal.sql declares them, and the roles that could change entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

DDL = Path(__file__).with_name("journal.sql").read_text(encoding="utf-8")
DECLARED = Path(__file__).with_name("definitions.txt")
"""DEFINITIONS of a database in which DDL was run, a line each: kind, name, a tab and the definition."""

VERSION = 1

DEFINITIONS = """
    SELECT 'column ' || attname AS name,
           format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
           || coalesce(' COLLATE ' || (SELECT collname FROM pg_collation AS c WHERE c.oid = attcollation), '')
           AS definition
    FROM pg_attribute WHERE attrelid = 'journal.entry'::regclass AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'index ' || relname, pg_get_indexdef(indexrelid)
           || CASE WHEN indisvalid AND indisready AND indislive THEN '' ELSE ' INVALID' END
    FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = 'journal.entry'::regclass
    UNION ALL
    SELECT 'trigger ' || tgname, pg_get_triggerdef(oid) || ' ENABLED ' || tgenabled::text
    FROM pg_trigger WHERE tgrelid = 'journal.entry'::regclass AND NOT tgisinternal
    UNION ALL
    SELECT 'function ' || proname, md5(pg_get_functiondef(oid))
    FROM pg_proc WHERE pronamespace = 'journal'::regnamespace
    UNION ALL
    SELECT 'rule ' || rulename, pg_get_ruledef(oid) FROM pg_rewrite WHERE ev_class = 'journal.entry'::regclass
    UNION ALL
    SELECT 'table ' || relname, relkind::text || relpersistence::text || relrowsecurity::text FROM pg_class
    WHERE relnamespace = 'journal'::regnamespace AND relkind NOT IN ('i', 'I', 't')
    ORDER BY 1
"""

# A superuser and the owner can do everything; only checkpoints and anchors show what they did.
CHANGERS = """
    SELECT DISTINCT coalesce(pg_get_userbyid(nullif(grantee, 0)), 'PUBLIC')
    FROM pg_class, aclexplode(relacl)
    WHERE pg_class.oid = 'journal.entry'::regclass AND grantee <> relowner AND privilege_type <> 'SELECT' ORDER BY 1
"""


def definition_differences(found: Iterable[Any]) -> Iterator[str]:
    """Differences between the DEFINITIONS of a database and the declared ones, in words."""
    theirs, ours = dict(found), declared_definitions()
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            verb = "is missing" if name not in theirs else "was changed" if name in ours else "does not belong there"
            yield f"the {name} {verb}"


def declared_definitions() -> dict[str, str]:
    """The definition of each name: "index entry_by_at"."""
    lines = DECLARED.read_text(encoding="utf-8").splitlines()
    return {name: definition for name, _, definition in (line.partition("\t") for line in lines)}
