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
    SELECT 'column ' || CASE relname WHEN 'entry' THEN '' ELSE relname || '.' END || attname AS name,
           format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END
           || coalesce(' COLLATE ' || (SELECT collname FROM pg_collation AS c WHERE c.oid = attcollation), '')
           AS definition
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'journal'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    UNION ALL
    SELECT 'index ' || i.relname, pg_get_indexdef(indexrelid)
           || CASE WHEN indisvalid AND indisready AND indislive THEN '' ELSE ' INVALID' END
    FROM pg_index JOIN pg_class AS i ON i.oid = indexrelid JOIN pg_class AS t ON t.oid = indrelid
    WHERE t.relnamespace = 'journal'::regnamespace AND t.relkind = 'r'
    UNION ALL
    SELECT 'trigger ' || tgname, pg_get_triggerdef(pg_trigger.oid) || ' ENABLED ' || tgenabled::text
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE relnamespace = 'journal'::regnamespace AND NOT tgisinternal
    UNION ALL
    SELECT 'function ' || proname, md5(pg_get_functiondef(oid))
    FROM pg_proc WHERE pronamespace = 'journal'::regnamespace
    UNION ALL
    SELECT 'rule ' || rulename, pg_get_ruledef(pg_rewrite.oid) FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
    WHERE relnamespace = 'journal'::regnamespace AND relkind = 'r'
    UNION ALL
    SELECT 'table ' || relname, relkind::text || relpersistence::text || relrowsecurity::text FROM pg_class
    WHERE relnamespace = 'journal'::regnamespace AND relkind NOT IN ('i', 'I', 't')
    ORDER BY 1
"""

# A superuser and the owner can do everything; only checkpoints and anchors show what they did.
CHANGERS = """
    SELECT DISTINCT coalesce(pg_get_userbyid(nullif(grantee, 0)), 'PUBLIC')
    FROM pg_class, aclexplode(relacl)
    WHERE relnamespace = 'journal'::regnamespace AND grantee <> relowner AND privilege_type <> 'SELECT' ORDER BY 1
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
