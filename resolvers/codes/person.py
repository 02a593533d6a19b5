"""Codes that describe a person and their driver's licence."""

from __future__ import annotations

from resolvers.codes import Code


class Sex(Code):
    F = "F", "Female"
    M = "M", "Male"
    U = "U", "Unknown"


class Race(Code):
    A = "A", "Asian or Pacific Islander"
    B = "B", "Black"
    I = "I", "American Indian or Alaska Native"  # noqa: E741 - the published code
    W = "W", "White"
    U = "U", "Unknown"


class Ethnicity(Code):
    H = "H", "Hispanic or Latino"
    N = "N", "Not Hispanic or Latino"


class EyeColor(Code):
    BLK = "BLK", "Black"
    BLU = "BLU", "Blue"
    BRO = "BRO", "Brown"
    GRN = "GRN", "Green"
    GRY = "GRY", "Gray"
    HAZ = "HAZ", "Hazel"
    MAR = "MAR", "Maroon"
    MUL = "MUL", "Multicolored"
    PNK = "PNK", "Pink"
    XXX = "XXX", "Unknown"


class HairColor(Code):
    BLD = "BLD", "Bald"
    BLK = "BLK", "Black"
    BLN = "BLN", "Blond or strawberry"
    BLU = "BLU", "Blue"
    BRO = "BRO", "Brown"
    GRN = "GRN", "Green"
    GRY = "GRY", "Gray or partially gray"
    ONG = "ONG", "Orange"
    PLE = "PLE", "Purple"
    PNK = "PNK", "Pink"
    RED = "RED", "Red or auburn"
    SDY = "SDY", "Sandy"
    WHI = "WHI", "White"
    XXX = "XXX", "Unknown"


class Caution(Code):
    """Caution and medical conditions; warrants use the same table."""

    ARMED_AND_DANGEROUS = "00", "Armed and dangerous"
    OTHER = "01", "Other caution; see the entering agency"
    VIOLENT_TENDENCIES = "05", "Violent tendencies"
    MARTIAL_ARTS_EXPERT = "10", "Martial arts expert"
    EXPLOSIVE_EXPERTISE = "15", "Explosive expertise"
    KNOWN_TO_ABUSE_DRUGS = "20", "Known to abuse drugs"
    ESCAPE_RISK = "25", "Escape risk"
    SEXUALLY_VIOLENT_PREDATOR = "30", "Sexually violent predator"
    INTERNATIONAL_FLIGHT_RISK = "40", "International flight risk"
    HEART_CONDITION = "50", "Heart condition"
    ALCOHOLIC = "55", "Alcoholic"
    ALLERGIES = "60", "Allergies"
    EPILEPSY = "65", "Epilepsy"
    SUICIDAL = "70", "Suicidal"
    MEDICATION_REQUIRED = "80", "Medication required"
    HEMOPHILIAC = "85", "Hemophiliac"
    DIABETIC = "90", "Diabetic"


class LicenseStatus(Code):
    VALID = "VALID", "May drive, within the class"
    EXPIRED = "EXPIRED", "Past its expiry date and not renewed"
    SUSPENDED = "SUSPENDED", "Driving privilege withdrawn for a time"
    REVOKED = "REVOKED", "Driving privilege ended"
    SURRENDERED = "SURRENDERED", "Given up to the DMV or to another state"


class LicenseClass(Code):
    A = "A", "Commercial, combination of vehicles"
    B = "B", "Commercial, single heavy vehicle"
    C = "C", "Ordinary passenger vehicle"
    M1 = "M1", "Any two-wheel motorcycle"
    M2 = "M2", "Motorized bicycle or moped"
