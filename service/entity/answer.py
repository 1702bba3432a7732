"""From a view to bytes: asked, put together, written in its format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.query_errors import EntityUnknown
from graph.terms import ONTOLOGY, SHAPES
from service.entity.description import describe, nearest
from service.entity.page import entity_page
from service.entity.rdf import prefixes_of, quads, triples
from service.entity.terms import terms_page
from service.formats import HTML, SENT, rdf_format
from service.rendering import render

if TYPE_CHECKING:
    from service.entity.view import View
    from service.jobs import Begin

PAGES: Final = ("entity.html", "ontology.html", "shapes.html")
"""Templates of what is rendered here."""


_OF_QUADS: Final = frozenset({"trig", "nquads"})
"""Formats that tell which graph states a triple; JSON-LD, which could, is for those who want the thing alone."""


def write_view(store: ox.Store, view: View, begin: Begin) -> None:
    """Answer with a view of an entity, or with the documentation of ontology or shapes.

    Args:
        store: open on the view's version.
        view: the entity and the format.
        begin: called once it is known that there is such an entity; the answer is written to what it returns.

    Raises:
        EntityUnknown: there is none; the error names near ones.
        EntityReplaced: another stands in its place.
        EntityWithdrawn: it is deprecated.
        GraphUnknown: the dataset has no ontology, or no shapes.
    """
    if view.iri in {ONTOLOGY, SHAPES}:
        template = PAGES[1] if view.iri == ONTOLOGY else PAGES[2]
        body = render(template, root=view.site.root, site=view.site, page=terms_page(store, view))
        begin(HTML, form="DESCRIBE", volatile=False).write(body)
        return
    try:
        description = describe(store, view)
    except EntityUnknown as error:
        if error.nearest or view.relation:
            raise
        raise EntityUnknown(view.iri, nearest=nearest(store, view.iri)) from error
    chosen = SENT[view.into]
    if chosen is HTML:
        body = render(PAGES[0], root=view.site.root, site=view.site, page=entity_page(description, view))
    else:
        found = triples(description, view)
        parts = sorted(quads(store, found, view), key=_graph) if chosen.name in _OF_QUADS else found
        body = ox.serialize(parts, format=rdf_format(chosen), prefixes=prefixes_of(found)) or b""
    begin(chosen, form="DESCRIBE", volatile=False).write(body)


def _graph(quad: ox.Quad) -> str:
    return str(quad.graph_name)
