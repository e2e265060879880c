"""Client, submitter, log source and views against the real node and the real contracts."""

import secrets
import threading
from dataclasses import replace

import pytest

from ledger.chain.abi import entry_of, nothing_recorded, record_call, why_reverted
from ledger.chain.errors import AbiError, Diverged, NodeError, Reverted, WrongNetwork
from ledger.chain.founding import read_founding
from ledger.chain.groups import BASE_GAS, Limits, gas_bound
from ledger.chain.logs import LogSource
from ledger.chain.rpc import Rpc, as_bytes, as_int, hexed
from ledger.chain.sending import Answer, send
from ledger.chain.signers import LocalSigner, open_signer
from ledger.chain.steps import STEPS
from ledger.chain.submitter import Submitter, SubmitterSettings
from ledger.chain.transactions import Fees, Transaction, sign_transaction
from ledger.chain.views import Views
from ledger.domain import heads
from ledger.domain.codes import OrganisationKind, Outcome, Purpose
from ledger.domain.events import Event, Recorded, Refused
from ledger.domain.outbox import OutboxRecord, OutboxState
from ledger.domain.records import AmendmentRequest
from ledger.domain.signing import SignedRecord
from ledger.domain.wire import ZERO, ConsignmentId, DeclarationId, Digest
from tests.chain.anvils import ADMINISTRATION, OPERATOR, Anvil, Ledger, deploy, relay_entries, running, wait_for
from tests.fakes.outbox import MemoryOutbox
from tests.fakes.proxy import FaultProxy

MINED_BY_HAND = SubmitterSettings(
    limits=Limits(400, 200_000_000, 4_000_000), miner="evm_mine", grace=0.0, resend_after=0.0, idle=0.01, poll=0.01
)


class Crash(BaseException):
    """The process dies here."""


def submitter(anvil: Anvil, ledger: Ledger, outbox, settings=MINED_BY_HAND, **more) -> Submitter:
    outbox.holder = None
    relay = more.pop("relay", LocalSigner(secrets.token_bytes(32)))
    return Submitter(Rpc(more.pop("url", anvil.url), timeout=10), ledger.network, outbox, relay, settings, **more)


def pump(one: Submitter) -> None:
    while one.pump():
        pass


def events(ledger: Ledger) -> dict[Digest, list[Event]]:
    found: dict[Digest, list[Event]] = {}
    for batch in LogSource(ledger.rpc, ledger.network).batches(None):
        for event in batch.events:
            found.setdefault(event.digest, []).append(event)
    return found


def all_recorded_once(ledger: Ledger, outbox: MemoryOutbox) -> bool:
    found = events(ledger)
    return all(
        record.state is OutboxState.MINED and [type(event) for event in found.get(digest, [])] == [Recorded]
        for digest, record in outbox.records.items()
    )


def declarations(ledger: Ledger, count: int) -> list[OutboxRecord]:
    return [ledger.outgoing(ledger.declaration()) for _ in range(count)]


@pytest.fixture
def outbox():
    return MemoryOutbox()


def test_the_descriptor_fits_and_a_wrong_one_does_not(ledger):
    ledger.network.check(ledger.rpc)
    wrong = replace(ledger.network, participants=b"\1" * 20, chain_id=5, genesis_hash=ZERO)
    with pytest.raises(WrongNetwork) as caught:
        wrong.check(ledger.rpc)
    assert [one.what for one in caught.value.differences] == ["chain id", "genesis hash", "code hash of Participants"]


def test_the_founders(ledger):
    founding = read_founding(ledger.rpc, ledger.network)
    found = [(one.administration, one.country, one.first_key) for one in founding.founders]
    assert found == [(ADMINISTRATION, b"GB", ledger.manager.address)]
    assert founding.council_head == Views(ledger.rpc, ledger.network).council_head()


def test_a_group_is_recorded_as_it_was_signed(anvil, ledger, outbox):
    signed = {ledger.domains.digest(record): record for record in (ledger.declaration() for _ in range(30))}
    outbox.put([ledger.outgoing(record) for record in signed.values()])
    one = submitter(anvil, ledger, outbox)
    pump(one)
    assert one.counters.mined == 1
    assert all_recorded_once(ledger, outbox)
    found = events(ledger)
    for digest, record in signed.items():
        (event,) = found[digest]
        assert isinstance(event, Recorded)
        assert event.record == record
        assert event.signature == outbox.records[digest].signature
        assert event.position.transaction == outbox.records[digest].transaction


def test_the_gas_bounds_hold(anvil, ledger, outbox):
    outbox.put(declarations(ledger, 50))
    pump(submitter(anvil, ledger, outbox))
    (transaction,) = outbox.transactions.values()
    receipt = ledger.rpc.call("eth_getTransactionReceipt", hexed(transaction.hash))
    bound = BASE_GAS + sum(map(gas_bound, outbox.records.values()))
    assert bound / 2 < as_int(receipt["gasUsed"]) < bound


def test_dependent_records_in_one_group(anvil, ledger, outbox):
    opening = ledger.outgoing(ledger.declaration())
    declaration = DeclarationId(opening.digest)
    request = AmendmentRequest(
        declaration=declaration,
        prev=heads.opened(declaration),
        declarant=OPERATOR,
        commitment=b"\7" * 32,
        schema=b"\5" * 32,
        deadline=ledger.now() + 600,
    )
    outbox.put([opening, ledger.outgoing(request)])
    one = submitter(anvil, ledger, outbox)
    pump(one)
    assert all_recorded_once(ledger, outbox)
    assert one.counters.mined == 1


def test_refusals_are_told_by_the_simulation(anvil, ledger, outbox):
    stranger = LocalSigner(secrets.token_bytes(32))
    good = ledger.outgoing(ledger.declaration())
    refused = {
        Outcome.NOT_AUTHENTIC: ledger.outgoing(ledger.declaration(), stranger),
        Outcome.MALFORMED: ledger.outgoing(ledger.declaration(leg=9)),
        Outcome.DEADLINE_TOO_FAR: ledger.outgoing(ledger.declaration(deadline=ledger.now() + 10**6)),
        Outcome.UNKNOWN_LINK: ledger.outgoing(ledger.declaration(link=DeclarationId(b"\7" * 32), link_kind=1)),
    }
    late = ledger.outgoing(ledger.declaration(deadline=ledger.now() - 10))
    outbox.put([*refused.values(), late, good])
    pump(submitter(anvil, ledger, outbox))
    for outcome, record in refused.items():
        assert (outbox.records[record.digest].state, outbox.records[record.digest].outcome) == (
            OutboxState.REFUSED,
            outcome,
        )
    assert outbox.records[late.digest].state is OutboxState.LOST
    assert outbox.records[good.digest].state is OutboxState.MINED
    assert not events(ledger).keys() & {record.digest for record in refused.values()}


def test_a_group_that_would_record_nothing_is_not_sent(anvil, ledger, outbox):
    outbox.put([ledger.outgoing(ledger.declaration(leg=9)), ledger.outgoing(ledger.declaration(agent=5))])
    one = submitter(anvil, ledger, outbox)
    pump(one)
    assert one.counters.prepared == 0
    assert {record.state for record in outbox.records.values()} == {OutboxState.REFUSED}


def test_a_refusal_on_the_chain_is_an_event(ledger):
    payer = LocalSigner(secrets.token_bytes(32))
    ledger.rpc.call("anvil_setBalance", hexed(payer.address), hex(10**24))
    malformed, good = ledger.declaration(leg=9), ledger.declaration()
    signed = [SignedRecord(one, ledger.operator.sign(ledger.domains.of(one), one)) for one in (malformed, good)]
    relay_entries(ledger, payer, [entry_of(one) for one in signed])
    (refusal,) = events(ledger)[ledger.domains.digest(malformed)]
    assert isinstance(refusal, Refused)
    assert (refusal.outcome, refusal.author) == (Outcome.MALFORMED, OPERATOR)
    assert refusal.signature == signed[0].signature


def test_what_another_relay_has_recorded_is_mined(anvil, ledger, outbox):
    mine, theirs = MemoryOutbox(), outbox
    ones = declarations(ledger, 3)
    theirs.put(ones)
    pump(submitter(anvil, ledger, theirs))
    mine.put(ones)
    one = submitter(anvil, ledger, mine)
    pump(one)
    assert all_recorded_once(ledger, mine)
    assert (one.counters.already, one.counters.prepared) == (3, 0)


@pytest.mark.parametrize("legacy", [True, False])
def test_gas_price_zero_in_both_envelopes(anvil, ledger, outbox, legacy):
    outbox.put(declarations(ledger, 2))
    relay = LocalSigner(secrets.token_bytes(32))
    pump(submitter(anvil, ledger, outbox, replace(MINED_BY_HAND, fees=Fees(legacy=legacy)), relay=relay))
    assert all_recorded_once(ledger, outbox)
    (transaction,) = outbox.transactions.values()
    sent = ledger.rpc.call("eth_getTransactionByHash", hexed(transaction.hash))
    assert sent["type"] == ("0x0" if legacy else "0x2")
    assert sent["from"] == hexed(relay.address)
    assert as_int(ledger.rpc.call("eth_getBalance", hexed(relay.address), "latest")) == 0


@pytest.mark.parametrize("at", [step for step in STEPS if step != "accepted"])
def test_a_crash_at_each_step(anvil, ledger, outbox, at):
    def crash(step):
        if step == at:
            raise Crash

    relay = LocalSigner(secrets.token_bytes(32))
    outbox.put(declarations(ledger, 3))
    with pytest.raises(Crash):
        submitter(anvil, ledger, outbox, step=crash, relay=relay).pump()
    kept = list(outbox.transactions)
    pump(submitter(anvil, ledger, outbox, relay=relay))
    assert all_recorded_once(ledger, outbox)
    assert kept in ([], list(outbox.transactions))


@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "evm_mine", "eth_call", "eth_getTransactionReceipt"])
def test_a_swallowed_answer(anvil, ledger, outbox, method):
    proxy = FaultProxy(anvil.port)
    proxy.swallow(method)
    outbox.put(declarations(ledger, 3))
    one = submitter(anvil, ledger, outbox, url=proxy.url)
    stop = threading.Event()
    thread = threading.Thread(target=one.run, args=(stop,))
    thread.start()
    wait_for(lambda: {record.state for record in outbox.records.values()} == {OutboxState.MINED})
    stop.set()
    one.wake()
    thread.join()
    proxy.close()
    assert proxy.swallowed == 1
    assert one.counters.prepared == 1
    assert all_recorded_once(ledger, outbox)


def test_fifty_writers_on_one_head(anvil, ledger, outbox):
    opening = ledger.outgoing(ledger.declaration())
    outbox.put([opening])
    pump(submitter(anvil, ledger, outbox))
    declaration = DeclarationId(opening.digest)
    outbox.put(
        [
            ledger.outgoing(
                AmendmentRequest(
                    declaration=declaration,
                    prev=heads.opened(declaration),
                    declarant=OPERATOR,
                    commitment=secrets.token_bytes(32),
                    schema=b"\5" * 32,
                    deadline=ledger.now() + 600,
                )
            )
            for _ in range(50)
        ]
    )
    pump(submitter(anvil, ledger, outbox))
    states = [record.state for record in outbox.records.values()][1:]
    assert sorted(states) == [OutboxState.MINED] + [OutboxState.REFUSED] * 49
    assert {record.outcome for record in outbox.records.values()} == {None, Outcome.REQUEST_PENDING}


# A chain that comes back shorter: on nodes of their own. -------------------------------------------------------------


@pytest.mark.parametrize("way", ["rollback", "reload"])
def test_a_chain_that_came_back_shorter(way):
    with running() as anvil:
        ledger = deploy(anvil)
        outbox, relay = MemoryOutbox(), LocalSigner(secrets.token_bytes(32))
        one = submitter(anvil, ledger, outbox, relay=relay)
        for number in range(3):
            if number == 1:
                state = ledger.rpc.call("anvil_dumpState")
            outbox.put(declarations(ledger, 3))
            pump(one)
        source = LogSource(ledger.rpc, ledger.network)
        known = {block.number: block for batch in source.batches(None) for block in batch.blocks}
        newest = known[max(known)]
        raws = sorted(transaction.raw for transaction in outbox.transactions.values())
        if way == "rollback":
            ledger.rpc.call("anvil_rollback", 2)
            one = submitter(anvil, ledger, outbox, relay=relay)
            reborn = None
        else:
            anvil.kill()
            reborn = Anvil()
            reborn.rpc().call("anvil_loadState", state)
            ledger = replace(ledger, rpc=reborn.rpc())
            one = submitter(reborn, ledger, outbox, relay=relay)
        with pytest.raises(Diverged):
            list(LogSource(ledger.rpc, ledger.network).batches(newest, lambda n: known[n].hash))
        pump(one)
        assert one.counters.shortened == 1
        assert all_recorded_once(ledger, outbox)
        assert sorted(transaction.raw for transaction in outbox.transactions.values()) == raws
        ancestor = LogSource(ledger.rpc, ledger.network).ancestor(lambda n: known[n].hash, newest)
        assert ancestor is not None
        assert ancestor.number == newest.number - 2 or reborn
        if reborn:
            reborn.kill()


def test_records_that_expired_while_the_chain_was_away_are_lost():
    with running() as anvil:
        ledger = deploy(anvil)
        outbox = MemoryOutbox()
        one = submitter(anvil, ledger, outbox)
        outbox.put([ledger.outgoing(ledger.declaration(deadline=ledger.now() + 60))])
        pump(one)
        ledger.rpc.call("anvil_rollback", 1)
        ledger.rpc.call("evm_setNextBlockTimestamp", ledger.now() + 100)
        pump(one)
        assert [record.state for record in outbox.records.values()] == [OutboxState.LOST]
        assert (one.counters.shortened, one.counters.reverted, one.counters.lost) == (1, 1, 1)


def test_a_network_that_mines_by_itself():
    with running("--block-time", "1") as anvil:
        ledger = deploy(anvil)
        outbox = MemoryOutbox()
        outbox.put(declarations(ledger, 5))
        one = submitter(anvil, ledger, outbox, replace(MINED_BY_HAND, miner="none", resend_after=60.0))
        wait_for(lambda: not one.pump())
        assert all_recorded_once(ledger, outbox)
        assert one.counters.sent == one.counters.mined == 1


def test_a_stuck_transaction_on_a_network_with_fees_is_replaced():
    with running(fees=True) as anvil:
        ledger = deploy(anvil)
        relay = LocalSigner(secrets.token_bytes(32))
        ledger.rpc.call("anvil_setBalance", hexed(relay.address), hex(10**24))
        outbox = MemoryOutbox()
        outbox.put(declarations(ledger, 5))
        settings = SubmitterSettings(fees=Fees(10**11, 10**9), replace_after=0.0)
        one = submitter(anvil, ledger, outbox, settings, relay=relay)
        for _ in range(3):
            assert one.pump()  # nobody mines
        ledger.rpc.call("evm_mine")
        pump(one)
        assert all_recorded_once(ledger, outbox)
        assert (one.counters.prepared, one.counters.replaced, one.counters.mined) == (3, 2, 1)


# Views and wallets. --------------------------------------------------------------------------------------------------


def test_views(anvil, ledger, outbox):
    opening = ledger.outgoing(ledger.declaration())
    joining = ledger.declaration()
    outbox.put([opening])
    pump(submitter(anvil, ledger, outbox))
    views = Views(ledger.rpc, ledger.network)
    declaration = DeclarationId(opening.digest)
    standing = views.status(declaration)
    assert standing.settled == heads.opened(declaration)
    assert (standing.request, standing.holds, standing.authority) == (ZERO, ZERO, 1)
    assert standing.state >> 32 & 0xFFFFFFFF == OPERATOR
    assert views.status_many([declaration, DeclarationId(b"\7" * 32)])[0] == standing
    assert views.status_many([DeclarationId(secrets.token_bytes(32))] * 2_500 + [declaration])[2_500] == standing
    assert views.status_many([]) == []
    found = views.heads(declaration)
    assert found.public == heads.public(found.settled, found.request, found.holds)
    consignment = views.consignment(ConsignmentId(declaration))
    assert consignment.head != ZERO
    assert len(consignment.join_key) == 20
    assert not views.hold_open(declaration, 5)
    assert views.open_holds(declaration) == 0
    assert not views.superseded(Digest(declaration))
    assert views.status(DeclarationId(joining.commitment)).settled == ZERO


def test_views_of_participants(ledger):
    views = Views(ledger.rpc, ledger.network)
    operator = views.organisation(OPERATOR)
    assert (operator.kind, operator.status, operator.sponsor) == (OrganisationKind.OPERATOR, 1, ADMINISTRATION)
    assert operator.head == views.organisation_head(OPERATOR) != ZERO
    key = views.key(ledger.operator.address)
    assert (key.organisation, key.purposes) == (OPERATOR, Purpose.DECLARE)
    at = views.key_at(ledger.operator.address, ledger.now())
    assert (at.owner, at.valid, at.disputed) == (OPERATOR, 1, 0)
    assert ledger.manager.address in views.managing_keys(ADMINISTRATION)
    assert views.mandate(OPERATOR, 5).serial == 0
    assert views.administration_of(b"GB") == ADMINISTRATION
    assert views.active_administrations() == [ADMINISTRATION]
    assert views.competent(ADMINISTRATION, ADMINISTRATION)
    assert views.approvals_needed() == 1
    assert views.backdating(ADMINISTRATION) == 72 * 3600
    assert views.development()
    assert views.network_id() == ledger.network.network_id
    assert views.council_head() != ZERO
    assert views.organisation(5, at=as_int(ledger.rpc.call("eth_blockNumber"))).kind == 0


def test_views_of_what_is_no_contract(ledger):
    views = Views(
        ledger.rpc, replace(ledger.network, consignments=b"\1" * 20, participants=ledger.network.consignments)
    )
    with pytest.raises(AbiError, match="no contract"):
        views.status(DeclarationId(ZERO))
    with pytest.raises(Reverted):
        views.development()
    with pytest.raises(NodeError):
        Views(ledger.rpc, ledger.network).development(at=10**9)


def test_a_call_that_reverts_is_decoded_by_the_abi(ledger):
    call = {"to": hexed(ledger.network.consignments), "data": hexed(record_call([]))}
    with pytest.raises(NodeError) as caught:
        ledger.rpc.call("eth_call", call, "latest")
    data = caught.value.revert_data
    assert data is not None
    nothing = nothing_recorded(data)
    assert nothing is not None
    assert nothing.outcome is Outcome.MALFORMED
    assert why_reverted(data).name == "NothingRecorded"


def test_the_nodes_words_are_understood(anvil, ledger):
    relay = LocalSigner(secrets.token_bytes(32))
    chain = ledger.network.chain_id

    def answer(nonce: int, gas: int = 100_000, price: int = 0) -> Answer:
        transaction = Transaction(chain, nonce, relay.address, b"", gas, Fees(price))
        return send(ledger.rpc, sign_transaction(transaction, relay).raw)[0]

    assert answer(0) is Answer.TAKEN
    assert answer(0) is Answer.TAKEN
    assert answer(0, gas=100_001) is Answer.OUTBID
    ledger.rpc.call("evm_mine")
    assert answer(0) is Answer.NONCE_USED
    assert answer(1, gas=5) is Answer.REFUSED
    assert answer(1, gas=2**40) is Answer.REFUSED
    assert answer(1, price=10**18) is Answer.REFUSED


def test_the_domain_is_the_contracts(ledger):
    word = as_bytes(
        ledger.rpc.call("eth_call", {"to": hexed(ledger.network.consignments), "data": "0xf698da25"}, "latest")
    )
    assert word == ledger.domains.consignments.separator


def test_a_remote_signer_behind_the_real_node(anvil, ledger):
    (account,) = ledger.rpc.call("eth_accounts")
    signer = open_signer(f"remote:{anvil.url}?address={account}")
    record = ledger.declaration()
    assert len(signer.sign(ledger.domains.of(record), record)) == 65
