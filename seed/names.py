"""Names as Californians bear them, and the other names that end up on file. Knows nothing of records.

The common names are ours, in order of how common they are; the long tail is taken once from mimesis,
whose version is pinned in `requirements.lock`: another version of its lists makes another world.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from importlib.resources import files
from typing import Final, NamedTuple

from resolvers.names import normalized
from seed.chance import Chance, weighted


class Name(NamedTuple):
    """A name, column for column."""

    given: str
    middle: str | None
    surname: str
    suffix: str | None


class Origin(Enum):
    """Where a name comes from; it decides which lists are used."""

    HISPANIC = "hispanic"
    EUROPEAN = "european"
    ASIAN = "asian"
    BLACK = "black"
    NATIVE = "native"


ORIGINS: Final = weighted({
    Origin.HISPANIC: 400, Origin.EUROPEAN: 355, Origin.ASIAN: 165, Origin.BLACK: 70, Origin.NATIVE: 10,
})  # fmt: skip


def _words(text: str) -> list[str]:
    return text.split()


_HISPANIC: Final = _words("""
    Garcia Hernandez Lopez Martinez Gonzalez Rodriguez Perez Sanchez Ramirez Flores Torres Rivera Gomez Diaz Reyes
    Cruz Morales Gutierrez Ortiz Ramos Chavez Mendoza Ruiz Alvarez Castillo Jimenez Vasquez Moreno Romero Aguilar
    Herrera Medina Vargas Guzman Mendez Munoz Salazar Soto Castro Contreras Valencia Ayala Estrada Delgado Rojas
    Luna Maldonado Sandoval Espinoza Cervantes Camacho Navarro Rios Orozco Fuentes Padilla Acosta Figueroa Cortez
    Mejia Avila Ochoa Villanueva Cabrera Pacheco Duran Salinas Solis Ibarra Rosales Velasquez Zavala Trujillo
    Barajas Arellano Magana Zamora Cisneros Murillo Villa Macias Nunez Huerta Lara Serrano Meza Ponce Montoya
    Gallegos
""")
_EUROPEAN: Final = _words("""
    Smith Johnson Miller Williams Brown Jones Davis Anderson Martin Taylor Wilson Moore Thompson White Clark Lewis
    Hall Young Allen King Wright Scott Baker Hill Adams Nelson Campbell Mitchell Roberts Carter Phillips Evans
    Turner Parker Collins Edwards Stewart Morris Murphy Cook Rogers Peterson Cooper Reed Bailey Kelly Cox Ward
    Richardson Watson Wood Bennett Gray Hughes Price Myers Long Foster Sullivan Russell Fisher Hansen Larson Olson
    McCarthy O'Brien O'Connor McDonald Schmidt Schneider Petrosyan Hakobyan Ivanov Rossi Costa Silva Souza Kowalski
    Novak
""")
_ASIAN: Final = _words("""
    Nguyen Lee Tran Kim Chen Wong Le Pham Wang Singh Patel Chang Li Liu Huynh Park Wu Lin Lam Vu Santos Huang Ng Ho
    Chan Zhang Kaur Choi Truong Hoang Yang Sharma Shah Vo Dang Bautista Tanaka Nakamura Yamamoto Cheng Phan Do Bui
    Duong Luu Ly Mai Dinh Chu Chung Cho Kang Kumar Gupta Xiong Vang Thao Lor Sato Suzuki Villanueva Dela-Cruz Aquino
    Mendoza Reyes Garcia Cruz Ocampo Pascual Manalo Ramos Zhou Zhao Sun Xu Guo Kwon Song Hwang Ahn Oh Kaneko
""")
_BLACK: Final = _words("""
    Johnson Williams Jackson Brown Davis Jones Smith Robinson Harris Thomas Washington Taylor Moore Wilson Anderson
    Lewis White Walker Green Thompson Carter Scott Hall Allen Wright Mitchell Coleman Henderson Simmons Jenkins
    Bryant Alexander Griffin Butler Barnes Brooks Hayes Jefferson Booker Banks Dixon Mosley Gaines Okafor Tesfaye
""")

_MEN: Final = _words("""
    Michael David John James Robert Daniel Christopher Joseph Anthony Matthew William Andrew Richard Joshua Brian
    Kevin Steven Eric Mark Jonathan Ryan Jason Thomas Nicholas Brandon Timothy Justin Jacob Alexander Tyler Kenneth
    Benjamin Samuel Aaron Adam Nathan Ethan Patrick Sean Charles Scott Gregory Paul Zachary Dylan Marcus Raymond
""")
_WOMEN: Final = _words("""
    Jessica Jennifer Michelle Elizabeth Maria Ashley Stephanie Sarah Lisa Amanda Nicole Melissa Emily Mary Linda
    Christina Patricia Susan Karen Kimberly Samantha Rachel Angela Amy Rebecca Laura Vanessa Danielle Lauren
    Victoria Katherine Sandra Nancy Barbara Megan Heather Andrea Tiffany Hannah Sophia Olivia Julie Erin Kelly
""")
_HOMBRES: Final = _words("""
    Jose Juan Luis Jesus Carlos Miguel Jorge Francisco Manuel Antonio Alejandro Javier Ricardo Fernando Eduardo
    Roberto Mario Sergio Rafael Victor Martin Hector Oscar Raul Cesar Pedro Ruben Arturo Enrique Ramon Alfredo
    Gerardo Julio Armando Diego Angel Alberto Salvador Gabriel Adrian Ivan Edgar Omar Ernesto Gustavo Hugo
""")
_MUJERES: Final = _words("""
    Maria Guadalupe Ana Rosa Patricia Martha Veronica Alejandra Leticia Silvia Claudia Gabriela Sandra Adriana
    Elizabeth Monica Teresa Carmen Yolanda Margarita Daniela Diana Jasmine Karina Erika Cristina Norma Blanca Alma
    Lorena Araceli Irma Angelica Esmeralda Beatriz Cecilia Alicia Elena Graciela Laura Luz Marisol Brenda
""")

# How people are called, which is how they name themselves when stopped.
_SHORT: Final = {
    "Michael": "Mike", "David": "Dave", "John": "Jack", "James": "Jim", "Robert": "Bob", "Daniel": "Dan",
    "Christopher": "Chris", "Joseph": "Joe", "Anthony": "Tony", "Matthew": "Matt", "William": "Bill",
    "Andrew": "Andy", "Richard": "Rick", "Steven": "Steve", "Jose": "Pepe", "Jesus": "Chuy",
    "Francisco": "Paco",
    "Manuel": "Manny", "Alejandro": "Alex", "Guadalupe": "Lupe", "Jessica": "Jess", "Jennifer": "Jenny",
    "Elizabeth": "Liz", "Stephanie": "Steph", "Patricia": "Patty", "Veronica": "Vero", "Rebecca": "Becky",
}  # fmt: skip


def _tail(language: str, *path: str) -> list[str]:
    words = json.loads(files("mimesis.datasets").joinpath(f"{language}/person.json").read_text("utf-8"))
    for step in path:
        words = words[step]
    return [word for word in words if word[0].isupper() and " " not in word]


def _pool(common: Sequence[str], rare: Sequence[str]) -> tuple[str, ...]:
    """Choices for `Chance.one_of`: five in six are common names, by rank, and the rest is the long tail."""
    known = {normalized(name) for name in common}
    rare = [name for name in rare if normalized(name) not in known]
    ranked = {name: round(1000 / (rank + 4)) for rank, name in enumerate(common)}
    each = max(1, round(sum(ranked.values()) / 5 / len(rare)))
    return (*weighted(ranked), *weighted(dict.fromkeys(rare, each)))


_ENGLISH_SURNAMES: Final = _tail("en", "surnames")
_SURNAMES: Final = {
    Origin.HISPANIC: _pool(_HISPANIC, _tail("es-mx", "surnames")),
    Origin.EUROPEAN: _pool(_EUROPEAN, _ENGLISH_SURNAMES),
    Origin.ASIAN: _pool(_ASIAN, ["Matsumoto", "Watanabe", "Ramachandran", "Srinivasan", "Phommachanh", "Saechao"]),
    Origin.BLACK: _pool(_BLACK, _ENGLISH_SURNAMES),
    Origin.NATIVE: _pool(_EUROPEAN, ["Begay", "Yazzie", "Lone-Elk", "Redhawk", "Tsosie"]),
}
_ENGLISH_GIVEN: Final = {
    "M": _pool(_MEN, _tail("en", "names", "male")),
    "F": _pool(_WOMEN, _tail("en", "names", "female")),
}
_SPANISH_GIVEN: Final = {
    "M": _pool([*_HOMBRES, *_MEN[:12]], _tail("es-mx", "names", "male")),
    "F": _pool([*_MUJERES, *_WOMEN[:12]], _tail("es-mx", "names", "female")),
}


def name(chance: Chance, origin: Origin, sex: str) -> Name:
    """A whole name. Of a person of unknown sex the given name may be either."""
    given = _SPANISH_GIVEN if origin is Origin.HISPANIC else _ENGLISH_GIVEN
    pool = given[sex if sex in given else chance.one_of("MF")]
    surname = chance.one_of(_SURNAMES[origin])
    if origin is Origin.HISPANIC and chance.happens(0.06):
        surname = f"{surname}-{chance.one_of(_SURNAMES[origin])}"
    middle = chance.one_of(pool) if chance.happens(0.7) else None
    suffix = chance.one_of(("Jr", "Jr", "Sr", "II", "III")) if sex == "M" and chance.happens(0.025) else None
    return Name(chance.one_of(pool), middle, surname, suffix)


def other_name(chance: Chance, name: Name, origin: Origin, sex: str) -> Name:
    """A name the same person is also on file under: short, married, mistyped, swapped or made up."""
    kind = chance.random()
    if kind < 0.35:
        return name._replace(given=_SHORT.get(name.given) or name.middle or name.given[:3], middle=None)
    if kind < 0.60:
        return name._replace(surname=chance.one_of(_SURNAMES[origin]))
    if kind < 0.80:
        return name._replace(surname=_mistyped(chance, name.surname))
    if kind < 0.90:
        return transposed(name)
    return Name(
        chance.one_of(_ENGLISH_GIVEN[sex if sex in "MF" else "M"]), None, chance.one_of(_SURNAMES[origin]), None
    )


def transposed(name: Name) -> Name:
    """Given name and surname in each other's place, as clerks do with names they do not know."""
    return name._replace(given=name.surname, surname=name.given)


def _mistyped(chance: Chance, word: str) -> str:
    """Two neighbouring letters swapped, or one lost."""
    place = chance.whole(1, max(1, len(word) - 2))
    if chance.happens(0.5):
        return (
            word[:place] + word[place + 1 : place + 2] + word[place] + word[place + 2 :]
            if len(word) > 2
            else word + "e"
        )
    return word[:place] + word[place + 1 :] if len(word) > 3 else word + word[-1]
