"""From a request for a name of the dataset to its answer: what is wanted, in what format, from which version."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox
from starlette.responses import RedirectResponse, Response

from graph.query_errors import EntityReplaced, EntityUnknown, EntityWithdrawn, NotAcceptable
from graph.request_errors import BadRequest
from graph.statements import DATASET
from graph.terms import ONTOLOGY, PREFIXES, SHAPES
from graph.write_errors import GraphUnknown
from service.addresses import base_iri, client_address, report_address, site_path
from service.answering import SOFTWARE, dataset_of, evaluate
from service.cache import Key
from service.calls import Call
from service.deps import version_of
from service.entity.view import View
from service.formats import BY_EXTENSION, GRAPHS, HTML
from service.jobs import Job
from service.languages import PARAMETER, Language
from service.linking import Place, encoded, format_links
from service.mementos import MEDIA_TYPE as MEMENTO_LINKS
from service.mementos import TIMEMAP, at, http_date, memento, memento_links, read_date, timemap
from service.negotiation import choose, choose_coding
from service.parameters import read_pairs, read_version_parameter
from service.paths import iri_of, link_to, path_of, sent_path, split_extension
from service.problems import status_of
from service.replies import reply
from service.site import Site
from service.templating import language_of, page, page_headers, site_in

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import Request

    from graph.versions import Version
    from service.deps import Running
    from service.formats import Format

FORMATS: Final = (*GRAPHS, HTML)
"""Of linked data; a client that takes all alike gets the first."""

VARY: Final = "Accept, Accept-Encoding, Accept-Datetime"
"""What an answer depends on beside its address."""

VARY_OF_PAGES: Final = f"{VARY}, Accept-Language"
"""Likewise a page, whose names come in the reader's language."""

_IN_ALL_LANGUAGES: Final = frozenset({ONTOLOGY, SHAPES})
"""Documents that give names in every language at once, or in English alone."""

_PAGE: Final = re.compile(r"[1-9][0-9]{0,8}")
_SLUG_ENCODED: Final = re.compile(r"/id/([a-z]+)%2[Ff]([^/]+)")
_VIEWED: Final = frozenset({"relation", "page", "version", PARAMETER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a request for a name asks for.

    Attributes:
        place: where the name is answered.
        into: the format; None where the client takes none that there is.
        ending: whether the path's ending names the format.
        version: number of the version that it names; None for the current one.
        relation: IRI of a property whose subjects are to be listed; empty: the thing itself is wanted.
        page: of that list.
        language: of names on a page.
    """

    place: Place
    into: Format | None
    ending: bool
    version: int | None
    relation: str
    page: int
    language: Language


def wanted_by(request: Request, parts: Running, *, below: str = "") -> Wanted:
    """Read what a request for a name asks for; `below` is what stands before the name's path.

    Raises:
        BadRequest: no IRI has its path, or a parameter cannot be read.
    """
    raw = sent_path(cast("bytes", request.scope["raw_path"]))
    path, by_ending = split_extension(raw.removeprefix(below))
    query_string = cast("bytes", request.scope["query_string"])
    pairs = read_pairs(query_string)
    values = dict(pairs)
    accept = ", ".join(request.headers.getlist("accept"))
    into = by_ending or (_format(values["format"]) if "format" in values else choose(FORMATS, accept))
    return Wanted(
        place=Place(
            iri=iri_of(path),
            path=path,
            root=site_path(request.scope, parts.settings),
            parameters=[(name, value) for name, value in values.items() if name in _VIEWED],
        ),
        into=into,
        ending=by_ending is not None,
        version=read_version_parameter(query_string),
        relation=_relation(values.get("relation", "")),
        page=_page(values.get("page", "1")),
        language=language_of(request),
    )


async def answer(request: Request, parts: Running) -> Response:
    """Answer a request for a thing, a concept or a code list.

    Raises:
        BadRequest: as `wanted_by` has it.
        NotAcceptable: the client takes no format that there is.
        QueryError: there is no answer.
        VersionUnknown: there never was a version of the number named.
        VersionPruned: there was, and it is no longer kept.
    """
    return await begun(request, parts, viewed)


async def begun(
    request: Request, parts: Running, answered: Callable[[Call, Wanted, Version], Awaitable[Response]]
) -> Response:
    """Do for a request what is the same for all names, and leave the answer itself to who has called.

    Raises:
        CoorbitError: as `answer` has it.
    """
    wanted = wanted_by(request, parts)
    version = version_of(parts, wanted.version)
    if wanted.version is None and "accept-datetime" in request.headers:
        return await _led_to_memento(request, parts, wanted)
    if wanted.into is None:
        what = "linked data"
        raise NotAcceptable(what, [each.media_type for each in FORMATS])
    try:
        return await answered(await call_for(request, parts, wanted, version), wanted, version)
    except EntityReplaced as error:
        return _led_to_replacement(wanted, error)
    except (EntityUnknown, EntityWithdrawn, GraphUnknown) as error:
        # Clients of /reconcile fill identifiers into its template of addresses as one component, slash and all.
        if encoded_slug := _SLUG_ENCODED.fullmatch(wanted.place.path):
            return _led_to(replace(wanted.place, path="/id/{}/{}".format(*encoded_slug.groups())), wanted)
        if wanted.into is not HTML:
            raise
        near = [(iri, link_to(iri, "")) for iri in getattr(error, "nearest", ())]
        reason = error.reason if isinstance(error, EntityWithdrawn) else None
        context = {"iri": wanted.place.iri, "nearest": near, "reason": reason, "version": version.manifest.number}
        if wanted.relation and isinstance(error, EntityUnknown):
            context |= {"beyond": str(error), "path": wanted.place.path}
        site = await site_at(request, parts, wanted, version)
        response = page(request, "missing.html", context, status=int(status_of(error)), site=site)
        response.headers["Vary"] = VARY_OF_PAGES
        return response


async def viewed(call: Call, wanted: Wanted, version: Version) -> Response:
    """Answer with what a query process makes of a name: one round trip."""
    site = await site_at(call.request, call.parts, wanted, version)
    return await reply(call, _key(call, wanted, version), _job(call.parts, wanted, version, site))


async def site_at(request: Request, parts: Running, wanted: Wanted, version: Version) -> Site:
    """Return what stands around the page of a name."""
    if wanted.into is not HTML:
        return Site(root=wanted.place.root)
    has_names = wanted.place.iri not in {*_IN_ALL_LANGUAGES, *version.manifest.graphs}
    around = await site_in(request, parts, version, number=wanted.version, has_names=has_names)
    shown = tuple(each for each in wanted.place.parameters if each[0] not in {PARAMETER, "version"})
    return replace(around, path=wanted.place.path, parameters=shown)


async def call_for(request: Request, parts: Running, wanted: Wanted, version: Version) -> Call:
    """Return the call of a request, with the headers that linked data has: where it lies, now and in the past."""
    place, number = wanted.place, wanted.version
    mementos = await parts.mementos.all() if number is not None else ()
    links = memento_links(place, mementos, number)
    headers = {"Vary": VARY_OF_PAGES if wanted.into is HTML else VARY}
    if wanted.into is not None:
        links = [*format_links(place, wanted.into), *links]
        headers["Content-Location"] = place.address(wanted.into)
    if wanted.into is HTML:
        headers |= page_headers()
    if number is not None:
        headers["Memento-Datetime"] = http_date(memento(number, version.manifest.created).made)
    fixed, is_page = number is not None, wanted.into is HTML
    call = Call(parts=parts, request=request, send=request._send, is_fixed=fixed, is_page=is_page)  # noqa: SLF001
    call.headers = encoded(headers | {"Link": ", ".join(links)})
    return call


async def answer_timemap(request: Request, parts: Running) -> Response:
    """Answer a request for the TimeMap of a name that the current version describes.

    Raises:
        BadRequest: no IRI has its path.
        EntityUnknown: nothing is said of it.
        QueryError: it could not be found out.
    """
    wanted = replace(wanted_by(request, parts, below=TIMEMAP), into=GRAPHS[0], version=None, relation="", page=1)
    wanted = replace(wanted, place=replace(wanted.place, parameters=()))
    version = version_of(parts)
    call = await call_for(request, parts, wanted, version)
    if wanted.place.iri not in version.manifest.graphs and parts.cache.get(_key(call, wanted, version)) is None:
        with contextlib.suppress(EntityReplaced, EntityWithdrawn):  # it has been something
            job = _job(parts, wanted, version, await site_at(request, parts, wanted, version))
            client = client_address(request.scope, parts.settings)
            (await evaluate(parts, job, client=client, gone=call.gone)).close()
    origin = base_iri(request.scope, parts.settings).removesuffix(wanted.place.root)
    text = timemap(wanted.place, origin, await parts.mementos.all())
    return Response(text, media_type=MEMENTO_LINKS, headers={"Cache-Control": "no-cache"})


async def _led_to_memento(request: Request, parts: Running, wanted: Wanted) -> Response:
    """Lead to the newest version that is not later than Accept-Datetime says (RFC 7089, 4.1.1)."""
    mementos = await parts.mementos.all()
    number = at(mementos, read_date(request.headers["accept-datetime"])).number
    location = wanted.place.at(number).address(wanted.into if wanted.ending else None)
    links = ", ".join(memento_links(wanted.place, mementos, number))
    return RedirectResponse(
        location, HTTPStatus.FOUND, headers={"Vary": VARY, "Link": links, "Cache-Control": "no-cache"}
    )


def _job(parts: Running, wanted: Wanted, version: Version, site: Site) -> Job:
    is_page = wanted.into is HTML
    report = (
        report_address(parts.settings, iri=wanted.place.iri, version=str(version.manifest.number)) if is_page else ""
    )
    view = View(
        iri=wanted.place.iri,
        into=wanted.into.name if wanted.into else GRAPHS[0].name,
        version=version.manifest.number,
        created=version.manifest.created,
        is_fixed=wanted.version is not None,
        site=site,
        relation=wanted.relation,
        page=wanted.page,
        dataset=DATASET if version.manifest.kind == "published" else "",
        report=report,
    )
    return Job(store=f"{version.directory}/{version.manifest.store}", query="", view=view, version=wanted.version)


def _key(call: Call, wanted: Wanted, version: Version) -> Key:
    """Return what the answer depends on; its text is no query, so that it is never taken for one's answer."""
    language = wanted.language if wanted.into is HTML else None
    report = call.parts.settings.report_url if wanted.into is HTML else None
    shown = (wanted.place.iri, wanted.relation, wanted.page, call.is_fixed, language, report)
    return Key(
        version=version.manifest.number,
        dataset=dataset_of(version),
        software=SOFTWARE,
        query=f"VIEW {shown}",
        base_iri=wanted.place.root,
        default_graphs=(),
        named_graphs=None,
        solutions=None,
        graphs=wanted.into.name if wanted.into else None,
        coding=coding_of(call.request),
    )


def coding_of(request: Request) -> str:
    """Return the content coding that the client likes best."""
    return choose_coding(", ".join(request.headers.getlist("accept-encoding")))


def _led_to_replacement(wanted: Wanted, error: EntityReplaced) -> Response:
    path = path_of(error.by)
    if path is None:
        return _moved(error.by)
    return _led_to(replace(wanted.place, iri=error.by, path=path), wanted)


def _led_to(place: Place, wanted: Wanted) -> Response:
    """Lead to another place, in the format that the address names."""
    return _moved(place.address(wanted.into if wanted.ending else None))


def _moved(location: str) -> Response:
    return RedirectResponse(location, HTTPStatus.MOVED_PERMANENTLY, headers={"Vary": VARY, "Cache-Control": "no-cache"})


def _format(name: str) -> Format:
    if name in BY_EXTENSION:
        return BY_EXTENSION[name]
    for each in FORMATS:
        if name == each.name or each.answers_to(name):
            return each
    message = f"format= takes one of {', '.join(each.name for each in FORMATS)}, their media types or endings"
    raise BadRequest(message)


def _relation(name: str) -> str:
    prefix, colon, local = name.partition(":")
    iri = PREFIXES[prefix] + local if colon and prefix in PREFIXES else name
    try:
        return ox.NamedNode(iri).value if iri else ""
    except ValueError as fault:
        message = f"relation= takes the IRI of a property or a prefixed name, such as coo:participant ({fault})"
        raise BadRequest(message) from fault


def _page(text: str) -> int:
    if not _PAGE.fullmatch(text):
        message = "page= takes the number of a page, from 1"
        raise BadRequest(message)
    return int(text)
