"""Name index: people by name, and the keys by which each distinct name is found. It is made from people and aliases."""

from __future__ import annotations

from sqlalchemy import Index, MetaData, PrimaryKeyConstraint

from resolvers.columns import flags, integers, record_table, subject, text

METADATA = MetaData()

# A person under one name. Parts of a name are rows of their own: Garcia-Marquez is also under Garcia and under Marquez.
NAME_KEY = record_table(
    "name_key",
    METADATA,
    *text("surname"),  # capitals, as names.folding.upper makes them; a part in A to Z
    *flags("is_given_part"),
    *text("given birth_date"),
    *integers("person"),  # person.row_id
    *flags("is_alias is_surname_part is_middle"),
    *flags("is_only"),  # no alias, and no part of the surname, is a row too
    *text("initial sex race"),  # initial: of the given name, A to Z; empty if there is none
    *subject(),
    PrimaryKeyConstraint(
        "surname", "is_given_part", "given", "birth_date", "person", "is_alias", "is_surname_part", "is_middle"
    ),
    sqlite_with_rowid=False,
)
_is_whole_given_name = NAME_KEY.c.is_given_part == 0
Index(
    "name_key_birth_date",
    NAME_KEY.c.birth_date,
    NAME_KEY.c.surname,
    sqlite_where=_is_whole_given_name,
    postgresql_where=_is_whole_given_name,
)

# The keys of each distinct surname, and of each distinct given name: names.keys.
SURNAME_KEY, GIVEN_KEY = (
    record_table(
        name,
        METADATA,
        *text("key name"),
        PrimaryKeyConstraint("key", "name"),
        has_demonstrations=False,
        sqlite_with_rowid=False,
    )
    for name in ("surname_key", "given_key")
)
