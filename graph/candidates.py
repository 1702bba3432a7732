"""Candidates for links: things of an outside catalogue with their names, identifiers and dates, read from a file.

A file is a table (CSV, TSV, a list of JSON objects), the saved answer of a SPARQL endpoint, or RDF. What its columns or
properties mean is told by their names; nothing is fetched.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.errors import SourceError
from graph.writer import read_rdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

KINDS: Final = ("cospar", "norad", "iso2", "iso3", "wikidata", "geonames", "ror")
"""Sorts of identifiers by which a thing can be known on both sides."""

_KIND_OF: Final = {
    "cospar": {"cospar", "cosparid", "internationaldesignator", "p247"},
    "norad": {"norad", "noradid", "satcat", "satcatnumber", "scn", "p377"},
    "iso2": {"iso2", "isoalpha2", "iso31661alpha2", "p297"},
    "iso3": {"iso3", "isoalpha3", "iso31661alpha3", "p298"},
    "wikidata": {"wikidata", "wikidataid", "qid"},
    "geonames": {"geonames", "geonamesid", "p1566"},
    "ror": {"ror", "rorid", "p6782"},
}
_NAMES: Final = {"label", "preflabel", "altlabel", "name", "alternatename", "title", "itemlabel", "acronym", "nameform"}
_IDS: Final = ("iri", "uri", "item", "id", "url", "thing", "resource")
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T[0-9:.]+Z?)?", re.ASCII)
_RDF: Final = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES, ".jsonld": ox.RdfFormat.JSON_LD}
_ANSWERS: Final = {".srj": ox.QueryResultsFormat.JSON, ".srx": ox.QueryResultsFormat.XML}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A thing elsewhere, as far as a catalogue describes it.

    Attributes:
        iri: its address; as the catalogue has it, which may be a bare identifier.
        names: in any language, in the order of the catalogue.
        identifiers: pairs of a kind (`KINDS`) and a value as `identifier` returns it.
        dates: calendar dates that the catalogue gives for it, of whatever.
    """

    iri: str
    names: tuple[str, ...]
    identifiers: frozenset[tuple[str, str]]
    dates: frozenset[str]


def identifier(kind: str, value: str) -> str:
    """Return an identifier so that equal ones are equal texts: codes in capitals, numbers without leading zeros."""
    last = value.strip().rstrip("/").rpartition("/")[2]
    return last.lstrip("0") if kind in {"norad", "geonames"} else last.lower() if kind == "ror" else last.upper()


def read_candidates(path: Path) -> list[Candidate]:
    """Read the candidates of a file, each thing once.

    Raises:
        SourceError: the file is of no known kind, cannot be read, or names no thing.
    """
    try:
        rows = _rows(path)
    except (SyntaxError, ValueError, csv.Error) as fault:
        message = f"{path}: cannot be read as {path.suffix or 'a table'}: {fault}"
        raise SourceError(message) from fault
    gathered: dict[str, list[tuple[str, str]]] = {}
    for iri, facts in rows:
        if iri:
            gathered.setdefault(iri, []).extend(facts)
    if not gathered:
        message = f"{path}: no row names a thing: give its address in a column {', '.join(_IDS)}"
        raise SourceError(message)
    return [_candidate(iri, facts) for iri, facts in gathered.items()]


def _rows(path: Path) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Return a thing and what is said of it, row by row, as names and values."""
    if path.suffix in _RDF:
        return _described(path)
    if path.suffix in _ANSWERS:
        return _solutions(path.read_bytes(), _ANSWERS[path.suffix])
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        content = json.loads(text)
        if isinstance(content, dict) and "results" in content:
            return _solutions(text.encode(), ox.QueryResultsFormat.JSON)
        return _objects(path, content)
    if path.suffix == ".tsv" and text.startswith("?"):
        return _solutions(text.encode(), ox.QueryResultsFormat.TSV)
    if path.suffix in {".csv", ".tsv"}:
        return [_keyed(row) for row in csv.DictReader(io.StringIO(text), dialect=_dialect(path))]
    message = f"{path}: a catalogue is a .csv, .tsv, .json, .srj, .srx, .ttl, .nt or .jsonld file"
    raise SourceError(message)


def _dialect(path: Path) -> str:
    return "excel-tab" if path.suffix == ".tsv" else "excel"


def _objects(path: Path, content: object) -> list[tuple[str, list[tuple[str, str]]]]:
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        message = f"{path}: expected a list of objects, or the JSON answer of an endpoint"
        raise SourceError(message)
    rows = []
    for each in cast("list[dict[str, object]]", content):
        iri = next((str(each[name]) for name in _IDS if each.get(name)), "")
        pairs = [(name, value) for name, value in each.items() if value is not None]
        rows.append((iri, [(name, str(one)) for name, value in pairs for one in _each(value)]))
    return rows


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _keyed(row: Mapping[str | None, str | list[str] | None]) -> tuple[str, list[tuple[str, str]]]:
    named = {name.strip(): value for name, value in row.items() if name and isinstance(value, str) and value}
    iri = next((named[name] for name in _IDS if name in named), "")
    return iri, list(named.items())


def _solutions(content: bytes, into: ox.QueryResultsFormat) -> list[tuple[str, list[tuple[str, str]]]]:
    results = ox.parse_query_results(content, format=into)
    if not isinstance(results, ox.QuerySolutions):
        return []
    names = [variable.value for variable in results.variables]
    return [_keyed({name: _text(row[name]) for name in names}) for row in results]


def _described(path: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what RDF says of each thing that has a name."""
    facts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for quad in read_rdf(path, file_format=_RDF[path.suffix]):
        if isinstance(quad.subject, ox.NamedNode):
            facts[quad.subject.value].append((re.split(r"[#/]", quad.predicate.value)[-1], _text(quad.object)))
    return [(iri, told) for iri, told in facts.items() if any(_is_name(name) for name, _ in told)]


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _key(name: str) -> str:
    """Return the name of a column or property without what spelling and language add to it."""
    return re.sub(r"[^a-z0-9]", "", name.partition("@")[0].lower())


def _is_name(name: str) -> bool:
    return _key(name) in _NAMES


def _candidate(iri: str, facts: Sequence[tuple[str, str]]) -> Candidate:
    kinds = {key: kind for kind, keys in _KIND_OF.items() for key in keys}
    known = [(kinds[_key(name)], value) for name, value in facts if _key(name) in kinds]
    days = [match[1] for _, value in facts if (match := _DAY.fullmatch(value))]
    return Candidate(
        iri=iri,
        names=tuple(dict.fromkeys(value.strip() for name, value in facts if _is_name(name) and value.strip())),
        identifiers=frozenset((kind, identifier(kind, value)) for kind, value in known),
        dates=frozenset(days),
    )
