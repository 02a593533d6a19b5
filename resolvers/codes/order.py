"""Codes of a protective order: its kind, where it stands, what it forbids."""

from __future__ import annotations

from resolvers.codes import Code


class OrderKind(Code):
    EMERGENCY = "EMERGENCY", "Emergency protective order, asked for by an officer"
    DOMESTIC_VIOLENCE = "DOMESTIC_VIOLENCE", "Domestic violence restraining order"
    CIVIL_HARASSMENT = "CIVIL_HARASSMENT", "Civil harassment restraining order"
    ELDER_ABUSE = "ELDER_ABUSE", "Elder or dependent adult abuse restraining order"
    WORKPLACE_VIOLENCE = "WORKPLACE_VIOLENCE", "Workplace violence restraining order"
    SCHOOL_VIOLENCE = "SCHOOL_VIOLENCE", "Private postsecondary school violence restraining order"
    JUVENILE = "JUVENILE", "Juvenile court restraining order"
    CRIMINAL = "CRIMINAL", "Criminal protective order"
    GUN_VIOLENCE = "GUN_VIOLENCE", "Gun violence restraining order"


class OrderStatus(Code):
    ACTIVE = "ACTIVE", "In force, whether or not it has been served"
    EXPIRED = "EXPIRED", "Past its last day"
    TERMINATED = "TERMINATED", "Ended early by the court"


class OrderCondition(Code):
    NO_ASSAULT_THREAT_OR_STALKING = "01", "No assault, threat or stalking of the protected person"
    NO_THREAT_TO_FAMILY_OR_HOUSEHOLD = "02", "No threat to the protected person's family or household"
    PROTECTED_PERSON_HAS_RESIDENCE = "03", "The protected person has exclusive possession of the residence"
    STAY_AWAY = "04", "Stay away from the protected person's home, school or work"
    NO_COMMUNICATION = "05", "No communication with the protected person"
    RESTRAINED_HAS_VISITATION_OR_CUSTODY = "06", "The restrained person has visitation or custody"
    NO_FIREARM = "07", "No possession or purchase of a firearm"
    SEE_REMARKS = "08", "See the remarks of the order"
    PROTECTED_HAS_TEMPORARY_CUSTODY = "09", "The protected person has temporary custody"


class ServiceMethod(Code):
    PERSONAL = "PERSONAL", "Handed over in person"
    VERBAL_NOTICE = "VERBAL_NOTICE", "Its terms stated by an officer, which is service (Family Code 6383)"
    IN_COURT = "IN_COURT", "By presence at the hearing"
    MAIL = "MAIL", "By mail, after personal service of an identical temporary order"


class ProhibitionBasis(Code):
    """Why firearms are prohibited: the law of the order itself, or of another order against the same person."""

    FAMILY_COURT_ORDER = "FAMILY_COURT_ORDER", "Family Code 6389"
    CIVIL_COURT_ORDER = "CIVIL_COURT_ORDER", "Code of Civil Procedure 527.9"
    CRIMINAL_COURT_ORDER = "CRIMINAL_COURT_ORDER", "Penal Code 136.2(d)"
    GUN_VIOLENCE_ORDER = "GUN_VIOLENCE_ORDER", "Penal Code 18120"
    FEDERAL_922_G_8 = "FEDERAL_922_G_8", "18 USC 922(g)(8): qualifying order after a hearing"
