import json
from pathlib import Path

import pytest

from ledger.documents import documents
from ledger.documents.arrangements import goods_of, read_annex, read_proposal, standard
from ledger.domain.codes import Risk
from ledger.domain.participants import FOREVER
from ledger.domain.proposals import Annex, Goods
from ledger.domain.wire import ZERO
from ledger.errors import DocumentError

MESSAGES = Path(__file__).parent.parent / "messages"
EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "arrangement.json"
KNOWN = {"FR": 250, "GB": 826}
PLAIN = {
    "first": "GB",
    "second": 250,
    "procedures": ["HOME_USE", "OUTRIGHT_EXPORT"],
    "methods": ["NON_INTRUSIVE", "PHYSICAL"],
    "risks": ["SECURITY", "IPR"],
}


@pytest.fixture
def reading(tmp_path):
    def read(**members):
        file = tmp_path / "arrangement.json"
        given = {name: value for name, value in {**PLAIN, **members}.items() if value is not ...}
        file.write_text(json.dumps(given))
        return read_proposal(file, KNOWN)

    return read


def test_the_least_that_a_file_says(reading):
    proposal = reading()
    scope = proposal.arrangement
    assert proposal.parties() == (250, 826)
    assert (scope.procedures, scope.methods, scope.risks) == (0b100000001, 0b0110, Risk.SECURITY | Risk.IPR)
    assert (scope.standard, scope.valid_from, scope.valid_until) == (ZERO, 0, FOREVER)
    assert proposal.annex == Annex()
    assert not proposal.annex.limits()


def test_the_example_in_the_documentation_can_be_read():
    proposal = read_proposal(EXAMPLE, KNOWN)
    assert proposal.annex.limits()
    assert proposal.arrangement.standard == standard("security-screening/1")


def test_all_that_a_file_says(reading):
    annex = {"hsChapters": ["61"], "modes": [4, 5], "aeoProgrammes": ["EU AEOS"], "disclosureProfile": "statistics"}
    level = {"name": "security/1", "level": 2}
    proposal = reading(standard=level, validFrom="2027-01-01", validUntil="2028-01-01", annex=annex)
    assert proposal.annex == Annex(frozenset({"61"}), frozenset({4, 5}), ("EU AEOS",), "statistics")
    assert proposal.arrangement.standard == standard("security/1", 2)
    assert proposal.arrangement.valid_until - proposal.arrangement.valid_from == 365 * 86_400


@pytest.mark.parametrize(
    ("members", "wrong"),
    [
        ({"first": ...}, "first"),
        ({"first": "XX"}, "FR (250), GB (826)"),
        ({"first": 250}, "two administrations"),
        ({"procedures": "HOME_USE"}, "is a list"),
        ({"procedures": []}, "a scope"),
        ({"methods": ["BY_EYE"]}, "DOCUMENTARY"),
        ({"methods": [3]}, "DOCUMENTARY"),
        ({"risks": ["IPR", "IPR"]}, "twice"),
        ({"risk": 1}, "unknown"),
        ({"standard": "x"}, "is an object"),
        ({"standard": {"level": 1}}, "is a text"),
        ({"standard": {"name": "x", "level": 256}}, "0 to 255"),
        ({"validFrom": "soon"}, "is a date"),
        ({"annex": {"chapters": []}}, "hsChapters"),
        ({"annex": {"hsChapters": ["00"]}}, "two digits"),
        ({"annex": {"hsChapters": [61]}}, "two digits"),
        ({"annex": {"modes": [0]}}, "1 to 9"),
        ({"annex": {"modes": ["4"]}}, "1 to 9"),
        ({"annex": {"hsChapters": ["\u0666\u0661"]}}, "two digits"),
        ({"annex": {"modes": [True]}}, "1 to 9"),
        ({"annex": {"aeoProgrammes": [""]}}, "empty"),
        ({"annex": {"aeoProgrammes": ["\ud800"]}}, "half a character"),
        ({"annex": {"disclosureProfile": 1}}, "is a text"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(reading, members, wrong):
    with pytest.raises(DocumentError) as caught:
        reading(**members)
    assert wrong in str(caught.value)
    assert "arrangement.json" in str(caught.value)


def test_an_annex_by_itself():
    assert read_annex({"modes": [5, 4]}) == Annex(modes=frozenset({4, 5}))
    with pytest.raises(DocumentError, match=r"is unknown.*mode"):
        read_annex({"mode": [5]})


def test_a_file_that_is_none(tmp_path):
    with pytest.raises(DocumentError, match="can't be read"):
        read_proposal(tmp_path / "none.json", KNOWN)
    (tmp_path / "no.json").write_text("{")
    with pytest.raises(DocumentError, match="not JSON"):
        read_proposal(tmp_path / "no.json", KNOWN)


def test_the_goods_of_a_declaration():
    [message] = documents((MESSAGES / "import.xml").read_bytes())
    fields = message.fields
    assert goods_of(fields) == Goods(frozenset({"61", "85"}), frozenset({4}))
    codes = [path for path in fields if path.endswith("Classification[1]/ID[1]")]
    fewer = {path: value for path, value in fields.items() if path != codes[0]}
    assert goods_of(fewer).chapters == {"", "85"}
    assert goods_of({}) == Goods(frozenset(), frozenset())
