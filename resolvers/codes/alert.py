"""Codes of the violent person file and the gang file."""

from __future__ import annotations

from resolvers.codes import Code


class ViolentCriterion(Code):
    """Why a person is in the violent person file (VPC)."""

    ASSAULT_ON_LAW_ENFORCEMENT = "1", "Assault on law enforcement"
    HOMICIDE = "2", "Violent crime: homicide or attempted homicide"
    VIOLENT_CRIME_WITH_WEAPON = "3", "Violent crime with a weapon"
    THREAT_TO_LAW_ENFORCEMENT = "4", "Threat to law enforcement"


class GangCriterion(Code):
    """Why a person is in the gang file (ECR)."""

    ADMITTED_AT_ARREST = "A", "Admitted membership when arrested"
    RELIABLE_INFORMANT = "B", "Named by a reliable informant"
    CORROBORATED = "C", "Named by an informant, and corroborated"
    FREQUENTS = "D", "Frequents the area of the group and its members"
    ARRESTED_WITH_MEMBERS = "E", "Arrested with members of the group"
    ADMITTED = "F", "Admitted membership at another time"
    AUTHORIZED_PENAL_ORGANIZATION = "I", "Identified by an authorized penal organization"
