"""What a request to `/sparql` asks for, read from its parameters (SPARQL 1.1 Protocol, 2.1 and 2.2)."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import parse_qsl

import pyoxigraph as ox

from graph.request_errors import BadRequest
from service.formats import BY_NAME, GRAPHS, SOLUTIONS
from service.intent import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_MOST_PARAMETERS: Final = 1000
_OF_QUERY: Final = ("default-graph-uri", "named-graph-uri")
_OF_UPDATE: Final = ("using-graph-uri", "using-named-graph-uri")
_VERSION: Final = "version"
# Those of a query have an error of their own, or say of an answer what a write has not.
_WITH_UPDATE: Final = ("update", *_OF_UPDATE, "query", *_OF_QUERY, "format", "timeout")
_NUMBER: Final = re.compile(r"[0-9]{1,18}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


class Asked(NamedTuple):
    """A query or an update, and how it is to be answered; both texts are None where there is neither.

    Attributes:
        query: the text of a query.
        update: the text of an update.
        default_graphs: values of `default-graph-uri` (of an update: `using-graph-uri`), in order.
        named_graphs: values of `named-graph-uri` (`using-named-graph-uri`); None where neither kind is named.
        format_name: value of `format`, a format by name or media type; None where Accept decides.
        timeout_s: value of `timeout`; None where there is none.
        version: value of `version`, the number of the version to answer from; None for the current one.
        of_commit: names and values of what an update says of its commit; see `service.intent`.
    """

    query: str | None = None
    update: str | None = None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] | None = None
    format_name: str | None = None
    timeout_s: float | None = None
    version: int | None = None
    of_commit: tuple[tuple[str, str], ...] = ()


def near(name: str, known: Sequence[str]) -> str:
    """Return a question that names what may have been meant by an unknown name; empty where nothing is like it."""
    by_case = {each.casefold(): each for each in known}
    found = get_close_matches(name.casefold(), by_case, n=3, cutoff=0.6)
    return f": did you mean {' or '.join(by_case[each] for each in found)}?" if found else ""


def read_parameters(text: str, *, query: str | None = None, update: str | None = None) -> Asked:
    """Read URL-encoded parameters.

    Args:
        text: from the URL, from a form, or both joined by `&`.
        query: the query where it is the body; then none may be among the parameters.
        update: the update where it is the body; likewise.

    Raises:
        BadRequest: there is more than one query or update, or a parameter cannot be read.
    """
    values: dict[str, list[str]] = {}
    for name, value in _pairs(text):
        values.setdefault(name, []).append(value)
    queries = values.get("query", []) + ([] if query is None else [query])
    updates = values.get("update", []) + ([] if update is None else [update])
    if updates:
        refuse_unknown(values, _WITH_UPDATE)
    if len(queries) + len(updates) > 1:
        message = f"send exactly one query or update: {len(queries)} queries and {len(updates)} updates came"
        raise BadRequest(message)
    defaults, named = _graphs(values, is_update=bool(updates))
    return Asked(
        query=queries[0] if queries else None,
        update=updates[0] if updates else None,
        default_graphs=defaults,
        named_graphs=named if defaults or named else None,
        format_name=_format(values.get("format", [])),
        timeout_s=_timeout(values.get("timeout", [])),
        version=_version_to_read(values.get("version", []), is_update=bool(updates)),
        of_commit=tuple((name, value) for name in sorted(PARAMETERS & values.keys()) for value in values[name])
        if updates
        else (),
    )


def read_version_parameter(query_string: bytes) -> int | None:
    """Return the number of the version that a query string names; None for the current one.

    Raises:
        BadRequest: it is no number, or there are several.
    """
    return _version([value for name, value in read_pairs(query_string) if name == "version"])


def read_pairs(query_string: bytes) -> list[tuple[str, str]]:
    """Return the names and values of a query string, in order.

    Raises:
        BadRequest: it is not UTF-8, or holds too many.
    """
    return _pairs(query_string.decode("latin-1"))


def refuse_unknown(names: Iterable[str], own: Sequence[str]) -> None:
    """Refuse a write with a parameter that means nothing to it: with `dryrun=true` it would be stored in earnest.

    Args:
        names: of the parameters that came.
        own: those that the write takes beside what is said of any commit.

    Raises:
        BadRequest: there is one; the error names those that are meant.
    """
    known = (*own, *sorted(PARAMETERS))
    for name in names:
        if name not in {*known, _VERSION}:  # which `refuse_version` explains
            message = f"{name[:100]}= is no parameter of this, and nothing was changed{near(name, known)}"
            message += "" if message.endswith("?") else f": it takes {', '.join(known)}"
            raise BadRequest(message)


def refuse_version(number: int | None) -> None:
    """Refuse a write that names a version to read.

    Raises:
        BadRequest: it does.
    """
    if number is not None:
        message = f"version {number} is as it was and takes no write: leave version= out; If-Match says for which "
        message += "version a write is meant"
        raise BadRequest(message)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError as fault:
        message = "a parameter is not UTF-8: encode the query as UTF-8 before percent-encoding it"
        raise BadRequest(message) from fault
    except ValueError as fault:
        message = f"there are more than {_MOST_PARAMETERS} parameters: encode each & of a query as %26"
        raise BadRequest(message) from fault


def _graphs(values: Mapping[str, Sequence[str]], *, is_update: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return default and named graphs; a name that belongs to the other operation is an error, not passed over."""
    (default, named), others = (_OF_UPDATE, _OF_QUERY) if is_update else (_OF_QUERY, _OF_UPDATE)
    for name, instead in zip(others, (default, named), strict=True):
        if name in values:
            message = f"the parameter {name} belongs to {'a query' if is_update else 'an update'}: use {instead} here"
            raise BadRequest(message)
    for iri in (*values.get(default, ()), *values.get(named, ())):
        try:
            ox.NamedNode(iri)
        except ValueError as fault:
            message = f"{default} and {named} take absolute IRIs, percent-encoded once: {iri!r}: {fault}"
            raise BadRequest(message) from fault
    return tuple(values.get(default, ())), tuple(values.get(named, ()))


def _format(values: Sequence[str]) -> str | None:
    if not values:
        return None
    known = {*BY_NAME, *(each.media_type for each in (*SOLUTIONS, *GRAPHS))}
    if len(values) > 1 or values[0] not in known:
        message = f"format= takes one of {', '.join(BY_NAME)}, or a media type of theirs"
        raise BadRequest(message)
    return values[0]


def _timeout(values: Sequence[str]) -> float | None:
    if not values:
        return None
    # float() alone would take `1_0`, `1e3`, `nan` and white space around a number.
    if len(values) == 1 and _SECONDS.fullmatch(values[0]) and (seconds := float(values[0])) > 0:
        return seconds
    message = "timeout= takes one number of seconds above 0, such as 2 or 0.5"
    raise BadRequest(message)


def _version_to_read(values: Sequence[str], *, is_update: bool) -> int | None:
    number = _version(values)
    if is_update:
        refuse_version(number)
    return number


def _version(values: Sequence[str]) -> int | None:
    if not values:
        return None
    if len(values) > 1 or not _NUMBER.fullmatch(values[0]):
        message = "version= takes the number of one version: /versions lists those that are kept"
        raise BadRequest(message)
    return int(values[0])
