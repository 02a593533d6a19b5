"""Codes of reports on property, and of the things that they are about.

Boats, articles and securities have NCIC's codes. The codes of parts and of a recovered thing's condition are local.
"""

from __future__ import annotations

from resolvers.codes import Code


class PropertyFile(Code):
    """The file that a report is in, by its code in a hit confirmation."""

    VEHICLE = "SV", "Vehicle"
    PLATE = "SL", "Licence plate that is entered alone"
    PART = "SP", "Part of a vehicle"
    BOAT = "SB", "Boat"
    ARTICLE = "SA", "Article: any other thing with a number"
    SECURITY = "SS", "Security: money, a bond, a share"


class PropertyStatus(Code):
    STOLEN = "STOLEN", "Stolen"
    LOST = "LOST", "Lost or missing, and not known to be stolen"
    FELONY = "FELONY", "Used in a felony, and its whereabouts are not known"
    FOUND = "FOUND", "Found, and its owner is not known"
    RECOVERED = "RECOVERED", "Recovered, and never reported stolen here"
    EVIDENCE = "EVIDENCE", "Held as evidence"
    SAFEKEEPING = "SAFEKEEPING", "Held for its owner"
    OBSERVED = "OBSERVED", "Under observation: note where it is, and leave it"


WANTED = frozenset({PropertyStatus.STOLEN.value, PropertyStatus.FELONY.value})
"""The stored statuses of a vehicle or plate that is to be stopped, while its entry is in force."""


class RecoveryCondition(Code):
    INTACT = "INTACT", "As it was"
    DAMAGED = "DAMAGED", "Damaged"
    STRIPPED = "STRIPPED", "Parts are missing"
    BURNED = "BURNED", "Burned"
    ALTERED = "ALTERED", "Its number is changed or removed"


class PartCategory(Code):
    ENGINE = "EN", "Engine"
    TRANSMISSION = "TR", "Transmission"
    AIRBAG = "AB", "Airbag"
    CATALYTIC_CONVERTER = "CC", "Catalytic converter"
    DOOR = "DO", "Door"
    TAILGATE = "TG", "Tailgate"
    WHEEL = "WH", "Wheel or tyre"
    SEAT = "SE", "Seat"
    BATTERY = "BA", "Battery"
    VIN_PLATE = "VP", "Plate with the VIN"
    TITLE = "TI", "Certificate of title"
    OTHER = "OT", "Other"


class BoatCategory(Code):
    RUNABOUT = "RUN", "Runabout"
    CRUISER = "CRU", "Cruiser"
    HOUSEBOAT = "HSE", "Houseboat"
    SAILBOAT = "SAL", "Sailboat"
    YACHT = "YAT", "Yacht"
    JET_SKI = "JSK", "Jet ski"
    AIRBOAT = "AIR", "Airboat"
    COMMERCIAL = "COM", "Commercial"
    UTILITY = "UTL", "Utility"
    HYDROFOIL = "HYD", "Hydrofoil"
    HOVERCRAFT = "HOV", "Hovercraft"
    HYDROPLANE = "HRO", "Hydroplane"
    OTHER = "YYY", "Other"


class HullMaterial(Code):
    PLASTIC = "PL", "Plastic or fibreglass"
    WOOD = "WD", "Wood"
    METAL = "ML", "Metal"
    OTHER = "OT", "Other"


class HullShape(Code):
    DEEP_V = "DV", "Deep V"
    SEMI_V = "SV", "Semi V"
    FLAT = "FB", "Flat bottom"
    ROUND = "RB", "Round bottom"
    CATAMARAN = "CM", "Catamaran"
    TRI_HULL = "TH", "Three hulls"
    PONTOON = "PT", "Pontoon"
    TUNNEL = "TU", "Tunnel"
    OTHER = "OT", "Other"


class Propulsion(Code):
    INBOARD = "IN", "Inboard motor"
    OUTBOARD = "OB", "Outboard motor"
    MANUAL = "MP", "By hand"
    SAIL = "SA", "Sail"
    SAIL_INBOARD = "SI", "Sail, and an inboard motor"
    SAIL_OUTBOARD = "SO", "Sail, and an outboard motor"


class ArticleCategory(Code):
    BICYCLE = "B", "Bicycles"
    CAMERA = "C", "Cameras"
    DATA_PROCESSING = "D", "Computers"
    EQUIPMENT = "E", "Equipment and tools"
    FURNITURE = "F", "Furniture"
    GAMES = "G", "Games"
    HOUSEHOLD = "H", "Household appliances"
    IDENTIFICATION = "I", "Identity documents"
    DOCUMENTS = "J", "Documents and tickets"
    KEEPSAKES = "K", "Keepsakes and collections"
    LIVESTOCK = "L", "Livestock"
    MUSICAL = "M", "Musical instruments"
    OFFICE = "O", "Office equipment and telephones"
    PERSONAL = "P", "Personal belongings"
    PUBLIC_SAFETY_IDENTIFICATION = "Q", "Badges and other identification of public safety"
    RADIO_TELEVISION = "R", "Radio, television and sound"
    SPORT = "S", "Sports equipment"
    TOXIC_CHEMICALS = "T", "Toxic chemicals"
    VIEWING = "V", "Viewing equipment"
    WELL_DRILLING = "W", "Well drilling equipment"
    OTHER = "Y", "Other"
    PUBLIC_SAFETY = "Z", "Equipment of public safety"


class SecurityType(Code):
    TRAVELERS_CHECK = "TC", "Travellers cheque"
    MONEY_ORDER = "MO", "Money order"
    POSTAL_MONEY_ORDER = "PM", "Postal money order"
    COMMON_STOCK = "CS", "Common stock"
    PREFERRED_STOCK = "PS", "Preferred stock"
    BOND = "BD", "Bond"
    SAVINGS_BOND = "SB", "Savings bond"
    TREASURY_BOND = "TB", "Treasury bond"
    TREASURY_BILL = "BL", "Treasury bill"
    TREASURY_NOTE = "TN", "Treasury note"
    FEDERAL_RESERVE_NOTE = "FR", "Federal Reserve note"
    GOLD_CERTIFICATE = "GC", "Gold certificate"
    SILVER_CERTIFICATE = "SC", "Silver certificate"
    OTHER = "AO", "Other"


class MoneyUse(Code):
    BAIT = "B", "Bait money"
    COUNTERFEIT = "C", "Counterfeit"
    RANSOM = "R", "Ransom"
