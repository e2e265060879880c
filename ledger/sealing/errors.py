"""Why something sealed can't be opened, or must not be believed: an error for each reason."""

from ledger.errors import PassavantError


class SealingError(PassavantError):
    """Root of what can go wrong with sealed payloads. No message repeats a key or content."""


class PayloadRefused(PassavantError):  # noqa: N818 - the name says what happened
    """No payload, or one that does not open the commitment that it was given for."""


class MalformedSeal(SealingError):  # noqa: N818
    """Bytes that are no ciphertext, wrap or key of this format."""


class KeyUnusable(SealingError):  # noqa: N818
    """A published encryption key that nothing can be encrypted to."""

    def __init__(self, organisation: int, version: int) -> None:
        """Keep whose key it is."""
        self.organisation = organisation
        self.version = version
        super().__init__(f"encryption key {version} of organisation {organisation} is no usable key")


class KeyMissing(SealingError):  # noqa: N818
    """The wrap is for a key that is not held here."""

    def __init__(self, organisation: int, version: int) -> None:
        """Keep which key would be needed."""
        self.organisation = organisation
        self.version = version
        super().__init__(
            f"it is encrypted to encryption key {version} of organisation {organisation}, which is not held here"
        )


class WrapRefused(SealingError):  # noqa: N818
    """The content key can't be unwrapped: the wrap is for another reader, record or ciphertext, or was changed."""

    def __init__(self) -> None:
        """There is nothing more to tell: the cipher doesn't say which."""
        super().__init__("the wrapped key is not for this reader and this ciphertext, or it was changed")


class CiphertextRefused(SealingError):  # noqa: N818
    """The ciphertext can't be decrypted: it is another record's, or was changed."""

    def __init__(self) -> None:
        """There is nothing more to tell: the cipher doesn't say which."""
        super().__init__("the ciphertext does not belong to this record, or it was changed")


class NotCommitted(SealingError):  # noqa: N818
    """The payload is whole, but it is not what the chain's commitment was made over: whoever sealed it lied."""

    def __init__(self) -> None:
        """The reason is always the same."""
        super().__init__(
            "the decrypted payload does not open the commitment that stands on the chain: don't rely on it"
        )
