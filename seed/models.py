"""The models on the road and how common each is. Knows nothing of one vehicle."""

from __future__ import annotations

from typing import Final, NamedTuple

from resolvers.codes.vehicle import VehicleMake, VehicleStyle
from seed.chance import weighted


class Model(NamedTuple):
    """A model as its maker sells it: `maker` begins its VINs, `descriptor` follows."""

    make: str
    model: str
    style: str
    maker: str
    descriptor: str
    first_year: int


def _model(make: VehicleMake, model: str, style: VehicleStyle, number: str, first_year: int = 1998) -> Model:
    return Model(make.value, model, style.value, number[:3], number[3:], first_year)


_M, _S = VehicleMake, VehicleStyle
_CAR, _COUPE, _HATCH, _WAGON = _S.FOUR_DOOR_SEDAN, _S.COUPE, _S.FOUR_DOOR_HATCHBACK, _S.STATION_WAGON
_SUV, _PICKUP, _VAN, _BIKE = _S.SPORT_UTILITY, _S.PICKUP, _S.VAN, _S.MOTORCYCLE
MODELS: Final = weighted(
    {
        _model(_M.TOYT, "Camry", _CAR, "4T1BF1FK"): 62,
        _model(_M.TOYT, "Corolla", _CAR, "2T1BURHE"): 60,
        _model(_M.TOYT, "Prius", _HATCH, "JTDKN3DU", 2001): 50,
        _model(_M.TOYT, "RAV4", _SUV, "2T3WFREV"): 44,
        _model(_M.TOYT, "Tacoma", _PICKUP, "3TMCZ5AN"): 42,
        _model(_M.TOYT, "Sienna", _VAN, "5TDKZ3DC"): 20,
        _model(_M.HOND, "Civic", _CAR, "19XFC2F5"): 62,
        _model(_M.HOND, "Civic", _COUPE, "2HGFC4B5"): 10,
        _model(_M.HOND, "Accord", _CAR, "1HGCR2F8"): 54,
        _model(_M.HOND, "CR-V", _SUV, "2HKRW2H8"): 40,
        _model(_M.HOND, "Odyssey", _VAN, "5FNRL6H7"): 16,
        _model(_M.FORD, "F-150", _PICKUP, "1FTEW1EP"): 52,
        _model(_M.FORD, "Mustang", _COUPE, "1FAFP8TH"): 12,
        _model(_M.FORD, "Mustang", _S.CONVERTIBLE, "1ZVHT84N"): 5,
        _model(_M.FORD, "Explorer", _SUV, "1FMHK8D8"): 24,
        _model(_M.FORD, "Transit", _VAN, "1FTYE2CM"): 10,
        _model(_M.CHEV, "Silverado", _PICKUP, "3GCUKREC"): 44,
        _model(_M.CHEV, "Malibu", _CAR, "1G1ZD5ST"): 20,
        _model(_M.CHEV, "Tahoe", _SUV, "1GNSKBKC"): 16,
        _model(_M.CHEV, "Cavalier", _S.TWO_DOOR_SEDAN, "3G1JC124"): 4,
        _model(_M.NISS, "Altima", _CAR, "1N4AL3AP"): 34,
        _model(_M.NISS, "Sentra", _CAR, "3N1AB7AP"): 26,
        _model(_M.NISS, "Rogue", _SUV, "5N1AT2MT", 2008): 16,
        _model(_M.NISS, "Leaf", _HATCH, "1N4AZ1CP", 2011): 8,
        _model(_M.BMW, "328i", _CAR, "WBA8E9C5"): 20,
        _model(_M.BMW, "X5", _SUV, "5UXKR0C5", 2000): 12,
        _model(_M.TESL, "Model 3", _CAR, "5YJ3E1EA", 2017): 30,
        _model(_M.TESL, "Model Y", _SUV, "7SAYGDEE", 2020): 30,
        _model(_M.DODG, "Charger", _CAR, "2C3CDXBG", 2006): 16,
        _model(_M.DODG, "Challenger", _COUPE, "2C3CDZAG", 2008): 10,
        _model(_M.JEEP, "Wrangler", _SUV, "1C4BJWDG"): 18,
        _model(_M.JEEP, "Grand Cherokee", _SUV, "1C4RJFAG"): 14,
        _model(_M.HYUN, "Elantra", _CAR, "KMHD84LF"): 18,
        _model(_M.HYUN, "Sonata", _CAR, "5NPE24AF"): 16,
        _model(_M.KIA, "Soul", _WAGON, "KNDJN2A2", 2010): 12,
        _model(_M.KIA, "Optima", _CAR, "5XXGT4L3", 2001): 12,
        _model(_M.SUBA, "Outback", _WAGON, "4S4BSANC"): 16,
        _model(_M.MERZ, "C300", _CAR, "55SWF4JB", 2008): 16,
        _model(_M.VOLK, "Jetta", _CAR, "3VW2B7AJ"): 16,
        _model(_M.VOLK, "GTI", _S.TWO_DOOR_HATCHBACK, "3VW4T7AU"): 5,
        _model(_M.AUDI, "A4", _CAR, "WAUFFAFL"): 12,
        _model(_M.LEXS, "RX 350", _SUV, "2T2ZK1BA", 2007): 18,
        _model(_M.GMC, "Sierra", _PICKUP, "3GTP2VEC"): 12,
        _model(_M.ACUR, "TLX", _CAR, "19UUB1F3", 2015): 8,
        _model(_M.MAZD, "Mazda3", _CAR, "3MZBN1U7", 2004): 14,
        _model(_M.INFI, "G37", _COUPE, "JN1CV6EK", 2008): 6,
        _model(_M.CHRY, "300", _CAR, "2C3CCAAG", 2005): 8,
        _model(_M.BUIC, "LeSabre", _CAR, "1G4HP52K"): 4,
        _model(_M.CADI, "Escalade", _SUV, "1GYS4BKJ", 1999): 7,
        _model(_M.LINC, "Navigator", _S.UTILITY_VEHICLE, "5LMJJ2JT"): 4,
        _model(_M.VOLV, "S60", _CAR, "YV1612FS", 2001): 5,
        _model(_M.MITS, "Lancer", _CAR, "JA3AU26U", 2002): 5,
        _model(_M.PORS, "911", _COUPE, "WP0AA2A9"): 2,
        _model(_M.HD, "Sportster", _BIKE, "1HD1LC3D"): 9,
        _model(_M.HOND, "CBR600RR", _BIKE, "JH2PC40J", 2003): 6,
        _model(_M.YAMA, "YZF-R6", _BIKE, "JYARJ16E"): 6,
        _model(_M.KAWK, "Ninja", _BIKE, "JKAEX4J1"): 6,
        _model(_M.SUZI, "GSX-R750", _BIKE, "JS1GR7LA"): 4,
        _model(_M.FORD, "E-350", _S.MOTOR_HOME, "1FDXE45S"): 3,
        _model(_M.FORD, "F-650", _S.TRACTOR_DIESEL, "1FDNF6DC"): 3,
        _model(_M.CADI, "DeVille", _S.FOUR_DOOR_HARDTOP, "1G6KD54Y"): 3,
    }
)
