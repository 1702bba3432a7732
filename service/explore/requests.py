"""What a request asks of a picture, read from its parameters."""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from graph.parameters import expanded
from graph.request_errors import BadRequest
from graph.terms import BASE
from service.explore.picture import ANY, MOST_EXPANDED, NETWORK, SUBJECTS, Picture
from service.languages import PARAMETER
from service.parameters import read_pairs

_YEAR: Final = re.compile(r"[0-9]{4}", re.ASCII)
_KIND: Final = re.compile(r"[a-z][a-z ]{0,60}", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z]{3}", re.ASCII)
_SCHEMES: Final = ("http://", "https://")
_MOST_CHARACTERS: Final = 1000
_EXPAND: Final = "expand"
_FILTERS: Final = ("kind", "from", "to")
_OF_EVERY_PAGE: Final = ("version", PARAMETER)


def read_picture(kind: str, query_string: bytes) -> Picture:
    """Read what a request asks of a picture; a parameter without a value counts as not given, as forms send it.

    Args:
        kind: one of `SUBJECTS`.
        query_string: as it came.

    Raises:
        BadRequest: a parameter is not known, is given twice, or cannot be read.
    """
    subject = SUBJECTS[kind]
    known = (subject, *((_EXPAND,) if kind == NETWORK else _FILTERS), *_OF_EVERY_PAGE)
    values: dict[str, str] = {}
    further: list[str] = []
    for name, value in read_pairs(query_string):
        if name not in known:
            message = f"{name[:100]!r} is no parameter of this page: it takes {', '.join(known)}"
            raise BadRequest(message)
        if name == _EXPAND:
            further += [thing(value, name)] if value else []
        elif name in values:
            message = f"{name} is given twice: give it once"
            raise BadRequest(message)
        elif value.strip():
            values[name] = value.strip()
    if len(further) > MOST_EXPANDED:
        message = f"{_EXPAND}= is given at most {MOST_EXPANDED} times: begin with another thing by about="
        raise BadRequest(message)
    first, last = (_year(values[name], name) if name in values else None for name in ("from", "to"))
    if first is not None and last is not None and first > last:
        message = f"from={first} is after to={last}: turn them round"
        raise BadRequest(message)
    return Picture(
        kind=kind,
        about=thing(values[subject], subject) if subject in values else "",
        wanted=_wanted(values.get("kind", ANY)),
        first=first,
        last=last,
        expanded=tuple(dict.fromkeys(further)),
    )


def thing(text: str, name: str) -> str:
    """Return the IRI of a thing as a request names it: `actor/chn`, `actor:chn`, `chn` for a state, or the IRI.

    Args:
        text: as it came.
        name: of the parameter.

    Raises:
        BadRequest: there is no such IRI.
    """
    text = text.strip()
    if _CODE.fullmatch(text) and name != SUBJECTS[NETWORK]:
        text = f"actor/{text.lower()}"
    path = text.strip("/").removeprefix("id/")
    iri = text if text.startswith(_SCHEMES) else expanded(text) or f"{BASE}id/{path}"
    try:
        if len(text) > _MOST_CHARACTERS:
            raise ValueError("too long")  # noqa: EM101, TRY301, TRY003  (told below)
        return ox.NamedNode(iri).value
    except ValueError as fault:
        message = f"{name}= takes a thing of the dataset by the end of its name, such as actor/chn, or its IRI"
        raise BadRequest(message) from fault


def _year(text: str, name: str) -> int:
    if not _YEAR.fullmatch(text):
        message = f"{name}= takes a year of four digits, such as 2018"
        raise BadRequest(message)
    return int(text)


def _wanted(text: str) -> str:
    if not _KIND.fullmatch(text):
        message = f"kind= takes one of the kinds that the page offers, or {ANY}"
        raise BadRequest(message)
    return text
