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
    MISSING_PERSON = "MISSING_PERSON", "An active missing person report, and an unidentified person."
    MISSING_DETAIL = (
        "MISSING_DETAIL",
        "Dental, X-ray, DNA and medical details of a missing person, and who reported them.",
    )
    MISSING_HISTORY = "MISSING_HISTORY", "A missing person report that is closed: when and how the person was found."
    PROPERTY = "PROPERTY", "A report on a thing: a vehicle, plate, part, boat, article or security."
    FIREARM_STATUS = "FIREARM_STATUS", "A gun, and the reports on it: stolen, lost, found, evidence."
    FIREARM_OWNERSHIP = "FIREARM_OWNERSHIP", "Who has, bought or registered which gun."
    VIOLENT_PERSON = "VIOLENT_PERSON", "An entry of the violent person file."
    GANG = "GANG", "An entry of the gang file."
    ACCIDENT = "ACCIDENT", "A traffic accident: when, where, how grave, and which vehicles."
    ACCIDENT_PARTY = "ACCIDENT_PARTY", "The parties of an accident: their names, injuries and fault."
    BIOMETRIC = "BIOMETRIC", "References to fingerprints, photographs and DNA, never an image."
    PRETRIAL = "PRETRIAL", "Bail, release before trial, its conditions, and hearings."
    REHABILITATION = "REHABILITATION", "Rehabilitation programmes, and diversion under way."
    FOREIGN_ORDER = "FOREIGN_ORDER", "A protective order of another state that is registered here."
    MESSAGE = "MESSAGE", "A message between agencies, to its sender and its addressees."
    HIT_CONFIRMATION = "HIT_CONFIRMATION", "The confirmation of a hit, to the agencies that it is between."
    MISUSE_CASE = "MISUSE_CASE", "A case about misuse of this system."
    AUTHORIZATION = "AUTHORIZATION", "Clearance and training of the users of an agency."
    AUDIT_TRAIL = "AUDIT_TRAIL", "The journal: who requested what, and why."


CRIMINAL_HISTORY = frozenset(
    {RecordClass.CONVICTION, RecordClass.ARREST_ONLY, RecordClass.SEALED, RecordClass.JUVENILE, RecordClass.SUPERVISION}
)

# Whether a row is of one of these classes depends on the row. A statement excludes such rows, and does not count them.
RECORD_DEPENDENT = (
    RecordClass.ARREST_ONLY,
    RecordClass.SEALED,
    RecordClass.JUVENILE,
    RecordClass.CONFIDENTIAL_ADDRESS,
    RecordClass.FOREIGN_ORDER,
    RecordClass.MISSING_HISTORY,
)
