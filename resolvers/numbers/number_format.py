"""Number formats: the form of each kind of number, and how one that is typed gets its normal form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from resolvers.errors import InvalidSearch
from resolvers.numbers.compact_text import compact


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """The form of one kind of number: its pattern without separators, and the same in words."""

    pattern: re.Pattern[str]
    described: str

    def parse(self, text: str, argument: str) -> str:
        """The number in normal form: "w-000000001" gives "W000000001". Raises InvalidSearch, naming the argument."""
        if self.pattern.fullmatch(text):  # as records have it
            return text
        number = compact(text)
        if number is None or not self.pattern.fullmatch(number):
            raise InvalidSearch(f"{argument} must be {self.described}.")
        return number


PERSON_ID = NumberFormat(re.compile("P[0-9]{7}"), "P and seven digits, as in P0000001")
CII = NumberFormat(re.compile("A[0-9]{8}"), "A and eight digits, as in A00000001")
FBI = NumberFormat(re.compile("[0-9]{6}[A-Z]{2}[0-9]"), "six digits, two letters and a digit, as in 000001DM0")
WARRANT = NumberFormat(re.compile("W[0-9]{9}"), "W and nine digits, as in W000000001")
PROTECTIVE_ORDER = NumberFormat(re.compile("H[0-9]{9}"), "H and nine digits, as in H000000002")
ACCIDENT = NumberFormat(re.compile("[0-9]{12}"), "12 digits, as in 192025000001")
BIOMETRIC_SET = NumberFormat(re.compile("B[0-9]{9}"), "B and nine digits, as in B000017001")
MUPS = NumberFormat(re.compile("MU[0-9]{8}"), "MU and eight digits, as in MU00000017")
SSN = NumberFormat(re.compile("[0-9]{9}"), "written NNN-NN-NNNN")
INQUIRY = NumberFormat(re.compile("[0-9A-F]{32}"), "32 hexadecimal digits, as in extensions.inquiry.id")

MISSING, UNIDENTIFIED, VEHICLE_REPORT, PLATE_REPORT, BOAT, ARTICLE, SECURITY, GUN, SUPERVISED, GANG, VIOLENT = (
    NumberFormat(re.compile(f"{letter}[0-9]{{9}}"), f"{letter} and nine digits, as in {letter}000000001")
    for letter in "MUVPBASGCTL"
)
"""Numbers of records in the national files (NIC), each with the letter of its file."""
FIREARM = NumberFormat(re.compile("AF[0-9]{8}"), "AF and eight digits, as in AF00000030")
PROPERTY_REPORT = NumberFormat(re.compile("[VPBAS][0-9]{9}"), "V, P, B, A or S and nine digits, as in V000000011")
FILE_CONTROL = NumberFormat(re.compile("[0-9]{13}"), "13 digits, as in 2530800000017")

_CALIFORNIA = NumberFormat(re.compile("[A-Z][0-9]{7}"), "a letter and seven digits, as in Z0000001, for California")
_OTHER_STATE = NumberFormat(re.compile("[A-Z0-9]{1,20}"), "1 to 20 letters A to Z and digits")

CROSS_REFERENCES = {"cii_number": CII, "fbi_number": FBI, "subject_fbi": FBI, "mups_number": MUPS}
"""Columns of any table by which one source's records are found from another's: in any other form they find nothing."""


def ssn_number(text: str) -> str:
    """A social security number with its hyphens. Raises InvalidSearch."""
    digits = SSN.parse(text, "ssn")
    return f"{digits[:3]}-{digits[3:5]}-{digits[5:]}"


def license_number(text: str, state: str) -> str:
    """A driver licence's number in normal form: "z 000 0001" gives "Z0000001". Raises InvalidSearch."""
    return (_CALIFORNIA if state == "CA" else _OTHER_STATE).parse(text, "number")
