"""What a query says of itself before it is evaluated: its form, its graphs, whom it would call, whether it repeats.

The engine would call other hosts for SERVICE and counts a triple once for each graph of a FROM that holds it; both
must be known before it runs. A text without any word that matters costs some microseconds, since every query that is
answered from the cache pays for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.query_errors import QueryRefused
from service.faults import syntax_error
from service.lexer import decoded, lexeme_at, tokens
from service.prologue import form
from service.scanner import scan, services
from service.updates import prepare_update

if TYPE_CHECKING:
    from collections.abc import Collection

    from service.lexer import Lexeme
    from service.prologue import Prologue
    from service.scanner import Scan

__all__ = ["Reading", "prepare_update", "read", "refuse_calls", "syntax_error", "tokens"]

# In the order in which they are likely; an escape may stand for any letter.
_WORDS: Final = ("FROM", "NOW", "RAND", "UUID", "BNODE", "SERVICE", "\\U")
_VOLATILE: Final = ("NOW", "RAND", "UUID", "BNODE")
_FROM: Final = re.compile(r"(?:ASK|CONSTRUCT|DESCRIBE|DISTINCT|REDUCED)?FROM", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a query says of itself.

    Attributes:
        form: SELECT, ASK, CONSTRUCT, DESCRIBE, UPDATE, or empty where the text begins like none of them.
        default_graphs: IRIs of FROM in order, resolved; those that cannot be resolved are left to the engine.
        named_graphs: IRIs of FROM NAMED likewise.
        services: the address of each SERVICE in order, resolved; None where it is a variable or not certain.
        volatile: whether asking again may give another answer on the same version: NOW, RAND, UUID, STRUUID, BNODE as
            functions, or SERVICE.
    """

    form: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    services: tuple[str | None, ...] = ()
    volatile: bool = False


CALLING_CHARACTERS: Final = 10_000
"""A longer query may not call other hosts, so that the check takes no time."""

_BRACES: Final = {"{": 1, "}": -1}
_LOOKED_THROUGH: Final = 10_000  # characters that take a few milliseconds, in the process that answers everybody
_MAKES_NODES: Final = frozenset("[(<~|")  # nodes without names, lists, and reifiers, which may have none
_PLAIN: Final = {each: Reading(form=each) for each in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "UPDATE", "")}


def read(query: str, *, base: str = "") -> Reading:
    """Read a query or update, in linear time; it never fails.

    Args:
        query: the text.
        base: the base IRI in force before the text's own; empty: none.
    """
    capitals = query.upper()
    if not any(word in capitals for word in _WORDS):
        return _PLAIN[form(query)]
    if "\\U" in capitals and not form(query):
        query = decoded(query)
        capitals = query.upper()
    found = scan(query, base=base)
    calls = services(found, base=base) if "SERVICE" in capitals or "\\U" in capitals else ()
    default_graphs, named_graphs = _graphs(found) if "FROM" in capitals else ((), ())
    return Reading(
        form=form(query),
        default_graphs=default_graphs,
        named_graphs=named_graphs,
        services=calls,
        volatile=bool(calls) or any(lexeme.word.endswith(_VOLATILE) for lexeme in found.lexemes),
    )


def names_nodes(query: str) -> bool:
    """Say whether each evaluation of a query may name blank nodes anew: those in the template of a CONSTRUCT.

    A long CONSTRUCT is taken for one that does. Nodes of the dataset keep their names within a version; BNODE() makes
    an answer volatile.
    """
    capitals = query.upper()
    if "CONSTRUCT" not in capitals and "\\U" not in capitals:
        return False
    plain = decoded(query)
    if form(plain) != "CONSTRUCT":
        return False
    if len(plain) > _LOOKED_THROUGH:
        return True
    depth = 0
    for lexeme in scan(plain).lexemes:
        depth += _BRACES.get(lexeme.text, 0)
        if depth and (lexeme.kind == "blank" or lexeme.text in _MAKES_NODES):
            return True
        if lexeme.text == "}" and depth <= 0:  # the end of the template; without one, of the pattern that stands for it
            return False
    return False


def refuse_calls(reading: Reading, allowed: Collection[str]) -> None:
    """Refuse a query that would call another host than those allowed.

    Args:
        reading: of the query.
        allowed: whole addresses; one that is written differently is another.

    Raises:
        QueryRefused: a SERVICE is not a literal IRI that equals one of them.
    """
    for address in reading.services:
        if address not in allowed:
            called = f"SERVICE <{address}>" if address else "SERVICE with an address that is no literal IRI"
            offered = (
                f"only <{'>, <'.join(sorted(allowed))}> may be called" if allowed else "it never calls another host"
            )
            message = f"{called} is not offered here: {offered}"
            raise QueryRefused(message)


def refuse_length(query: str) -> None:
    """Refuse a query that calls, though only hosts that are allowed: it is longer than such a query may be.

    Raises:
        QueryRefused: always, since nothing else keeps such a query from calling.
    """
    message = f"SERVICE is not offered in a query of {len(query)} characters: write it in at most {CALLING_CHARACTERS}"
    raise QueryRefused(message)


def _graphs(found: Scan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the graphs of FROM and of FROM NAMED: outside all braces, where nothing else has that word."""
    graphs: dict[bool, list[str]] = {False: [], True: []}
    depth = 0
    behind = 0
    for place, lexeme in enumerate(found.lexemes):
        if lexeme.text in _BRACES:
            depth += _BRACES[lexeme.text]
        elif depth == 0 and place >= behind and lexeme.kind in {"word", "prefixed"}:
            if (clause := _FROM.match(lexeme.text)) is None:
                continue
            rest = lexeme.text[clause.end() :]
            name = [lexeme_at(rest, 0)] if rest else []
            is_named, graph = _graph([*name, *found.lexemes[place + 1 : place + 3]], found.prologue)
            if graph is not None:
                graphs[is_named].append(graph)
                behind = place + (1 if rest else 2) + (1 if is_named else 0)
    return tuple(graphs[False]), tuple(graphs[True])


def _graph(following: list[Lexeme], prologue: Prologue) -> tuple[bool, str | None]:
    """Return whether NAMED begins what follows FROM, and the graph; None where no IRI follows."""
    if not following:
        return False, None
    first = following[0]
    if (graph := prologue.resolve(first)) is not None or not first.text.upper().startswith("NAMED"):
        return False, graph
    if rest := first.text[len("NAMED") :]:
        return True, prologue.resolve(lexeme_at(rest, 0))
    return True, prologue.resolve(following[1]) if len(following) > 1 else None
