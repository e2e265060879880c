"""The network descriptor (``networks/NAME.json``), read by the auditor itself, and held against a node (step 1)."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from passavant_verifier.audit.findings import DivergedError, Divergence, Findings, Place, UnknowableError
from passavant_verifier.audit.rpc import AnswerError, Node, UnreachableError, hexed, number, raw
from passavant_verifier.audit.steps import Step
from passavant_verifier.errors import UnreadableError
from passavant_verifier.keccak import keccak256
from passavant_verifier.webs import recognitions_of

_FORMAT: Final = 1
_SIZES: Final = {
    "genesis_hash": 32,
    "network_id": 32,
    "consignments": 20,
    "participants": 20,
    "consignments_code": 32,
    "participants_code": 32,
    "recognitions_code": 32,
}


@dataclass(frozen=True)
class Network:
    """What the auditor was given out of band: which chain, which contracts, which code."""

    name: str
    chain_id: int
    genesis_hash: bytes
    network_id: bytes
    consignments: bytes
    participants: bytes
    consignments_code: bytes
    participants_code: bytes
    recognitions_code: bytes
    finality: str
    first_block: int = 0

    @property
    def recognitions(self) -> bytes:
        """The address of Recognitions, which follows from that of Consignments."""
        return recognitions_of(self.consignments)

    @property
    def codes(self) -> dict[bytes, tuple[str, bytes]]:
        """By address, each contract's name and the hash of its code; in the order in which checkpoints fold them."""
        return {
            self.consignments: ("Consignments", self.consignments_code),
            self.participants: ("Participants", self.participants_code),
            self.recognitions: ("Recognitions", self.recognitions_code),
        }

    @classmethod
    def load(cls, path: Path) -> "Network":
        """Read a descriptor.

        Raises:
            UnreadableError: it is none.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(values, dict) or values.get("format") != _FORMAT:
                raise UnreadableError(str(path), f"no network descriptor of format {_FORMAT}")
            known = {field.name for field in fields(cls)}
            return cls(**{name: _value(name, value) for name, value in values.items() if name in known})
        except (OSError, ValueError, TypeError) as error:
            raise UnreadableError(str(path), f"no network descriptor: {error}") from None


def _value(name: str, value: Any) -> Any:
    if name in _SIZES:
        return raw(value, _SIZES[name])
    wanted = int if name in {"chain_id", "first_block"} else str
    if type(value) is not wanted:
        raise ValueError(f"{name} is of the wrong kind")
    return value


def check_network(node: Node, network: Network, findings: Findings) -> None:
    """Step 1.

    Raises:
        DivergedError: the node serves another chain or other contracts.
        UnknowableError: it does not say.
    """
    questions = [("eth_chainId", ()), ("eth_getBlockByNumber", (hex(network.first_block), False))]
    questions += [("eth_getCode", (hexed(address), "latest")) for address in network.codes]
    try:
        chain_id, first, *codes = node.batch(questions)
        found = [("chain id", str(network.chain_id), str(number(_answered(chain_id))))]
        first_hash = hexed(raw(dict(_answered(first))["hash"], 32))
        found.append((f"hash of block {network.first_block}", hexed(network.genesis_hash), first_hash))
        for (name, expected), code in zip(network.codes.values(), codes, strict=True):
            found.append((f"code hash of {name}", hexed(expected), hexed(keccak256(raw(_answered(code))))))
    except (UnreachableError, AnswerError) as error:
        raise UnknowableError(Step.NETWORK, str(error)) from None
    except (ValueError, TypeError, KeyError):
        raise UnknowableError(Step.NETWORK, f"{node.name} does not say which chain it serves") from None
    for what, wanted, said in found:
        if said != wanted:
            rule = f"the {what} is the network descriptor's"
            raise DivergedError(Divergence(Step.NETWORK, Place(what=node.name), rule, wanted, said))
        findings.passed(Step.NETWORK)


def _answered(answer: Any) -> Any:
    if isinstance(answer, AnswerError):
        raise answer
    return answer
