"""References: what is kept, what is found, what can't be guessed."""

import stat

import pytest

from ledger.index.errors import ReferenceFormatError, StoreError
from ledger.index.references import DEFAULT_WINDOW, Reference, References, ReferenceType, load_key, normalised
from ledger.index.store import Store
from tests.index.streams import hashed

ONE, TWO = hashed(b"1"), hashed(b"2")
PARCEL = Reference(ReferenceType.S10, "RR123456785GB")
MONTH = 30 * 86_400


@pytest.fixture
def references(store, tmp_path):
    return References(store, tmp_path / "index.key")


def test_a_reference_names_none_one_or_many(references):
    order = Reference(ReferenceType.ORDER, "A-1")
    assert references.resolve(order) == []
    references.add([(order, TWO, 20), (order, ONE, 10)])
    references.add([(order, ONE, 99)])
    assert references.resolve(order) == [ONE, TWO]
    assert references.resolve(Reference(ReferenceType.UCR, "A-1")) == []


def test_spelling_does_not_matter(references):
    references.add([(Reference(ReferenceType.S10, "rr 1234 5678 5 gb"), ONE, 1)])
    assert references.resolve(PARCEL) == [ONE]


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (ReferenceType.TRACKING, " 1z-999 aa\t", "1Z999AA"),
        (ReferenceType.HAWB, "784-1234 5675", "78412345675"),
        (ReferenceType.DUCR, "9gb123-ref 1\n", "9GB123-REF1"),
        (ReferenceType.ORDER, "\uff21\uff2212\0", "AB12"),
    ],
)
def test_how_values_are_normalised(kind, given, kept):
    assert normalised(Reference(kind, given)) == kept


@pytest.mark.parametrize("value", ["", " \n", "x" * 513])
def test_values_that_are_no_reference(value):
    with pytest.raises(ReferenceFormatError) as caught:
        normalised(Reference(ReferenceType.ORDER, value))
    assert str(caught.value).startswith("ORDER: it is ")


def test_an_lrn_is_its_declarants_own(references):
    references.add([(Reference(ReferenceType.LRN, "L1", "100001"), ONE, 1)])
    assert references.resolve(Reference(ReferenceType.LRN, "L1", "100001")) == [ONE]
    assert references.resolve(Reference(ReferenceType.LRN, "L1", "100002")) == []
    assert references.resolve(Reference(ReferenceType.LRN, "L1")) == []


def test_a_reused_number_is_found_near_its_time_only(references):
    references.add([(PARCEL, ONE, 0), (PARCEL, TWO, 14 * MONTH)])
    assert references.resolve(PARCEL, around=MONTH) == [ONE]
    assert references.resolve(PARCEL, around=13 * MONTH) == [TWO]
    assert references.resolve(PARCEL, around=7 * MONTH, window=DEFAULT_WINDOW * 2) == [ONE, TWO]
    assert references.resolve(PARCEL) == [ONE, TWO]
    order = Reference(ReferenceType.ORDER, "7")
    references.add([(order, ONE, 0)])
    assert references.resolve(order, around=90 * MONTH) == [ONE]


def test_an_erased_declaration_is_named_by_nothing(references):
    references.add([(PARCEL, ONE, 0), (PARCEL, TWO, 0)])
    references.remove(ONE)
    assert references.resolve(PARCEL) == [TWO]


def test_neither_value_nor_key_stands_in_the_store(references, store, tmp_path):
    references.add([(Reference(ReferenceType.ORDER, "SECRETORDER"), ONE, 0)])
    store.close()
    if store.path:
        content = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))
        assert b"SECRETORDER" not in content
        assert (tmp_path / "index.key").read_bytes() not in content


def test_tokens_differ_with_the_key(store, tmp_path):
    one, two = (References(store, tmp_path / name) for name in ("one.key", "two.key"))
    assert one.token(PARCEL) != two.token(PARCEL)
    assert one.token(PARCEL) == References(store, tmp_path / "one.key").token(PARCEL)


def test_the_key_is_made_once_and_is_its_owners_alone(tmp_path):
    path = tmp_path / "deep" / "index.key"
    key = load_key(path)
    assert load_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_no_key(tmp_path):
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(StoreError, match="no index key"):
        load_key(tmp_path / "key")


def test_by_default_the_key_lies_beside_the_file(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path}/store.db")
    References(store)
    assert (tmp_path / "store.db.key").exists()
    store.close()
    with pytest.raises(StoreError, match="say where"):
        References(Store.open("sqlite://"))
