"""People: the master name index and the DMV's driver records, with every other source's number for each person."""

from __future__ import annotations

from resolvers.fetch import by_key
from resolvers.numbers.number_format import PERSON_ID
from resolvers.record import RecordKind
from resolvers.source_spec import SourceSpec
from resolvers.table import ADDRESS, ColumnExpression, Table, plain
from sources.source import lenient_cell

SOURCE = "persons"

# As text, like every other list: whether JSON from a subquery is still JSON depends on the version of SQLite.
_ALIAS = ", ".join(f"'{name}', {lenient_cell(name)}" for name in ("given", "middle", "surname", "suffix"))
ALIASES = f"""(SELECT json_group_array(json_object({_ALIAS})) || ''
 FROM (SELECT * FROM alias WHERE alias.person = person.id ORDER BY surname, given, middle))"""

PERSON = Table(
    "person",
    {
        **plain("""id given middle surname suffix birth_date sex race ethnicity height_inches weight_pounds eye_color
            hair_color scars_marks_tattoos cautions license_number license_state license_class license_status
            license_expires_on cii_number fbi_number carpos_number is_confidential"""),
        "aliases": ColumnExpression(ALIASES),
        # Its mask shows the last four digits, as printed forms do.
        "ssn": ColumnExpression("ssn", masked="'***-**-' || substr(ssn, -4)"),
        **ADDRESS,
    },
    record=RecordKind("persons", "id", PERSON_ID.pattern),
)

by_id = by_key(SOURCE, PERSON, "id", ("id",))
by_license = by_key(SOURCE, PERSON, "license", ("license_state", "license_number"))
by_ssn = by_key(SOURCE, PERSON, "ssn", ("ssn",))
by_cii = by_key(SOURCE, PERSON, "cii", ("cii_number",))
by_fbi = by_key(SOURCE, PERSON, "fbi", ("fbi_number",))
by_carpos = by_key(SOURCE, PERSON, "carpos", ("carpos_number",))

SPEC = SourceSpec(
    SOURCE,
    "PERSONS",
    tables=(PERSON,),
    fetches=(by_id, by_license, by_ssn, by_cii, by_fbi, by_carpos),
    schema="schema.persons",
    seed="seed.persons",
)
