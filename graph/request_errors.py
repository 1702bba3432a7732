"""The reasons why a request cannot be read: a branch of the tree that is drawn in `graph.errors`."""

from __future__ import annotations

from graph.errors import CoorbitError


class BadRequest(CoorbitError):
    """A request lacks what it needs, or holds what cannot be read."""


class BatchTooLarge(BadRequest):
    """A request asks for more at once than is answered."""


class CheckEnded(BadRequest):
    """The check of a posted graph was ended at a limit; nothing of it is known."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the check of this graph {reason} and was ended: expected is a graph that can be checked within that; "
            "send fewer triples at a time, or run coorbit validate --add FILE"
        )


class ParameterRefused(BadRequest):
    """A value is not what a parameter of an example takes.

    Attributes:
        parameter: its name.
        expected: what a value must be.
    """

    def __init__(self, parameter: str, value: str, expected: str) -> None:
        super().__init__(f"{parameter} takes {expected}, not {value[:100]!r}")
        self.parameter = parameter
        self.expected = expected
