"""What is to be seen around an entity: ways to its pictures, and a small network of what its page names anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyoxigraph as ox

from graph.terms import BASE, COO, RDF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.entity.description import Description
    from service.entity.names import Named, Names
    from service.entity.view import View

KINDS: Final = {
    "actor": "actor",
    "agreement": "agreement",
    "system": "space system",
    "occurrence": "event or activity",
    "undertaking": "programme or mission",
    "place": "place",
}
"""Second segment of the path of what a network shows, and how a reader is told of it."""

_THINGS: Final = BASE + "id/"
_STATE: Final = ox.NamedNode(COO + "State")
_FEWEST: Final = 3
_MOST: Final = 40


def kind_of(iri: str) -> str:
    """Return the second segment of the path of a thing; empty for any other name."""
    return iri.removeprefix(_THINGS).partition("/")[0] if iri.startswith(_THINGS) else ""


def ways(description: Description, view: View) -> list[tuple[str, str]]:
    """Return the words and addresses of the pictures of an entity; none for what no picture shows."""
    kind, end = kind_of(view.iri), quote(view.iri.removeprefix(_THINGS), safe="/")
    if kind not in KINDS:
        return []
    found = [("its network", f"/explore/network?about={end}")]
    if _STATE in description.values(RDF + "type"):
        found.append(("its cooperation on a map", f"/explore/cooperation?state={end}"))
    if kind == "actor":
        found.append(("its launches, agreements and memberships in time", f"/explore/timeline?actor={end}"))
    return [(text, view.site.within(path)) for text, path in found]


def small_network(description: Description, names: Names, view: View) -> dict[str, object] | None:
    """Return what a script draws: the entity and its neighbours; None where these are too few or too many to help."""
    if kind_of(view.iri) not in KINDS:
        return None
    itself = names.itself()
    places = {view.iri: 0}
    nodes = [_node(itself, view.iri, view)]
    edges: dict[tuple[int, int, str], None] = {}
    for relation, other, is_inward in _neighbours(description, names):
        if other.iri not in places:
            places[other.iri] = len(nodes)
            nodes.append(_node(other, other.iri, view))
        ends = (places[other.iri], 0) if is_inward else (0, places[other.iri])
        edges[*ends, relation] = None
    if not _FEWEST <= len(nodes) - 1 <= _MOST:
        return None
    drawn = [{"source": source, "target": target, "relation": relation} for source, target, relation in edges]
    return {"kinds": KINDS, "nodes": nodes, "edges": drawn}


def _neighbours(description: Description, names: Names) -> Iterator[tuple[str, Named, bool]]:
    """Yield the name of a relation, the thing at its other end, and whether it leads from there to the entity."""
    for prop, value in description.own:
        if isinstance(value, ox.NamedNode) and kind_of(value.value) in KINDS and value.value != description.iri:
            yield names.property(prop).text, names.term(value), False
    labels = {each.iri: each.labels for each in description.incoming}
    for each in description.pointers or ():
        if kind_of(each.iri) in KINDS and each.iri != description.iri:
            yield names.property(each.relation, labels.get(each.relation, ())).text, names.pointer(each), True


def _node(named: Named, iri: str, view: View) -> dict[str, object]:
    centre = f"/explore/network?about={quote(iri.removeprefix(_THINGS), safe='/')}"
    return {
        "id": iri,
        "name": named.text,
        "lang": named.lang,
        "kind": kind_of(iri),
        "href": named.href or None,
        "centre": view.site.within(centre),
        "expanded": iri == view.iri,
    }
