"""Codes of firearms: what they are, what is reported of them, and the kinds of their transfers."""

from __future__ import annotations

from resolvers.codes import Code


class FirearmMake(Code):
    BERETTA = "BER", "Beretta"
    GLOCK = "GLC", "Glock, made in Austria"
    GLOCK_USA = "GLD", "Glock, made in the United States"
    HECKLER_AND_KOCH = "HEC", "Heckler & Koch"
    MOSSBERG = "MOS", "Mossberg"
    REMINGTON = "REM", "Remington"
    SIG_SAUER = "SIG", "SIG Sauer"
    SMITH_AND_WESSON = "SW", "Smith & Wesson"
    STURM_RUGER = "SR", "Sturm, Ruger"
    TAURUS = "TAS", "Taurus"
    WINCHESTER = "WIN", "Winchester"


class FirearmCaliber(Code):
    CALIBER_22 = "22", ".22"
    CALIBER_223 = "223", ".223"
    CALIBER_25 = "25", ".25"
    CALIBER_308 = "308", ".308"
    CALIBER_32 = "32", ".32"
    CALIBER_357 = "357", ".357"
    CALIBER_38 = "38", ".38"
    CALIBER_380 = "380", ".380"
    MILLIMETERS_9 = "9", "9 mm"
    CALIBER_40 = "40", ".40"
    CALIBER_44 = "44", ".44"
    CALIBER_45 = "45", ".45"
    GAUGE_12 = "12", "12 gauge, of a shotgun"


class FirearmCategory(Code):
    """Category of a firearm: its first characteristic in the national file."""

    PISTOL = "P", "Pistol or revolver"
    RIFLE = "R", "Rifle"
    SHOTGUN = "S", "Shotgun"
    RIFLE_SHOTGUN = "C", "Rifle and shotgun in one"
    SHOTGUN_PISTOL = "Q", "Shotgun pistol"
    SUBMACHINE_GUN = "B", "Submachine gun"
    MACHINE_GUN = "M", "Machine gun"
    ELECTRIC_SHOCK = "E", "Electric shock device"
    DISGUISED = "D", "Made to look like another thing, such as a pen"
    SILENCER = "V", "Silencer"
    OTHER = "Z", "Any other"


class FirearmReportStatus(Code):
    """Status of a reported firearm."""

    STOLEN = "STOLEN", "Stolen, and not recovered"
    LOST = "LOST", "Lost by its holder or by an agency"
    FOUND = "FOUND", "Found, and held until its owner is known"
    RECOVERED = "RECOVERED", "Stolen or lost before, and now held by an agency"
    EVIDENCE = "EVIDENCE", "Held as evidence"
    CRIME_GUN = "CRIME_GUN", "Used in a crime, or taken from somebody who may not have it"


class FirearmTransferKind(Code):
    """Kind of record of a transfer. A permit to carry is none: such a record is never served."""

    DEALER_SALE = "DEALER_SALE", "Sold or passed on by a licensed dealer"
    REGISTERED_ASSAULT_WEAPON = "REGISTERED_ASSAULT_WEAPON", "Registered as an assault weapon"
    SELF_REPORTED = "SELF_REPORTED", "Reported by the holder, such as a gun brought into the state"
    LAW_ENFORCEMENT = "LAW_ENFORCEMENT", "Entered by an agency"
