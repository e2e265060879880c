"""From the references of a message to those of the private index."""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.documents import LodgedDeclaration, ReferenceKind
from ledger.index.errors import ReferenceFormatError
from ledger.index.references import Reference, ReferenceType, normalised

_TYPES: Final[Mapping[ReferenceKind, ReferenceType]] = {
    ReferenceKind.MRN: ReferenceType.MRN,
    ReferenceKind.UCR: ReferenceType.UCR,
    ReferenceKind.DUCR: ReferenceType.DUCR,
    ReferenceKind.MUCR: ReferenceType.MUCR,
    ReferenceKind.HAWB: ReferenceType.HAWB,
    ReferenceKind.TRANSPORT: ReferenceType.TRACKING,
    ReferenceKind.S10: ReferenceType.S10,
    ReferenceKind.INVOICE: ReferenceType.INVOICE,
    ReferenceKind.ORDER: ReferenceType.ORDER,
}


def references_of(message: LodgedDeclaration) -> list[Reference]:
    """A message's references as the private index takes them: an LRN counts per declarant, and alone."""
    found = [Reference(_TYPES[one.kind], one.value) for one in message.references if one.kind in _TYPES]
    found.append(Reference(ReferenceType.LRN, message.lrn))
    if message.declarant.id:
        found.append(Reference(ReferenceType.LRN, message.lrn, message.declarant.id))
    return indexable(found)


def own_numbers(message: LodgedDeclaration, organisations: Iterable[int]) -> list[Reference]:
    """The LRN as the participants concerned ask for it: by their own ids."""
    return [Reference(ReferenceType.LRN, message.lrn, str(one)) for one in organisations]


def indexable(references: Iterable[Reference]) -> list[Reference]:
    """Those that can be indexed: a number that is empty or endless names nothing."""
    return [one for one in references if _is_indexable(one)]


def _is_indexable(reference: Reference) -> bool:
    try:
        normalised(reference)
    except ReferenceFormatError:
        return False
    return True
