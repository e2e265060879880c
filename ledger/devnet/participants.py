"""The cast of a development network: who takes part, with which keys, and what their administrations set.

Organisation numbers of administrations are ISO 3166 numeric codes; every other number is arbitrary.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.chain.network import Network
from ledger.chain.signers import LocalSigner
from ledger.devnet.deploy import Founder, Sender
from ledger.devnet.keys import KeyRing
from ledger.domain import heads
from ledger.domain.codes import EncryptionSuite, KeyAction, OrganisationKind, OrganisationStatus, Purpose
from ledger.domain.keccak import keccak256
from ledger.domain.records import (
    AdministrationSetting,
    EncryptionKey,
    KeyAuthorisation,
    OperatorStatus,
    ParticipantRecord,
    author_of,
)
from ledger.domain.signing import SignedRecord, SigningDomains
from ledger.domain.wire import ZERO, Head
from ledger.home import Identity

BACKDATING: Final = 50 * 365 * 86_400
"""How far back records may take effect on a development network, so that messages of former years go in."""

_AN_HOUR: Final = 3_600
_LASTING: Final = 10 * 365 * 86_400
_KIND: Final = OrganisationKind
_ACTS: Final = {
    _KIND.ADMINISTRATION: Purpose.DECIDE | Purpose.READ,
    _KIND.OPERATOR: Purpose.DECLARE | Purpose.READ,
    _KIND.AGENCY: Purpose.HOLD | Purpose.READ,
    _KIND.AUDITOR: Purpose.READ,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One participant of the cast; of an administration `offices` have a key of their own each, by name."""

    name: str
    title: str
    organisation: int
    kind: OrganisationKind
    country: str
    identifiers: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    offices: tuple[tuple[str, str, int], ...] = ()


CAST: Final = (
    Part(
        "customs-gb",
        "HM Customs (United Kingdom)",
        826,
        _KIND.ADMINISTRATION,
        "GB",
        jurisdictions=("GB", "XI"),
        offices=(("customs-gb-heathrow", "HM Customs, Heathrow office", 60),),
    ),
    Part(
        "customs-fr",
        "Douane (France)",
        250,
        _KIND.ADMINISTRATION,
        "FR",
        jurisdictions=("FR", "MC"),
        offices=(("customs-fr-roissy", "Douane, bureau de Roissy", 6_940),),
    ),
    Part("platform", "Tamarind Lane Market", 100_001, _KIND.OPERATOR, "GB", ("GB990000001000",)),
    Part("bazaar", "Bazar du Canal", 100_002, _KIND.OPERATOR, "FR", ("FR90000000300012",)),
    Part("express", "Chevron Express", 100_003, _KIND.OPERATOR, "FR", ("FR90000000100017", "GB990000002000")),
    Part("post", "Postal Operator", 100_004, _KIND.OPERATOR, "GB", ("GB990000004000",)),
    Part("safety-fr", "Product Safety Agency (France)", 200_001, _KIND.AGENCY, "FR"),
    Part("auditor", "Court of Audit", 300_001, _KIND.AUDITOR, "FR"),
)


class Casting:
    """Makes the keys of a cast, and records who they are once the contracts stand."""

    def __init__(self, keys: KeyRing, cast: Sequence[Part] = CAST) -> None:
        self._cast = cast
        self._keys = {name: keys.create(name) for part in cast for name in _key_names(part)}
        self._encryption = {part.name: keys.create_encryption(part.name, part.organisation).public for part in cast}

    def founders(self) -> list[Founder]:
        """The administrations, with their managing keys."""
        return [
            Founder(part.organisation, part.country, *(self._keys[name].address for name in _managers(part)))
            for part in self._cast
            if part.kind is _KIND.ADMINISTRATION
        ]

    def identities(self) -> dict[str, Identity]:
        """What a home's configuration says of everybody."""
        found: dict[str, Identity] = {}
        for part in self._cast:
            for name, title, office in ((part.name, part.title, 0), *part.offices):
                found[name] = Identity(
                    organisation=part.organisation,
                    signer=KeyRing.uri(name),
                    kind=part.kind.name,
                    administration=self._sponsor(part).organisation,
                    country=part.country,
                    jurisdictions=part.jurisdictions,
                    title=title,
                    office=office,
                    identifiers=part.identifiers,
                    managers=tuple(KeyRing.uri(manager) for manager in _managers(part)),
                    encryption=KeyRing.encryption_uri(part.name),
                )
        return found

    def record(self, sender: Sender, network: Network) -> None:
        """Record everybody's keys, and wait until they are in force."""
        now = int(time.time())
        starts = now + 2
        admitted = [record for part in self._cast for record in self._admitted(part, network.domains, now, starts)]
        sender.record(network.consignments, admitted)
        _wait(starts + 1)
        sender.rpc.call("evm_mine")
        known = _heads(admitted, network.domains)
        published = [self._published(part, network.domains, known[part.organisation]) for part in self._cast]
        sender.record(network.consignments, published)
        _wait(int(time.time()) + 2)
        sender.rpc.call("evm_mine")

    def _admitted(self, part: Part, domains: SigningDomains, now: int, starts: int) -> Iterator[SignedRecord]:
        if part.kind is _KIND.ADMINISTRATION:
            return self._administration(part, domains, starts)
        return self._other(part, domains, now, starts)

    def _published(self, part: Part, domains: SigningDomains, head: Head) -> SignedRecord:
        now, key = int(time.time()), self._encryption[part.name]
        record = EncryptionKey(
            organisation=part.organisation,
            org_head=head,
            version=key.version,
            suite=EncryptionSuite.HYBRID,
            key=key.x25519,
            hybrid=keccak256(key.mlkem),
            not_before=now,
            not_after=now + _LASTING,
            deadline=now + _AN_HOUR,
        )
        return SignedRecord(record, self._keys[_managers(part)[0]].sign(domains.of(record), record), key.mlkem)

    def _administration(self, part: Part, domains: SigningDomains, starts: int) -> Iterator[SignedRecord]:
        manager = self._keys[_managers(part)[0]]
        head = Head(ZERO)
        for name, _, office in ((part.name, part.title, 0), *part.offices):
            key = self._keys[name]
            authorised = KeyAuthorisation(
                organisation=part.organisation,
                org_head=head,
                key=key.address,
                action=KeyAction.AUTHORISE,
                purposes=_ACTS[part.kind],
                office=office,
                not_before=starts,
                not_after=starts + _LASTING,
                deadline=starts + _AN_HOUR,
            )
            yield _signed(domains, authorised, manager, possession=key)
            head = heads.organisation(head, domains.digest(authorised))
        setting = AdministrationSetting(
            administration=part.organisation, org_head=head, backdating=BACKDATING, deadline=starts + _AN_HOUR
        )
        yield _signed(domains, setting, manager)

    def _other(self, part: Part, domains: SigningDomains, now: int, starts: int) -> Iterator[SignedRecord]:
        """Its admission with the key that it works with, and a managing key, of which others keep one at least."""
        sponsor = self._sponsor(part)
        head = Head(ZERO)
        for name, purposes, since in (
            (part.name, _ACTS[part.kind], now),
            (_managers(part)[0], Purpose.MANAGE, starts),
        ):
            key = self._keys[name]
            admitted = OperatorStatus(
                administration=sponsor.organisation,
                org_head=head,
                organisation=part.organisation,
                kind=part.kind,
                status=OrganisationStatus.ACTIVE,
                key=key.address,
                purposes=purposes,
                not_before=since,
                not_after=since + _LASTING,
                deadline=now + _AN_HOUR,
            )
            yield _signed(domains, admitted, self._keys[_managers(sponsor)[0]], possession=key)
            head = heads.organisation(head, domains.digest(admitted))

    def _sponsor(self, part: Part) -> Part:
        return next(p for p in self._cast if p.kind is _KIND.ADMINISTRATION and p.country == part.country)


def _managers(part: Part) -> tuple[str, ...]:
    numbers = (1, 2) if part.kind is _KIND.ADMINISTRATION else (1,)
    return tuple(f"{part.name}-manager-{number}" for number in numbers)


def _key_names(part: Part) -> Iterator[str]:
    yield part.name
    yield from _managers(part)
    yield from (name for name, _, _ in part.offices)


def _heads(records: Iterable[SignedRecord], domains: SigningDomains) -> Mapping[int, Head]:
    """The organisations' heads after these records of theirs, their first."""
    found: dict[int, Head] = defaultdict(lambda: Head(ZERO))
    for signed in records:
        record = signed.record
        subject = record.organisation if isinstance(record, OperatorStatus | KeyAuthorisation) else author_of(record)
        found[subject] = heads.organisation(found[subject], domains.digest(record))
    return found


def _wait(until: float) -> None:
    while time.time() < until:
        time.sleep(0.05)


def _signed(
    domains: SigningDomains, record: ParticipantRecord, manager: LocalSigner, possession: LocalSigner | None = None
) -> SignedRecord:
    proof = possession.sign_digest(domains.digest(record)) if possession else b""
    return SignedRecord(record, manager.sign(domains.of(record), record), proof)
