"""What `/search` and `/resolve` are asked, read from their parameters, and what they tell, as JSON and for pages."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.request_errors import BadRequest
from graph.terms import COO, PREFIXES, local_name
from service.parameters import near, read_pairs, read_version_parameter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.search import Hit, Index
    from graph.search_file import Evidence, Found

LONGEST: Final = 200
"""Characters of a text to search for; no name is longer."""

LONGEST_IRI: Final = 2_000
MOST_HITS: Final = 100
MOST_IDENTIFIERS: Final = 1_000
"""Identifiers in one request to `/resolve`."""

_OF_SEARCH: Final = ("q", "type", "lang", "limit", "page", "version")
_LANG: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_CLASS: Final = re.compile(r"(?:([a-z]*):)?([A-Za-z][A-Za-z0-9_-]*)", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A search as it was asked; `text` is empty where none was given.

    Attributes:
        text: what was typed.
        types: IRIs of classes.
        lang: language tag, empty for any.
        limit: how many to return.
        page: which so many of them, from 1.
        version: number of the version, None for the current one.
    """

    text: str
    types: tuple[str, ...]
    lang: str
    limit: int
    page: int
    version: int | None


def read_search(query_string: bytes) -> Search:
    """Read the parameters of a search.

    Raises:
        BadRequest: one of them is not what it should be.
    """
    for name, _ in read_pairs(query_string):
        if name not in _OF_SEARCH:
            message = f"/search takes {', '.join(_OF_SEARCH)}, and no other parameter{near(name, _OF_SEARCH)}"
            raise BadRequest(message)
    asked = _once(query_string, ("q", "lang", "limit", "page"))
    text = _text(asked["q"], "q", LONGEST)
    lang = asked["lang"]
    if lang and not _LANG.fullmatch(lang):
        message = "lang= takes one language tag, such as en, zh or pt-BR"
        raise BadRequest(message)
    limit = _number("limit", asked["limit"] or "10", MOST_HITS)
    page = _number("page", asked["page"] or "1", -(-MOST_HITS // limit))
    given = [value for name, value in read_pairs(query_string) if name == "type"]
    types = [part.strip() for value in given for part in value.split(",")]
    return Search(
        text=text,
        types=tuple(class_iri(each) for each in types if each),
        lang=lang,
        limit=limit,
        page=page,
        version=read_version_parameter(query_string),
    )


def _number(name: str, text: str, largest: int) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= largest:
        message = f"{name}= takes a number from 1 to {largest}"
        raise BadRequest(message)
    return int(text)


def class_iri(name: str) -> str:
    """Return the IRI of a class by its IRI, its prefixed name or its name in our ontology.

    Raises:
        BadRequest: it is none of these.
    """
    if len(name) <= LONGEST_IRI:
        if "://" in name and _is_iri(name):
            return name
        if (match := _CLASS.fullmatch(name)) and (match[1] is None or match[1] in PREFIXES):
            return (PREFIXES[match[1]] if match[1] else COO) + match[2]
    message = "type= takes classes of the ontology by name, such as Satellite or coo:SpaceAgency, or by IRI"
    raise BadRequest(message)


def refuse_unknown(types: Sequence[str], index: Index) -> None:
    """Refuse classes that a version knows nothing of.

    Raises:
        BadRequest: one is; the message names those that are like it.
    """
    unknown = [iri for iri in types if not index.has_class(iri)]
    if unknown:
        name, known = local_name(unknown[0]), sorted(map(local_name, index.classes()))
        message = f"{name} is no class of the ontology, such as SpaceAgency is{near(name, known)}"
        raise BadRequest(message)


def read_identifier_asked(query_string: bytes) -> tuple[str, int | None]:
    """Return the identifier that is to be resolved, and the number of the version.

    Raises:
        BadRequest: there is none, or it cannot be one.
    """
    asked = _once(query_string, ("iri",))
    return checked_identifier(asked["iri"]), read_version_parameter(query_string)


def checked_identifier(text: str) -> str:
    """Return an identifier that may be looked for.

    Raises:
        BadRequest: it is empty, too long, or no IRI where it looks like one.
    """
    text = _text(text, "iri", LONGEST_IRI).strip()
    if not text:
        message = "iri= takes an IRI of Wikidata, GeoNames, DBpedia, ROR or ours, or a COSPAR, NORAD or ISO code"
        raise BadRequest(message)
    if "://" in text and not _is_iri(text):
        message = "iri= holds a character that no IRI has: percent-encode spaces, quotes, angle brackets and braces"
        raise BadRequest(message)
    return text


def read_identifiers(body: bytes) -> list[str]:
    """Return the identifiers of a batch.

    Raises:
        BadRequest: it is not a JSON list of them, or too long.
    """
    expected = f'send a JSON list of at most {MOST_IDENTIFIERS} strings, such as ["Q148", "iso:CN"]'
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as fault:
        message = f"the body is not JSON: {expected}"
        raise BadRequest(message) from fault
    if not isinstance(content, list) or not all(isinstance(each, str) for each in content):
        message = f"the body is JSON, but no list of strings: {expected}"
        raise BadRequest(message)
    if len(content) > MOST_IDENTIFIERS:
        message = f"the list has {len(content)} entries: {expected}"
        raise BadRequest(message)
    return [checked_identifier(each) for each in content]


def parameter(name: str, description: str, *, required: bool = False) -> dict[str, object]:
    """Return a parameter of an address as the API description has it."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


def hit_of(hit: Hit, things: Mapping[str, Found]) -> dict[str, object]:
    """Return a hit as JSON has it; `things` have their labels in the language asked for, with all that these are in."""
    found = hit.found
    thing = things.get(found.iri)
    return {
        "id": found.iri,
        "label": thing.label if thing else found.label,
        "languages": list(thing.langs) if thing else [],
        "types": _own_types(found.types),
        "match": {"text": found.text, "languages": list(found.langs), "role": found.role},
        "score": hit.score,
    }


def evidence_of(found: Evidence) -> dict[str, object]:
    """Return what an identifier means as JSON has it, without what is not told."""
    told = {name: value for name, value in asdict(found).items() if value}
    thing = {"id": told.pop("iri"), "label": told.pop("label")}
    return {**thing, "evidence": told}


def type_names(types: Sequence[str]) -> str:
    """Return the classes of a thing for people."""
    return ", ".join(map(local_name, _own_types(types)))


def _own_types(types: Sequence[str]) -> list[str]:
    return [iri for iri in types if iri.startswith(COO)] or list(types)


def _once(query_string: bytes, names: Sequence[str]) -> dict[str, str]:
    """Return parameters that may be given once, empty where they are not; others may be there.

    Raises:
        BadRequest: one is given twice, or they are not UTF-8.
    """
    found = dict.fromkeys(names, "")
    seen: set[str] = set()
    for name, value in read_pairs(query_string):
        if name in found:
            if name in seen:
                message = f"{name}= is given twice: give it once"
                raise BadRequest(message)
            seen.add(name)
            found[name] = value
    return found


def _text(text: str, name: str, longest: int) -> str:
    if len(text) > longest:
        message = f"{name}= takes at most {longest} characters: {len(text)} came"
        raise BadRequest(message)
    if _CONTROL.search(text):
        message = f"{name}= holds a control character: leave it out"
        raise BadRequest(message)
    return text


def _is_iri(text: str) -> bool:
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True
