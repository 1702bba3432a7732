"""An update made fit for the engine: nothing fetched, and the request's own graphs as its dataset.

The engine loads from any address and takes no dataset beside an update, so both are decided on the text. A LOAD that
may fail is replaced by an operation that does nothing, of the same extent: all that follows keeps its line and column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.query_errors import QueryRefused
from graph.request_errors import BadRequest
from service.lexer import IRI, PREFIXED, SPACE, decoded
from service.prologue import declarations_end
from service.scanner import scan, services

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.lexer import Lexeme
    from service.scanner import Scan

_NAME: Final = rf"(?:{IRI}|{PREFIXED})"
_SILENT_LOAD: Final = re.compile(
    rf"(?i:LOAD){SPACE}(?i:SILENT){SPACE}{_NAME}(?:{SPACE}(?i:INTO){SPACE}(?i:GRAPH){SPACE}{_NAME})?"
    rf"(?={SPACE}(?:;|\Z))"
)
_NOTHING: Final = "INSERTDATA{}"
_LINE_ENDS: Final = re.compile(r"[\n\r]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """A piece of the text and what stands in its place."""

    start: int
    end: int
    text: str


def prepare_update(update: str, *, using_default: Sequence[str], using_named: Sequence[str]) -> str:
    """Return an update that fetches nothing and asks of the graphs that the request names.

    Args:
        update: the text.
        using_default: graphs whose merge each WHERE asks (SPARQL 1.1 Protocol, 2.2.3); their merge counts a triple
            once for each graph, which no effect of an update can show.
        using_named: graphs that GRAPH may match there.

    Returns:
        the text, operations that load silently replaced (SPARQL 1.1 Update, 3.1.4), USING added.

    Raises:
        QueryRefused: it would load, or call by SERVICE.
        BadRequest: a graph is no absolute IRI, or the text names graphs itself by USING or WITH.
    """
    capitals = update.upper()
    may_fetch = any(word in capitals for word in ("LOAD", "SERVICE", "\\U"))
    if not may_fetch and not using_default and not using_named:
        return update
    found = scan(update)
    if may_fetch and services(found):
        message = "SERVICE is not offered in updates: they never call another host"
        raise QueryRefused(message)
    plain = decoded(update)
    if plain != update and len(list(_loads(scan(plain)))) > len(list(_loads(found))):
        raise _load_refused()
    prepared = _edited(update, _loads(found)) if may_fetch else update
    using = _using(using_default, using_named)
    return _edited(prepared, _dataset_edits(scan(prepared), using)) if using else prepared


def _load_refused() -> QueryRefused:
    return QueryRefused("LOAD is not offered: this endpoint never fetches; send the data itself to /store")


def _edited(text: str, edits: Iterator[_Edit]) -> str:
    pieces = []
    end = 0
    for edit in sorted(edits, key=lambda each: each.start):
        pieces += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join([*pieces, text[end:]])


def between_semicolons(found: Scan) -> Iterator[list[Lexeme]]:
    """Yield the tokens between semicolons outside all braces: operations, the later ones with their prologues."""
    run: list[Lexeme] = []
    depth = 0
    for lexeme in found.lexemes:
        depth += {"{": 1, "}": -1}.get(lexeme.text, 0)
        if lexeme.text == ";" and depth == 0:
            yield run
            run = []
        else:
            run.append(lexeme)
    yield run


def operations(found: Scan) -> Iterator[list[Lexeme]]:
    """Yield the tokens of each operation, without a prologue."""
    for run in between_semicolons(found):
        behind = declarations_end(found.text, run[0].start) if run else 0
        yield [lexeme for lexeme in run if lexeme.start >= behind]


def _loads(found: Scan) -> Iterator[_Edit]:
    """Yield the replacement of each silent LOAD.

    Raises:
        QueryRefused: another LOAD stands there, or may stand there.
    """
    if found.others and any(_may_load(lexeme) for run in [found.lexemes, *found.others] for lexeme in run):
        raise _load_refused()
    for operation in operations(found):
        if not operation or not operation[0].text.upper().startswith("LOAD"):
            continue
        start = operation[0].start
        silent = _SILENT_LOAD.match(found.text, start)
        if silent is None:
            raise _load_refused()
        ends = "".join(_LINE_ENDS.findall(silent[0]))
        width = len(silent[0]) - (silent[0].rindex(ends[-1]) + 1 if ends else len(_NOTHING))
        yield _Edit(start=start, end=silent.end(), text=f"{_NOTHING}{ends}{' ' * width}")


def _may_load(lexeme: Lexeme) -> bool:
    """Whether a token may begin with LOAD or hold it: where operations begin is not certain in a text in doubt."""
    return lexeme.kind in {"word", "prefixed"} and "LOAD" in lexeme.text.upper()


def _using(default: Sequence[str], named: Sequence[str]) -> str:
    """Return the USING clauses for some graphs; empty where there are none."""
    for iri in (*default, *named):
        try:
            ox.NamedNode(iri)
        except ValueError as fault:
            message = f"a graph of the dataset must be an absolute IRI, not {iri!r}"
            raise BadRequest(message) from fault
    return " ".join([*(f"USING <{iri}>" for iri in default), *(f"USING NAMED <{iri}>" for iri in named)])


def _dataset_edits(found: Scan, using: str) -> Iterator[_Edit]:
    """Yield what gives each operation with a WHERE its dataset.

    Raises:
        BadRequest: an operation names graphs itself.
    """
    for operation in operations(found):
        if not operation or not operation[0].text.upper().startswith(("INSERT", "DELETE", "WITH")):
            continue
        outside = list(_outside_braces(operation))
        if any(lexeme.text.upper().startswith(("USING", "WITH")) for lexeme in outside):
            message = (
                "the update names its graphs by USING or WITH: leave out using-graph-uri and using-named-graph-uri"
            )
            raise BadRequest(message)
        words = [lexeme.word for lexeme in outside]
        where = next((each for each in outside if each.word.endswith("WHERE")), None)
        if where is None:
            continue
        at = where.start + len(where.text) - len("WHERE")
        template = ""
        if "".join(words) == "DELETEWHERE":
            # The short form has no place for USING: its pattern is both template and condition.
            first = operation.index(where) + 1
            template = f"{_on_one_line(operation[first:])} "
        yield _Edit(start=at, end=at, text=f" {template}{using} ")


def _outside_braces(operation: list[Lexeme]) -> Iterator[Lexeme]:
    depth = 0
    for lexeme in operation:
        depth += lexeme.text == "{"
        if depth == 0:
            yield lexeme
        depth -= lexeme.text == "}"


def _on_one_line(pattern: list[Lexeme]) -> str:
    """Return tokens as text without line ends, so that what follows keeps its line."""
    texts = (lexeme.text.replace("\n", "\\n").replace("\r", "\\r") for lexeme in pattern)
    return " ".join(texts)
