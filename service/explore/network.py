"""The network around a thing: what it is connected with, and what those are, where they were expanded."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.terms import COO, RDFS, compact
from service.entity.around import KINDS, kind_of
from service.explore.asking import label_of, named, query_path, require, value
from service.explore.picture import MOST_EXPANDED, MOST_SHOWN, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.explore.asking import Name
    from service.explore.picture import Picture

_OF_ONE_RELATION: Final = 40
_RELATIONS: Final = (
    "cooperatesWith",
    "hasPartyActor",
    "hasParticipant",
    "develops",
    "transferredObject",
    "builds",
    "underAgreement",
    "concernsAgreement",
    "partOfUndertaking",
    "agencyOf",
    "parentOrganization",
    "predecessor",
    "changedOrganization",
    "groupMember",
    "carries",
    "operator",
    "owner",
    "manufacturer",
    "launchedObject",
    "launchProvided",
    "launchVehicle",
    "launchedFrom",
    "registeredBy",
)
"""Properties that connect things of these kinds; of two that are inverse to each other, one."""

_NAMED: Final = " ".join(f"coo:{name}" for name in _RELATIONS)
_NEIGHBOURS: Final = f"""PREFIX coo: <{COO}>
PREFIX rdfs: <{RDFS}>
SELECT ?this ?relation ?relationName ?from ?to ?name WHERE {{
  {{
    VALUES ?relation {{ {_NAMED} }}
    LATERAL {{
      {{ SELECT ?this ?relation (?this AS ?from) ?to WHERE {{ ?this ?relation ?to }} LIMIT {_OF_ONE_RELATION} }}
      UNION
      {{ SELECT ?this ?relation ?from (?this AS ?to) WHERE {{ ?from ?relation ?this }} LIMIT {_OF_ONE_RELATION} }}
    }}
    LATERAL {{ OPTIONAL {{ ?relation rdfs:label ?relationName FILTER (LANG(?relationName) = "en") }} }}
  }} UNION {{
    {{ SELECT ?this (?this AS ?from) ?to WHERE {{
      ?membership coo:memberActor ?this ; coo:memberBody ?to }} LIMIT {_OF_ONE_RELATION} }}
    UNION
    {{ SELECT ?this ?from (?this AS ?to) WHERE {{
      ?membership coo:memberBody ?this ; coo:memberActor ?from }} LIMIT {_OF_ONE_RELATION} }}
    BIND (coo:memberBody AS ?relation)
    BIND ("member of" AS ?relationName)
  }}
  BIND (IF(SAMETERM(?from, ?this), ?to, ?from) AS ?other)
  LATERAL {{ OPTIONAL {{ ?other rdfs:label ?name FILTER (LANG(?name) = "en") }} }}
}}"""
_COUNTS: Final = f"""PREFIX coo: <{COO}>
SELECT ?this ?relation ?inward (COUNT(DISTINCT ?other) AS ?number) WHERE {{
  {{
    VALUES ?relation {{ {_NAMED} }}
    LATERAL {{
      {{ ?this ?relation ?other BIND (false AS ?inward) }} UNION {{ ?other ?relation ?this BIND (true AS ?inward) }}
    }}
  }} UNION {{
    {{ ?membership coo:memberActor ?this ; coo:memberBody ?other BIND (false AS ?inward) }}
    UNION
    {{ ?membership coo:memberBody ?this ; coo:memberActor ?other BIND (true AS ?inward) }}
    BIND (coo:memberBody AS ?relation)
  }}
}}
GROUP BY ?this ?relation ?inward"""


@dataclass(slots=True, kw_only=True)
class Node:
    """A thing of the network.

    Attributes:
        iri: of it.
        name: in the language of the picture where it has one, else in English.
        lang: its language; empty for English.
        kind: key of `KINDS`.
        href: of its page.
        expand_href: of the network with its neighbours too; without them, where it is expanded. Empty for what the
            network is about, and where no more can be expanded.
        centre_href: of the network that is about it; empty for that network.
        is_expanded: whether its neighbours are shown.
        missing: how many of its relations are left out, where it is expanded.
    """

    iri: str
    name: str
    lang: str
    kind: str
    href: str
    expand_href: str
    centre_href: str
    is_expanded: bool
    missing: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One triple between two things of the network."""

    source: Node
    relation: str
    target: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkPage:
    """The page; `centre` is None where nothing is chosen yet."""

    picture: Picture
    centre: Node | None
    expanded: Sequence[Node] = ()
    nodes: Sequence[Node] = ()
    edges: Sequence[Edge] = ()
    kinds: dict[str, str] = field(default_factory=lambda: dict(KINDS))
    query_path: str = ""
    most_expanded: int = MOST_EXPANDED
    data: dict[str, object] = field(default_factory=dict)

    @property
    def cut(self) -> list[Node]:
        """What is expanded, but not with all of its relations."""
        return [each for each in self.nodes if each.missing]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One row: a triple with the names of its property and of its other end."""

    source: str
    relation: str
    relation_name: str
    target: str
    other: str
    name: str


def network_page(store: ox.Store, picture: Picture) -> NetworkPage:
    """Gather the page: two queries for the thing, and two for each that is expanded.

    Raises:
        EntityUnknown: the version says nothing of one of them.
    """
    if not picture.about:
        return NetworkPage(picture=picture, centre=None)
    opened = tuple(dict.fromkeys((picture.about, *picture.expanded)))
    for iri in opened:
        require(store, iri)
    nodes = {iri: _node(iri, label_of(store, iri, picture.site.language), picture) for iri in opened}
    found = [_in_turn(_neighbours(store, iri)) for iri in opened]
    edges: dict[tuple[str, str, str], Edge] = {}
    for each in _fairly(found):
        if each.other not in nodes:
            if len(nodes) >= MOST_SHOWN:
                continue
            nodes[each.other] = _node(each.other, named(store, picture, each.other, each.name), picture)
        edges[each.source, each.relation, each.target] = Edge(
            source=nodes[each.source], relation=each.relation_name, target=nodes[each.target]
        )
    for iri in opened:
        shown = sum(iri in (source, target) for source, _, target in edges)
        nodes[iri].missing = max(_count(store, iri) - shown, 0)
    return NetworkPage(
        picture=picture,
        centre=nodes[picture.about],
        expanded=[nodes[iri] for iri in opened[1:]],
        nodes=list(nodes.values()),
        edges=list(edges.values()),
        query_path=query_path(picture, _text(opened)),
        data=_data(nodes, edges.values()),
    )


def _neighbours(store: ox.Store, iri: str) -> list[_Found]:
    found = []
    for row in _rows(store, _NEIGHBOURS, iri):
        source, target = value(row, "from"), value(row, "to")
        other = target if source == iri else source
        if other != iri and kind_of(other) in KINDS:
            relation = value(row, "relation")
            told = value(row, "relationName") or compact(relation)
            name = value(row, "name") or compact(other)
            found.append(
                _Found(source=source, relation=relation, relation_name=told, target=target, other=other, name=name)
            )
    return found


def _count(store: ox.Store, iri: str) -> int:
    return sum(int(value(row, "number")) for row in _rows(store, _COUNTS, iri))


def _rows(store: ox.Store, query: str, iri: str) -> ox.QuerySolutions:
    return cast("ox.QuerySolutions", store.query(query, substitutions={ox.Variable("this"): ox.NamedNode(iri)}))


def _in_turn(found: Sequence[_Found]) -> list[_Found]:
    """Return rows so that each relation comes before any comes twice: what is cut off is cut off of all."""
    by_relation: dict[tuple[str, bool], list[_Found]] = {}
    for each in found:
        by_relation.setdefault((each.relation, each.other == each.source), []).append(each)
    return _fairly(by_relation.values())


def _fairly(lists: Iterable[Sequence[_Found]]) -> list[_Found]:
    return [each for each in chain.from_iterable(zip_longest(*lists)) if each is not None]


def _node(iri: str, name: Name, picture: Picture) -> Node:
    return Node(
        iri=iri,
        name=name.text,
        lang=name.lang,
        kind=kind_of(iri),
        href=picture.page_of(iri),
        expand_href=_expand_href(iri, picture),
        centre_href="" if iri == picture.about and not picture.expanded else picture.address(about=iri, expanded=()),
        is_expanded=iri == picture.about or iri in picture.expanded,
    )


def _expand_href(iri: str, picture: Picture) -> str:
    if iri == picture.about:
        return ""
    if iri in picture.expanded:
        return picture.address(expanded=tuple(each for each in picture.expanded if each != iri))
    return "" if len(picture.expanded) >= MOST_EXPANDED else picture.address(expanded=(*picture.expanded, iri))


def _text(opened: Sequence[str]) -> str:
    """Return the query that gives the same neighbours, with the things in it as the engine writes them."""
    things = " ".join(str(ox.NamedNode(each)) for each in opened)
    head, _, rest = _NEIGHBOURS.partition("WHERE {\n")
    return f"{head}WHERE {{\n  VALUES ?this {{ {things} }}\n  LATERAL {{\n{rest}\n}}"


def _data(nodes: dict[str, Node], edges: Iterable[Edge]) -> dict[str, object]:
    """Return what a script draws: things by their place in the list, and pairs of those."""
    place = {iri: number for number, iri in enumerate(nodes)}
    return {
        "kinds": KINDS,
        "nodes": [
            {
                "id": short(each.iri),
                "name": each.name,
                "lang": each.lang,
                "kind": each.kind,
                "href": each.href,
                "expand": each.expand_href,
                "centre": each.centre_href,
                "expanded": each.is_expanded,
            }
            for each in nodes.values()
        ],
        "edges": [
            {"source": place[each.source.iri], "target": place[each.target.iri], "relation": each.relation}
            for each in edges
        ],
    }
