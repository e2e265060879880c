"""The verifier's errors: one root, and a text for people."""


class VerifierError(Exception):
    """Anything the verifier raises on purpose."""


class UnreadableError(VerifierError):
    """What was given can't be read as what it should be; nothing can be said about what it claims.

    Attributes:
        where: the file, or the place in it.
        problem: what is wrong there.
    """

    def __init__(self, where: str, problem: str) -> None:
        super().__init__(f"{where}: {problem}")
        self.where = where
        self.problem = problem
