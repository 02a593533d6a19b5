"""Keyed hashes of search terms: equal for one key, kind and term, and for nothing else."""

from audit.term_hashes import TermHashes

KEY = bytes(range(32))


def test_a_hash_names_its_kind_and_not_its_term() -> None:
    assert TermHashes(KEY).of("plate", "1N00001") == "plate=Y27MNG9SEW0N"


def test_a_hash_depends_on_key_kind_and_term() -> None:
    hashes = [
        TermHashes(key).of(kind, term).partition("=")[2]
        for key in (KEY, bytes(32))
        for kind in ("plate", "vin-start")
        for term in ("1N00001", "1N00002")
    ]

    assert len(set(hashes)) == 8


def test_keys_are_told_apart_by_an_id_that_is_no_part_of_them() -> None:
    assert TermHashes(KEY).key_id != TermHashes(bytes(32)).key_id
    assert bytes.fromhex(TermHashes(KEY).key_id) not in KEY
    assert KEY.hex() not in repr(TermHashes(KEY))
