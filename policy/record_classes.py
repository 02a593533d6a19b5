"""Record classes: the units in which access is granted or denied."""

from __future__ import annotations

from policy.described_enum import DescribedEnum


class RecordClass(DescribedEnum):
    """A record class, as named in `@needToKnow(of: …)`."""

    IDENTITY = "IDENTITY", "Name, birth date, descriptors, and every number but the social security number."
    WANTS = "WANTS", "Warrants, and the cautions that come with them."
    PROTECTIVE_ORDER = "PROTECTIVE_ORDER", "A protective order: the restrained party, its terms, and its service."
    PROTECTED_PARTY = "PROTECTED_PARTY", "The people whom an order protects, with their addresses and phone numbers."
    DMV_RECORD = "DMV_RECORD", "Licence and registration status, and the vehicle."
    DMV_ADDRESS = "DMV_ADDRESS", "Every element of a home address, including city and postal code."
    CONFIDENTIAL_ADDRESS = "CONFIDENTIAL_ADDRESS", "A home address that the DMV has marked confidential."
    CONVICTION = "CONVICTION", "A conviction, its sentence, and custody."
    ARREST_ONLY = "ARREST_ONLY", "An arrest that has no disposition."
    SEALED = "SEALED", "An arrest that a court has sealed."
    JUVENILE = "JUVENILE", "An arrest from before the eighteenth birthday."
    SUPERVISION = "SUPERVISION", "Probation and parole, and their terms."
    SSN = "SSN", "The social security number."
    FIREARM_PROHIBITION = "FIREARM_PROHIBITION", "Whether firearms are prohibited: yes or no."
    PROHIBITION_BASIS = "PROHIBITION_BASIS", "Why firearms are prohibited."
    AUDIT_TRAIL = "AUDIT_TRAIL", "The journal: who requested what, and why."


CRIMINAL_HISTORY = frozenset(
    {RecordClass.CONVICTION, RecordClass.ARREST_ONLY, RecordClass.SEALED, RecordClass.JUVENILE, RecordClass.SUPERVISION}
)

# Whether a row is of one of these classes depends on the row. A statement excludes such rows, and does not count them.
RECORD_DEPENDENT = (RecordClass.ARREST_ONLY, RecordClass.SEALED, RecordClass.JUVENILE, RecordClass.CONFIDENTIAL_ADDRESS)
