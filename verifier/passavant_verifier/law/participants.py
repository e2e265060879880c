"""What the contract Participants knows: organisations, keys, mandates, the council; and who may do what at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from passavant_verifier import layout
from passavant_verifier.codes import OrganisationKind, OrganisationStatus, Purpose
from passavant_verifier.events import Founding
from passavant_verifier.keccak import keccak256
from passavant_verifier.layout import Key, Mandate, Organisation
from passavant_verifier.records import WORD, ZERO

DEFAULT_BACKDATING: Final = 72 * 3600
FOR_EVER: Final = (1 << 40) - 1
MAX_MANAGING_KEYS: Final = 16
LARGEST_ADMINISTRATION: Final = 0xFFFF
NOTICE: Final = 7 * 86_400
NOTICE_OF_TAKING_OVER: Final = 30 * 86_400
_DEVELOPMENT_CHAINS: Final = (31_337, 1_337)
_NOBODY: Final = Organisation()
_IN_OFFICE: Final = (OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED)


@dataclass
class Participants:
    """The state, and questions about it. `chain_id` decides whether delays are 0, as the constructor has it."""

    chain_id: int
    organisations: dict[int, Organisation] = field(default_factory=dict)
    heads: dict[int, bytes] = field(default_factory=dict)
    keys: dict[bytes, Key] = field(default_factory=dict)
    managing: dict[int, list[bytes]] = field(default_factory=dict)
    mandates: dict[tuple[int, int], Mandate] = field(default_factory=dict)
    administration_of: dict[bytes, int] = field(default_factory=dict)
    administrations: list[int] = field(default_factory=list)
    council: bytes = ZERO
    encryption_versions: dict[int, int] = field(default_factory=dict)
    founders: list[Founding] = field(default_factory=list)

    def found(self, founder: Founding, time: int) -> bool:
        """Take in a founder of the constructor; False: the constructor would not have taken it."""
        keys = (founder.first_key, founder.second_key)
        known = founder.administration in self.organisations or founder.country in self.administration_of
        distinct = keys[0] != keys[1] and bytes(20) not in keys and not any(key in self.keys for key in keys)
        if known or not distinct or founder.administration == 0 or founder.country == b"\0\0":
            return False
        self.founders.append(founder)
        self.enrol(founder.administration, founder.country, time, keys)
        self.council = keccak256(_encoded(self.founders))
        return True

    def enrol(
        self, administration: int, country: bytes, since: int, keys: tuple[bytes, bytes], *, mark: int = 0
    ) -> None:
        """A new administration with two managing keys, all from a time on."""
        word = new_organisation(OrganisationKind.ADMINISTRATION, since)
        warning = self.organisation(self.administrations[0]).warning if self.administrations else 0
        self.organisations[administration] = word._replace(country=int.from_bytes(country), mark=mark, warning=warning)
        self.administrations.append(administration)
        self.administration_of[country] = administration
        self.managing[administration] = list(keys)
        for key in keys:
            self.keys[key] = Key(administration, Purpose.MANAGE, 0, since, FOR_EVER)

    def warn(self) -> None:
        """An expulsion was recorded: from now on every administration says so."""
        for administration in self.administrations:
            self.organisations[administration] = self.organisations[administration]._replace(warning=1)

    def organisation(self, identity: int) -> Organisation:
        """A participant; all zero: there is none."""
        return self.organisations.get(identity, _NOBODY)

    def head(self, identity: int) -> bytes:
        """An organisation's head."""
        return self.heads.get(identity, ZERO)

    def notice(self, *, taking_over: bool = False) -> int:
        """Seconds before a change of managing keys, or of an administration's standing."""
        if taking_over:
            return NOTICE_OF_TAKING_OVER
        return 0 if self.chain_id in _DEVELOPMENT_CHAINS else NOTICE

    def competent_for(self, administration: int, time: int) -> int:
        """Who is competent for what was addressed to an administration: itself, or who took over from it."""
        while True:
            word = self.organisation(administration)
            if not word.successor or word.status_at(time) != OrganisationStatus.SUCCEEDED:
                return administration
            administration = word.successor

    def is_competent(self, administration: int, organisation: int, time: int) -> bool:
        """True when the organisation is the administration, or took over from it in any generation."""
        while administration != organisation:
            word = self.organisation(administration)
            if word.status_at(time) != OrganisationStatus.SUCCEEDED or not word.successor:
                return False
            administration = word.successor
        return True

    def acts(self, identity: int, kind: OrganisationKind, time: int) -> bool:
        """True when it is of this kind and active."""
        word = self.organisation(identity)
        return word.kind == kind and word.status_at(time) == OrganisationStatus.ACTIVE

    def is_active_member(self, identity: int, kind: OrganisationKind, time: int) -> bool:
        """True when it is of this kind and active, and the administration that answers for it is not expelled."""
        sponsor = self.competent_for(self.organisation(identity).sponsor, time)
        expelled = self.organisation(sponsor).status_at(time) == OrganisationStatus.EXPELLED
        return self.acts(identity, kind, time) and not expelled

    def is_in_office(self, administration: int, time: int) -> bool:
        """True when it is active, or suspended and finishes what is open."""
        return self.organisation(administration).status_at(time) in _IN_OFFICE

    def active_administrations(self, time: int) -> int:
        """How many administrations are active."""
        return sum(self.acts(one, OrganisationKind.ADMINISTRATION, time) for one in self.administrations)

    def may_keep_keys(self, identity: int, time: int) -> bool:
        """True when its managing keys may still act; a suspended administration can take a stolen key out of use."""
        kind = self.organisation(identity).kind
        if kind == OrganisationKind.ADMINISTRATION:
            return self.is_in_office(identity, time)
        return self.is_active_member(identity, OrganisationKind(kind), time)

    def has_room(self, identity: int, time: int) -> bool:
        """True while fewer than 16 of its managing keys have not ended."""
        standing = [key for key in self.managing.get(identity, ()) if not self._has_ended(key, time)]
        return len(standing) < MAX_MANAGING_KEYS

    def add_managing_key(self, identity: int, address: bytes, time: int) -> None:
        """List a managing key, in the place of the first that has ended if there is one."""
        listed = self.managing.setdefault(identity, [])
        for place, key in enumerate(listed):
            if self._has_ended(key, time):
                listed[place] = address
                return
        listed.append(address)

    def storage(self) -> dict[bytes, int]:
        """All slots of the contract that are not 0, with their values."""
        return {slot: value for slot, value in self._words() if value}

    def _words(self) -> Iterator[tuple[bytes, int]]:
        yield layout.COUNCIL_SLOT, int.from_bytes(self.council)
        yield from layout.administrations_words(self.administrations).items()
        for identity, word in self.organisations.items():
            yield layout.organisation_slot(identity), word.pack()
        for identity, head in self.heads.items():
            yield layout.organisation_head_slot(identity), int.from_bytes(head)
        for address, key in self.keys.items():
            yield layout.key_slot(address), key.pack()
        for identity, listed in self.managing.items():
            yield layout.managing_keys_slot(identity), len(listed)
            for place, address in enumerate(listed):
                yield layout.managing_key_slot(identity, place), int.from_bytes(address)
        for (declarant, agent), mandate in self.mandates.items():
            yield layout.mandate_slot(declarant, agent), mandate.pack()
        for country, administration in self.administration_of.items():
            yield layout.administration_of_slot(country), administration
        for identity, version in self.encryption_versions.items():
            yield layout.encryption_version_slot(identity), version

    def _has_ended(self, address: bytes, time: int) -> bool:
        return self.keys[address].not_after <= time


def new_organisation(kind: OrganisationKind, since: int) -> Organisation:
    """A participant that becomes active at a time."""
    return Organisation(
        kind=kind,
        next_status=OrganisationStatus.ACTIVE,
        status_from=since,
        backdating=DEFAULT_BACKDATING,
        next_backdating=DEFAULT_BACKDATING,
    )


def with_status(word: Organisation, status: int, since: int, time: int) -> Organisation:
    """A change of status from `since` on; it takes the place of one that has not taken effect by `time`."""
    return word._replace(status=word.status_at(time), next_status=status, status_from=since)


def _encoded(founders: list[Founding]) -> bytes:
    """The ABI encoding of the constructor's argument."""
    words = [WORD.to_bytes(WORD, "big"), len(founders).to_bytes(WORD, "big")]
    for founder in founders:
        keys = (founder.first_key.rjust(WORD, b"\0"), founder.second_key.rjust(WORD, b"\0"))
        words += [founder.administration.to_bytes(WORD, "big"), founder.country.ljust(WORD, b"\0"), *keys]
    return b"".join(words)
