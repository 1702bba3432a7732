"""Why a text is not SPARQL: the place, the token, what would fit there, and what was probably meant.

The engine reports the farthest place that any of its rules reached, which is past the fault by the longest keyword, and
names only that keyword. So it is asked again, of ever shorter beginnings of the text: the first token with which no
query can go on is the fault, and what it wanted instead of it comes from the beginning before that token. No beginning
is ever evaluated: each ends in characters that no query holds, or lacks a brace.
"""

from __future__ import annotations

import contextlib
import difflib
import re
from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from uuid import uuid4

import pyoxigraph as ox

from graph.query_errors import QuerySyntaxError
from graph.terms import PREFIXES
from service.grouping import ungrouped
from service.lexer import lexemes
from service.probing import Probe, sentence
from service.prologue import declarations_end, read_prologue
from service.sandbox import sockets_are_forbidden

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.lexer import Lexeme

_MAX_CHARACTERS: Final = 100_000
_SHOWN: Final = 8
_ENGINE_PLACE: Final = re.compile(r"error at (\d+):(\d+): (?:expected (?:one of )?)?(.*)", re.DOTALL)
_LOOSE_STRING: Final = re.compile(r"\"(?:[^\"\\\n\r]|\\.)*\"|'(?:[^'\\\n\r]|\\.)*'")
_BAD_ESCAPE: Final = re.compile(r"(?:[^\\]|\\[tbnrf\"'\\])*?(\\(?![tbnrf\"'\\]).)", re.DOTALL)
_LOOSE_IRI: Final = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.\-]*://|[/#])[^<>\n]*>")
_NOT_IN_IRI: Final = re.compile(r"[<>\"{}|^`\\\x00-\x20]")
_CLOSES: Final = {")": "(", "}": "{", "]": "["}
_FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "PREFIX", "BASE"})
_OPERATIONS: Final = frozenset({"INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
_KEYWORDS: Final = (
    *("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "WHERE", "FROM", "NAMED", "PREFIX", "BASE", "VERSION", "DISTINCT"),
    *("REDUCED", "AS", "GROUP", "BY", "HAVING", "ORDER", "ASC", "DESC", "LIMIT", "OFFSET", "VALUES", "UNDEF"),
    *("OPTIONAL", "UNION", "FILTER", "BIND", "MINUS", "GRAPH", "SERVICE", "SILENT", "EXISTS", "NOT", "IN", "SEPARATOR"),
    *("INSERT", "DELETE", "DATA", "WITH", "USING", "LOAD", "INTO", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"),
    *("TO", "DEFAULT", "ALL", "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"),
)


class _Fault(NamedTuple):
    """A fault: its offset, the token there, one sentence on it, and what would fit."""

    start: int
    token: str
    sentence: str
    expected: tuple[str, ...] = ()


def syntax_error(
    query: str,
    engine_message: str,
    *,
    kind: Literal["query", "update"] = "query",
    base: str = "",
    prefixes: Mapping[str, str] = PREFIXES,
) -> QuerySyntaxError:
    """Turn the engine's message into an error that names line, column, token and what was expected.

    Args:
        query: the text that the engine refused.
        engine_message: what it said.
        kind: what the text was meant to be.
        base: the base IRI that the engine was given; empty: none.
        prefixes: those that it was given.
    """
    place = _ENGINE_PLACE.match(engine_message)
    if place is None:
        return QuerySyntaxError(engine_message, line=None, column=None, token=None, expected=())
    engine = _offset(query, int(place[1]), int(place[2]))
    if len(query) > _MAX_CHARACTERS:
        fault = _Fault(engine, query[engine : engine + 20].split("\n", maxsplit=1)[0], "this is not SPARQL")
    else:
        fault = _found(query, engine, place[3], Probe(query, kind=kind, base=base, prefixes=prefixes))
    line = query.count("\n", 0, fault.start) + 1
    column = fault.start - (query.rfind("\n", 0, fault.start) + 1) + 1
    near = f", near `{fault.token}`" if fault.token else ""
    return QuerySyntaxError(
        f"line {line}, column {column}{near}: {fault.sentence}",
        line=line,
        column=column,
        token=fault.token,
        expected=fault.expected,
    )


def refuse_if_broken(text: str, *, kind: Literal["query", "update"], base: str, prefixes: Mapping[str, str]) -> None:
    """Find the faults of a text that is to be refused for what it asks: that it is no SPARQL is said first.

    The engine's only parser is its evaluator, here on an empty store. An update is read behind an operation that fails,
    so that nothing of it is done. A query would fetch what it names, so it is not read where a socket can be opened.

    Raises:
        QuerySyntaxError: the text is not SPARQL.
    """
    if kind == "query" and not sockets_are_forbidden():
        return
    try:
        _read(text, kind=kind, base=base, prefixes=prefixes)
    except SyntaxError as fault:
        raise syntax_error(text, str(fault), kind=kind, base=base, prefixes=prefixes) from fault
    except (OSError, RuntimeError, ValueError):
        return


def _read(text: str, *, kind: Literal["query", "update"], base: str, prefixes: Mapping[str, str]) -> None:
    """Have the engine read a text; of an update nothing is done, as an operation in front of it fails.

    Raises:
        SyntaxError: it is no such text; the place is that in the text itself.
        RuntimeError: it is an update.
    """
    store = ox.Store()
    ask = partial(store.query if kind == "query" else store.update, prefixes=dict(prefixes), base_iri=base or None)
    if kind == "update":
        begin = declarations_end(text, 0)
        with contextlib.suppress(SyntaxError):
            ask(f"{text[:begin]} DROP GRAPH <{uuid4().urn}> ; {text[begin:]}")
    ask(text)


def _offset(query: str, line: int, column: int) -> int:
    """Return the offset of a 1-based line and column, at most the end of the text."""
    start = 0
    for _ in range(line - 1):
        start = query.find("\n", start) + 1
    return min(start + column - 1, len(query))


def _found(query: str, engine: int, message: str, probe: Probe) -> _Fault:
    """Return the first fault of a text."""
    read = lexemes(query)
    place = probe.first_misfit(read)
    quote = next((each for each in read[: None if place is None else place + 1] if each.text in {'"', "'"}), None)
    if quote is not None:
        return _quote(query, quote)
    if place is None:
        return _unfinished(query, read, engine, message, probe)
    misfit, before = read[place], read[place - 1] if place else None
    expected = probe.expected(read, place)
    return (
        _name(query, misfit, probe)
        or _reused(read[:place], misfit)
        or _bracket(query, read[: place + 1])
        or _another(read[:place], misfit, probe)
        or _unbound(read, probe.reason(misfit))
        or _word(before, misfit, expected)
        or _Fault(misfit.start, misfit.text, probe.reason(misfit) or _wanted(before, misfit, expected), expected)
    )


def _quote(query: str, quote: Lexeme) -> _Fault:
    """Explain a quote that begins no string: it is not closed, or a backslash in it is none of SPARQL's escapes."""
    loose = _LOOSE_STRING.match(query, quote.start)
    if loose and (escape := _BAD_ESCAPE.match(loose[0])):
        reason = f"`{escape[1]}` is no escape; for a backslash in a string write two: `\\{escape[1]}`"
        return _Fault(quote.start + escape.start(1), escape[1], reason, ("\\\\", "\\n", "\\t", '\\"', "\\uXXXX"))
    start, marks = quote.start, quote.text
    if query[max(start - 2, 0) : start] == quote.text * 2:
        start, marks = start - 2, quote.text * 3
        return _Fault(start, marks, f"the string that begins here is not closed: {marks} is missing", (marks,))
    reason = "the string that begins here is not closed on its line (one of several lines stands between "
    return _Fault(start, marks, f"{reason}{quote.text * 3})", (marks,))


def _unfinished(query: str, read: list[Lexeme], engine: int, message: str, probe: Probe) -> _Fault:
    """Explain a text of which every token fits: it ends too early, or breaks a rule that is not one of place."""
    if opened := _open_brackets(read):
        bracket = opened[-1]
        closing = next(close for close, opening in _CLOSES.items() if opening == bracket.text)
        return _Fault(bracket.start, bracket.text, f"this `{bracket.text}` is never closed", (closing,))
    if reason := sentence(message):
        token = next((each.text for each in read if each.start <= engine < each.start + len(each.text)), "")
        return _unbound(read, reason) or _Fault(engine, token, reason)
    expected = probe.expected(read, len(read))
    wanted = f": expected {_listed(expected)}" if expected else ""
    return _Fault(len(query.rstrip()), "", f"the {probe.kind} ends too early{wanted}", expected)


def _unbound(read: list[Lexeme], reason: str) -> _Fault | None:
    """Explain what the engine says of a SELECT at its end, by the variable in it."""
    found = ungrouped(read) if reason.startswith("The SELECT contains") else None
    return _Fault(found.variable.start, found.variable.text, found.sentence) if found else None


def _open_brackets(read: list[Lexeme]) -> list[Lexeme]:
    """Return the brackets that are open behind some tokens."""
    opened: list[Lexeme] = []
    for lexeme in read:
        if lexeme.text in _CLOSES.values():
            opened.append(lexeme)
        elif lexeme.text in _CLOSES and opened and opened[-1].text == _CLOSES[lexeme.text]:
            opened.pop()
    return opened


def _name(query: str, misfit: Lexeme, probe: Probe) -> _Fault | None:
    """Explain a prefixed name without declaration, or an IRI that is none."""
    prologue = read_prologue(query, base=probe.base, known=probe.prefixes)
    prefix = misfit.text.partition(":")[0]
    if misfit.kind == "prefixed" and prologue.namespace(prefix) is None:
        near = [
            each
            for known in (prologue.declared, probe.prefixes)
            for each in difflib.get_close_matches(prefix, known, n=1)
        ]
        hint = f"; did you mean `{near[0]}:`?" if near else ": add a PREFIX line"
        reason = f"the prefix `{prefix}:` is not declared{hint}"
        return _Fault(misfit.start, misfit.text, reason, (f"{near[0]}:" if near else "a declared prefix",))
    if misfit.kind == "iri" and prologue.resolve(misfit) is None:
        is_relative = ":" not in misfit.text and not prologue.base
        reason = "is relative, and there is no BASE: write the whole IRI" if is_relative else "is no valid IRI"
        return _Fault(misfit.start, misfit.text, f"{misfit.text} {reason}", ("an IRI",))
    if misfit.text == "<" and (loose := _LOOSE_IRI.match(query, misfit.start)):
        stray = _NOT_IN_IRI.search(loose[0][1:-1])
        what = "a space" if stray and stray[0] == " " else f"`{stray[0]}`" if stray else "an escape that is none"
        return _Fault(misfit.start, loose[0], f"an IRI cannot hold {what}", ("an IRI",))
    return None


def _reused(before: list[Lexeme], misfit: Lexeme) -> _Fault | None:
    """Explain a blank node that stands in two groups."""
    if misfit.kind != "blank" or all(each.text != misfit.text for each in before):
        return None
    reason = f"{misfit.text} stands in another group already, where it is another node: use a variable"
    return _Fault(misfit.start, misfit.text, reason, ("a variable",))


def _bracket(query: str, read: list[Lexeme]) -> _Fault | None:
    """Explain a closing bracket that closes nothing, or not the one that is open."""
    misfit = read[-1]
    if misfit.text not in _CLOSES:
        return None
    opened = _open_brackets(read[:-1])
    if all(each.text != _CLOSES[misfit.text] for each in opened):
        return _Fault(misfit.start, misfit.text, f"this `{misfit.text}` closes nothing")
    if opened[-1].text == _CLOSES[misfit.text]:
        return None
    line = query.count("\n", 0, opened[-1].start) + 1
    column = opened[-1].start - query.rfind("\n", 0, opened[-1].start)
    reason = f"the `{opened[-1].text}` of line {line}, column {column} is still open"
    return _Fault(misfit.start, misfit.text, reason, (")" if opened[-1].text == "(" else "]",))


def _another(before: list[Lexeme], misfit: Lexeme, probe: Probe) -> _Fault | None:
    """Explain a second query behind the first, or a text of the other kind."""
    if probe.kind == "update":
        if misfit.word not in _FORMS - {"PREFIX", "BASE"} or before:
            return None
        return _Fault(misfit.start, misfit.text, "this is a query: send it as query=, not as update=", ("an update",))
    if misfit.word in _OPERATIONS and not _open_brackets(before) and not any(each.text == "}" for each in before):
        return _Fault(misfit.start, misfit.text, "this is an update: send it as update= by POST", ("a query",))
    begins = misfit.word in _FORMS or misfit.text == ";"
    if not begins or _open_brackets(before) or not any(each.text == "}" for each in before):
        return None
    return _Fault(misfit.start, misfit.text, "the query ends before this: send one query at a time", ("end of text",))


def _word(before: Lexeme | None, misfit: Lexeme, expected: tuple[str, ...]) -> _Fault | None:
    """Explain a word that is no keyword here, by the one it resembles."""
    if misfit.kind != "word":
        return None
    if before is not None and before.kind == "string" and before.start + len(before.text) == misfit.start:
        quote = before.text[0]
        reason = f"the string {before.text} ends before this; a quote inside a string is written \\{quote}"
        return _Fault(misfit.start, misfit.text, reason, expected)
    fitting = {word.upper(): word for word in expected if word.replace("_", "").isalnum()}
    near = difflib.get_close_matches(misfit.word, fitting, n=1, cutoff=0.6)
    if not near and misfit.word not in _KEYWORDS:
        near = difflib.get_close_matches(misfit.word, _KEYWORDS, n=1, cutoff=0.75)
    if near and near[0] != misfit.word:
        word = fitting.get(near[0], near[0])
        return _Fault(misfit.start, misfit.text, f"`{misfit.text}` is no keyword here; did you mean {word}?", (word,))
    if misfit.word in _KEYWORDS:
        return None
    return _Fault(
        misfit.start, misfit.text, f"`{misfit.text}` is no keyword{_meant(before, misfit, expected)}", expected
    )


def _meant(before: Lexeme | None, misfit: Lexeme, expected: tuple[str, ...]) -> str:
    """Return what a word that resembles no keyword may have been meant for."""
    if before is not None and before.word == "PREFIX":
        hints = [f"`{misfit.text}:`"]
    else:
        hints = [f"`?{misfit.text}`"] if "a variable" in expected else []
        hints += [f"a name with a prefix, as in `coo:{misfit.text}`"] if "a name" in expected else []
    return f"; did you mean {', or '.join(hints)}?" if hints else f": expected {_listed(expected)}" if expected else ""


def _wanted(before: Lexeme | None, misfit: Lexeme, expected: tuple[str, ...]) -> str:
    """Return what would fit in a sentence, and a hint where a dot seems to be missing."""
    begins_term = misfit.kind in {"variable", "prefixed", "iri", "blank"} or misfit.text == "["
    if begins_term and before is not None and {".", ";"} <= set(expected):
        return f"a triple ends before this: a `.` (or `;` or `,`) is missing behind `{before.text}`"
    return f"expected {_listed(expected)}" if expected else "this does not fit here"


def _listed(expected: tuple[str, ...]) -> str:
    shown = [f"`{each}`" if not each[0].isalpha() else each for each in expected]
    if len(shown) > _SHOWN:
        return f"{', '.join(shown[:_SHOWN])} or another of {len(shown)}"
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
