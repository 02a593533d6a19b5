"""Reason codes: the activity behind an inquiry, narrower than its purpose."""

from __future__ import annotations

from policy.described_enum import DescribedEnum


class Reason(DescribedEnum):
    """The reason of an `@inquiry`."""

    TRAFFIC_STOP = "TRAFFIC_STOP", "A vehicle or a person stopped on the road."
    CALL_FOR_SERVICE = "CALL_FOR_SERVICE", "A call for help."
    INVESTIGATION = "INVESTIGATION", "An open investigation."
    WARRANT_SERVICE = "WARRANT_SERVICE", "A warrant about to be served."
    COURT_PROCEEDING = "COURT_PROCEEDING", "A case before a court."
    BOOKING = "BOOKING", "A person being booked into custody."
    SUPERVISION_CHECK = "SUPERVISION_CHECK", "A check on a person on probation or parole."
    EMPLOYMENT_BACKGROUND = "EMPLOYMENT_BACKGROUND", "An applicant for work in criminal justice."
    FIREARM_RELINQUISHMENT = "FIREARM_RELINQUISHMENT", "Firearms to be given up."
    CCW_PERMIT = "CCW_PERMIT", "A permit to carry a concealed weapon; refused."
    RECORD_MAINTENANCE = "RECORD_MAINTENANCE", "A record to be corrected or completed by its owner."
    CHILD_PLACEMENT = "CHILD_PLACEMENT", "A child to be placed in an emergency."
    IMMIGRATION_ENFORCEMENT = (
        "IMMIGRATION_ENFORCEMENT",
        "Immigration enforcement; refused for all but criminal history.",
    )
    TRAINING = "TRAINING", "Training; finds the demonstration people alone, and no live record."


FIELD_STOPS = frozenset({Reason.TRAFFIC_STOP, Reason.CALL_FOR_SERVICE, Reason.WARRANT_SERVICE})
"""The reasons of an officer who is about to meet the person."""
