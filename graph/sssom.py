"""A linkset as SSSOM TSV: a mapping a row, under a header that says what the set is (SSSOM 1.1, TSV serialisation)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.terms import GRAPHS, PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS: Final = (
    "record_id", "subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification", "confidence",
    "mapping_date", "mapping_source", "comment",
)  # fmt: skip
_SEMAPV: Final = "https://w3id.org/semapv/vocab/"
_JUSTIFICATIONS: Final = {
    "manual-review": "ManualMappingCuration",
    "name-and-date-match": "LexicalMatching",
    "shared-identifier": "BackgroundKnowledgeBasedMatching",
    "source-asserts-link": "UnspecifiedMatching",
}
_NAMESPACES: Final = {
    **PREFIXES,
    "semapv": _SEMAPV,
    "dbpedia": "http://dbpedia.org/resource/",
    "eucountry": "http://publications.europa.eu/resource/authority/country/",
    "geonames": "https://sws.geonames.org/",
    "ror": "https://ror.org/",
}
_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
_QUERY: Final = """
SELECT ?record ?local ?label ?relation ?external ?grounds ?confidence ?day ?source ?note WHERE {
  GRAPH <%s> {
    ?record a coo:IdentityLink ; coo:localResource ?local ; coo:externalResource ?external ;
      coo:linkPredicate ?relation ; coo:linkJustification ?grounds ; coo:confidence ?confidence ;
      dcterms:date ?day ; dcterms:source ?source .
    OPTIONAL { ?record skos:note ?note }
  }
  OPTIONAL { ?local rdfs:label ?label FILTER (LANG(?label) = "en") }
}
ORDER BY ?record ?note
"""


def sssom_lines(store: ox.Store, target: str, *, version: int) -> Iterator[str]:
    """Yield the lines of a linkset, each with its end.

    Args:
        store: of a published dataset.
        target: of the linkset.
        version: number that the set is told to be of.
    """
    graph = f"{GRAPHS}links/{target}"
    rows = []
    used = {"semapv"}
    for solution in cast("ox.QuerySolutions", store.query(_QUERY % graph, prefixes=PREFIXES)):
        record, local, label, relation, external, grounds, confidence, day, source, note = map(_text, solution)
        justification = _SEMAPV + _JUSTIFICATIONS.get(grounds.rpartition("/")[2], "UnspecifiedMatching")
        names = [record, local, relation, external, justification, source]
        curies = {iri: _curie(iri, used) for iri in names}
        cells = (
            curies[record], curies[local], label, curies[relation], curies[external], curies[justification],
            confidence, day, curies[source], note,
        )  # fmt: skip
        rows.append("\t".join(map(_cell, cells)) + "\n")
    yield '#sssom_version: "1.1"\n'
    yield f"#mapping_set_id: {graph}\n"
    yield f'#mapping_set_version: "{version}"\n'
    yield f'#mapping_set_title: "Coorbit: links to {target}"\n'
    yield f"#license: {_LICENCE}\n"
    yield "#curie_map:\n"
    for prefix in sorted(used):
        yield f"#  {prefix}: {_NAMESPACES[prefix]}\n"
    yield "\t".join(_COLUMNS) + "\n"
    yield from rows


def _text(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""


def _curie(iri: str, used: set[str]) -> str:
    """Return an IRI as a CURIE by the longest namespace that fits, and note its prefix; the IRI where none does."""
    fitting = [(len(namespace), prefix) for prefix, namespace in _NAMESPACES.items() if iri.startswith(namespace)]
    if not fitting:
        return iri
    length, prefix = max(fitting)
    used.add(prefix)
    return f"{prefix}:{iri[length:]}"


def _cell(text: str) -> str:
    """Return a text as a cell: a tab or a line's end would begin another."""
    return " ".join(text.split())
