"""Roles of callers."""

from __future__ import annotations

from policy.described_enum import DescribedEnum


class Role(DescribedEnum):
    """A role. Its value is the `role` claim of the token, in exactly these letters."""

    PATROL = "patrol", "An officer in the field."
    DISPATCHER = "dispatcher", "Takes calls and sends officers."
    INVESTIGATOR = "investigator", "Works a case."
    RECORDS = "records", "Keeps an agency's records, and checks its applicants."
    SUPERVISION = "supervision", "A probation or parole officer."
    PROSECUTOR = "prosecutor", "Brings cases to court."
    COURT = "court", "A judge or a clerk of a court."
    JAIL = "jail", "Books and holds people."
    AUDITOR = "auditor", "Reads the journal; sees no records."
    ADMIN = "admin", "Runs the servers; sees no records."
    OUTSIDER = "outsider", "An agency outside criminal justice."
