"""Codes of a biometric set: what it is a set of."""

from __future__ import annotations

from resolvers.codes import Code


class BiometricKind(Code):
    TEN_PRINT = "TEN_PRINT", "Prints of all ten fingers"
    PALM = "PALM", "Prints of the palms"
    MUGSHOT = "MUGSHOT", "Photograph of the face at booking"
    MARK_PHOTO = "MARK_PHOTO", "Photograph of a scar, mark or tattoo"
    DNA = "DNA", "DNA sample on file: there is one, and no more is said of it"
