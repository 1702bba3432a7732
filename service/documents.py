"""Names whose RDF is a whole named graph: the ontology, the shapes, the graphs themselves.

As RDF they come as the graph is, streamed where it is large; as a page they are told in words.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import pyoxigraph as ox
from starlette.responses import Response

from graph.query_errors import EntityUnknown, EntityWithdrawn
from graph.terms import BASE, NOT_IN_DEFAULT_GRAPH, ONTOLOGY, ONTOLOGY_GRAPH, OWL, SHAPES, SHAPES_GRAPH
from graph.terms import GRAPHS as GRAPH_NAMES
from graph.write_errors import GraphUnknown
from service.addresses import client_address
from service.answering import Accepted, evaluate, job_of, key_of, key_of_graph
from service.dereferencing import begun, coding_of, site_at, viewed
from service.formats import BY_EXTENSION, BY_NAME, HTML, SOLUTIONS
from service.jobs import Job
from service.linking import Place
from service.parameters import Asked
from service.paths import address_on, path_of
from service.replies import reply
from service.sending import is_known
from service.templating import page

if TYPE_CHECKING:
    from fastapi import Request

    from graph.versions import Version
    from service.calls import Call
    from service.deps import Running
    from service.dereferencing import Wanted
    from service.site import Site

_DOCUMENTS: Final = {ONTOLOGY: ONTOLOGY_GRAPH, SHAPES: SHAPES_GRAPH}
"""Names of documents to the graph that holds them."""

_EDITIONS: Final = f"""SELECT ?edition ?is WHERE {{
  <{ONTOLOGY}> ?p ?edition . FILTER (?p IN (<{OWL}versionIRI>, <{OWL}priorVersion>))
  BIND (?p = <{OWL}versionIRI> AS ?is)
}}"""


async def answer_document(request: Request, parts: Running) -> Response:
    """Answer a request for the ontology, the shapes, or a named graph.

    Raises:
        GraphUnknown: the version has no such graph.
        CoorbitError: as `service.dereferencing.answer` has it.
    """

    async def answered(call: Call, wanted: Wanted, version: Version) -> Response:
        iri = wanted.place.iri
        graph = _DOCUMENTS.get(iri, iri)
        if graph not in version.manifest.graphs:
            raise GraphUnknown(iri)
        if wanted.into is not HTML:
            return await _graph(call, graph, wanted, version)
        if iri in _DOCUMENTS:
            return await viewed(call, wanted, version)
        return _page_of_graph(call, wanted, version, await site_at(request, parts, wanted, version))

    return await begun(request, parts, answered)


async def answer_edition(request: Request, parts: Running) -> Response:
    """Answer a request for one edition of the ontology, by its version IRI.

    Raises:
        EntityWithdrawn: it is an older edition, which is no longer kept.
        EntityUnknown: there never was such an edition.
        CoorbitError: as `service.dereferencing.answer` has it.
    """

    async def answered(call: Call, wanted: Wanted, version: Version) -> Response:
        editions = await _editions(call, wanted, version)
        if wanted.place.iri not in editions:
            raise EntityUnknown(wanted.place.iri, nearest=list(editions))
        if not editions[wanted.place.iri]:
            raise EntityWithdrawn(wanted.place.iri, f"it is an older edition; <{ONTOLOGY}> is the current one")
        if wanted.into is HTML:
            path = path_of(ONTOLOGY) or ""
            here = Place(iri=ONTOLOGY, path=path, root=wanted.place.root, parameters=wanted.place.parameters)
            headers = {"Location": here.address(), "Vary": "Accept"}
            return Response(status_code=HTTPStatus.SEE_OTHER, headers=headers)
        return await _graph(call, ONTOLOGY_GRAPH, wanted, version)

    return await begun(request, parts, answered)


async def _graph(call: Call, graph: str, wanted: Wanted, version: Version) -> Response:
    into = BY_NAME[wanted.into.name] if wanted.into else BY_NAME["turtle"]
    job = Job(
        store=str(version.store),
        query="",
        graph=graph,
        graphs=into.name,
        version=wanted.version,
        is_published=version.manifest.kind == "published",
    )
    return await reply(call, key_of_graph(graph, version, into, coding_of(call.request)), job)


async def _editions(call: Call, wanted: Wanted, version: Version) -> dict[str, bool]:
    """Return the editions of the ontology that the dataset names, and whether each is the one that it holds."""
    accepted = Accepted(solutions=SOLUTIONS[0], graphs=None, coding="identity")
    key = key_of(Asked(query=_EDITIONS), accepted, version, BASE)
    job = job_of(key, version, merge_quads=call.parts.settings.merge_quads, may_call=False, chosen=wanted.version)
    client = client_address(call.request.scope, call.parts.settings)
    done = await evaluate(call.parts, job, client=client, gone=call.gone)
    try:
        rows = ox.parse_query_results(done.body(), format=ox.QueryResultsFormat.JSON)
        return {row["edition"].value: row["is"].value == "true" for row in rows}  # type: ignore[union-attr]
    finally:
        done.close()


def _page_of_graph(call: Call, wanted: Wanted, version: Version, site: Site) -> Response:
    """Tell of a named graph what the manifest does."""
    place, graphs = wanted.place, version.manifest.graphs
    others = [
        (name.removeprefix(GRAPH_NAMES), address_on(site, name), count)
        for name, count in graphs.items()
        if name != place.iri and path_of(name)
    ]
    context = {
        "iri": place.iri,
        "name": place.iri.removeprefix(GRAPH_NAMES),
        "version": version.manifest.number,
        "count": graphs[place.iri],
        "in_default": version.manifest.kind == "published" and place.iri not in NOT_IN_DEFAULT_GRAPH,
        "formats": [(each.media_type, place.address(each)) for each in BY_EXTENSION.values() if each is not HTML],
        "query_path": "/query?" + urlencode({"query": _query(place.iri)}),
        "others": others,
    }
    response = page(call.request, "graph.html", context, site=site)
    etag = f'"{version.manifest.number}-{hashlib.blake2b(bytes(response.body), digest_size=12).hexdigest()}"'
    headers = {name.decode(): value.decode() for name, value in call.headers}
    headers |= {"etag": etag, "cache-control": "no-cache"}
    if is_known(call.request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return response


def _query(iri: str) -> str:
    return f"SELECT * WHERE {{\n  GRAPH <{iri}> {{\n    ?subject ?property ?value .\n  }}\n}}\nLIMIT 100"
