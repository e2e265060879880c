import json

import pytest

from ledger.devnet.errors import BadState
from ledger.devnet.states import CURRENT, PREVIOUS, Alarm, Alarms, States


def block(number, timestamp, **more):
    return {"header": {"number": hex(number), "timestamp": hex(timestamp)}, **more}


def test_keeps_the_previous_copy(tmp_path):
    states = States(tmp_path)
    assert states.copies() == []
    for content in (b"1", b"2", b"3"):
        states.save(content)
    assert [copy.read_bytes() for copy in states.copies()] == [b"3", b"2"]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([CURRENT, PREVIOUS])


def test_loads_the_oldest_first_block_only(tmp_path):
    blocks = [block(0, 30, own=False), block(1, 20), block(0, 10, own=True), block(0, 40, own=False)]
    states = States(tmp_path)
    states.save(json.dumps({"blocks": blocks, "accounts": {"0x1": [1]}}).encode())
    loadable = json.loads(states.loadable(tmp_path / CURRENT).read_bytes())
    assert loadable == {"blocks": [block(1, 20), block(0, 10, own=True)], "accounts": {"0x1": [1]}}
    states.loaded()
    assert [file.name for file in tmp_path.iterdir()] == [CURRENT]


def test_a_state_without_a_first_block_is_taken_as_it_is(tmp_path):
    states = States(tmp_path)
    states.save(json.dumps({"blocks": [block(7, 1)]}).encode())
    assert json.loads(states.loadable(tmp_path / CURRENT).read_bytes()) == {"blocks": [block(7, 1)]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"blocks": [',
        b"[]",
        b"{}",
        b'{"blocks": [{}]}',
        b'{"blocks": [{"header": {"number": "x", "timestamp": "0x1"}}]}',
    ],
)
def test_a_broken_copy_is_told_and_put_aside(tmp_path, content):
    states = States(tmp_path)
    states.save(content)
    with pytest.raises(BadState, match="is broken"):
        states.loadable(tmp_path / CURRENT)
    aside = states.put_aside(tmp_path / CURRENT)
    assert aside.read_bytes() == content
    assert states.copies() == []


def test_alarms_are_told_and_kept(tmp_path):
    told: list[Alarm] = []
    assert Alarms(tmp_path).all() == []
    Alarms(tmp_path, told.append).raise_("one", "first")
    Alarms(tmp_path).raise_("two", "second")
    assert [(alarm.kind, alarm.text) for alarm in Alarms(tmp_path).all()] == [("one", "first"), ("two", "second")]
    assert told == [Alarm(told[0].at, "one", "first")]
