"""The reasons why a dataset is not changed: a branch of the tree that is drawn in `graph.errors`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.errors import CoorbitError

if TYPE_CHECKING:
    from pathlib import Path


class WriteError(CoorbitError):
    """The dataset cannot be changed as asked."""


class WriteRefused(WriteError):
    """This service takes no such change, whoever asks."""


class ScopeRefused(WriteRefused):
    """The token of a request is known, but lacks the scope `write`; `name` is the token's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the token {name} is not for writes: take one of `coorbit token create --scope write`")
        self.name = name


class TokenRefused(WriteError):
    """The request carries no token, or one that is not known or no longer good; `given` says which."""

    def __init__(self, message: str, *, given: bool) -> None:
        super().__init__(message)
        self.given = given


class GraphUnknown(WriteError):
    """The dataset holds no graph of that name."""

    def __init__(self, iri: str) -> None:
        super().__init__(f"there is no graph <{iri}>")


class PatchRefused(WriteError):
    """A patch adds a quad that is there already, or removes one that is not.

    Attributes:
        line: 1-based line of the row.
        quad: as N-Quads has it, without the dot.
    """

    def __init__(self, line: int, op: str, quad: str) -> None:
        reason = "it is there already" if op == "A" else "it is not there"
        verb = "added" if op == "A" else "removed"
        super().__init__(f"RDF Patch line {line}: {quad} cannot be {verb}, {reason}; nothing was changed")
        self.line = line
        self.quad = quad


class PreconditionFailed(WriteError):
    """A write is for a graph that is not there yet, and it is there; or the other way round.

    `graph` is its IRI, empty for the default graph; None for the dataset, which is always there.
    """

    def __init__(self, graph: str | None, *, there: bool) -> None:
        what = "the dataset" if graph is None else f"<{graph}>" if graph else "the default graph"
        hint = "leave out If-None-Match to write it all the same" if there else "leave out If-Match to make it"
        super().__init__(f"{what} {'is there already' if there else 'is not there'}: {hint}")
        self.graph = graph


class VersionChanged(WriteError):
    """Another version is current than the one that the request is for."""

    def __init__(self, number: int) -> None:
        super().__init__(f"version {number} is current now: read it, and send the change again for it")


class UpdateFailed(WriteError):
    """The engine refused an operation because of what the dataset holds or lacks."""


class TokenError(CoorbitError):
    """A token cannot be made or revoked."""


class TokensUnreadable(TokenError):
    """The file of the tokens is damaged, or cannot be read."""

    _public = (
        "the file of tokens, tokens.json, cannot be read, so that nobody can write: its operator can mend it, or "
        "remove it and create the tokens anew by coorbit token create"
    )

    def __init__(self, path: Path, fault: Exception) -> None:
        super().__init__(f"{path} cannot be read ({fault}): mend it, or remove it and create the tokens anew")
