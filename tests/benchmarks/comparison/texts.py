"""The questions that the servers are asked.

What is asked cold is asked in a text that no server has seen: a word that is unique in the run stands in the name of
a variable and in a comment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from graph.questions import packaged_questions
from graph.terms import PREFIXES

_PLACE: Final = "UNIQUE"
_PREFIX_LINES: Final = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query under a short name; its variables may bear the place for a unique word."""

    name: str
    query: str

    def text(self, unique: str = "") -> str:
        """Return the text, which no other word gives, with the prefixes that peers do not know by themselves."""
        return f"{_PREFIX_LINES}{self.query.replace(_PLACE, unique)}\n# {unique}"


def lookup(subject_iri: str, unique: str) -> str:
    """Return the query for all that is said of one thing."""
    return f"SELECT ?predicate ?value WHERE {{ <{subject_iri}> ?predicate ?value }} # {unique}"


ANALYTIC: Final = tuple(
    Question(name=name, query=query)
    for name, query in (
        (
            "join",
            """SELECT ?satelliteUNIQUE ?launch ?state WHERE {
  ?launch coo:launchOutcome out:failure ; coo:launchedFrom ?site ; coo:onDate ?date .
  ?satelliteUNIQUE coo:launchedIn ?launch ; coo:missionType mis:navigation ; coo:operator ?agency .
  ?agency coo:agencyOf ?state ; coo:parentOrganization actor:agency-0002
}""",
        ),
        (
            "GROUP BY",
            """SELECT ?state (COUNT(?satelliteUNIQUE) AS ?satellites) WHERE {
  ?satelliteUNIQUE coo:operator ?agency . ?agency coo:agencyOf ?state
} GROUP BY ?state""",
        ),
        (
            "FILTER regex",
            """SELECT ?satelliteUNIQUE ?name WHERE {
  ?satelliteUNIQUE rdfs:label ?name FILTER (REGEX(?name, "^(aurora|echo)-7[0-9] [a-d]$", "i"))
}""",
        ),
        (
            "OPTIONAL",
            """SELECT ?satelliteUNIQUE ?maker ?other WHERE {
  ?satelliteUNIQUE coo:missionType mis:navigation ; coo:orbitClass orb:heo
  OPTIONAL { ?satelliteUNIQUE coo:manufacturer ?maker } OPTIONAL { ?satelliteUNIQUE skos:altLabel ?other }
}""",
        ),
        (
            "property path",
            """SELECT ?satelliteUNIQUE WHERE {
  ?satelliteUNIQUE coo:operator/coo:parentOrganization+ actor:agency-0002
}""",
        ),
        (
            "ORDER BY LIMIT",
            """SELECT ?satelliteUNIQUE ?date WHERE {
  ?satelliteUNIQUE coo:launchedIn ?launch . ?launch coo:onDate ?date
} ORDER BY DESC(?date) ?satelliteUNIQUE LIMIT 50""",
        ),
        (
            "DISTINCT",
            """SELECT DISTINCT ?state ?missionUNIQUE ?orbit WHERE {
  ?satellite coo:registeredBy ?state ; coo:missionType ?missionUNIQUE ; coo:orbitClass ?orbit
}""",
        ),
        (
            "NOT EXISTS",
            """SELECT ?satelliteUNIQUE WHERE {
  ?satelliteUNIQUE coo:orbitClass orb:geo ; coo:operator ?agency
  FILTER NOT EXISTS { ?satelliteUNIQUE coo:manufacturer ?maker }
  FILTER NOT EXISTS { ?agency coo:parentOrganization actor:agency-0000 }
}""",
        ),
    )
)
"""For the generated graph; each takes Oxigraph's server 20 ms or more."""


def packaged() -> list[Question]:
    """Return the competency questions, for the packaged graph."""
    return [Question(name=each.name, query=each.text) for each in packaged_questions("questions")]


def export(rows: int) -> str:
    """Return a query of three variables that has this many rows, on the generated graph at most about 1,200,000."""
    triples = "?satellite coo:fromRow ?row ; ?predicate ?value"
    return f"{_PREFIX_LINES}SELECT ?row ?predicate ?value WHERE {{ {triples} }} LIMIT {rows}"


_SAME_STATE: Final = " . ".join(f"?{name} coo:registeredBy ?state" for name in "abcdef")
ENDLESS: Final = f"{_PREFIX_LINES}SELECT (COUNT(*) AS ?n) WHERE {{ {_SAME_STATE} }}"
"""Takes only time: the engine keeps a table of 47,200 rows for each join and counts more rows than it ever can."""

HOG: Final = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f"
"""Takes memory: it sorts a cross join."""
