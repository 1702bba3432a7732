"""`/examples`: the example queries, told of and answered."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response

from graph.errors import ExampleUnknown
from graph.parameters import shown
from graph.query_errors import NotAcceptable, QueryError
from graph.request_errors import BadRequest
from service.addresses import base_iri, endpoint_iri
from service.answering import Accepted, whole_answer
from service.calls import Call
from service.deps import ChosenDep, Running, RunningDep, VersionDep, running, version_of
from service.examples import (
    ANSWERED,
    DESCRIBED,
    LISTED,
    Run,
    as_json,
    as_rdf,
    by_tag,
    example_samples,
    examples_of,
    find,
    job_of_run,
    key_of_run,
    list_format,
    read_run,
    tag_of,
)
from service.formats import GRAPHS, HTML, JSON, SOLUTIONS
from service.labels import labelled
from service.negotiation import choose_coding
from service.pages import Outcome, outcome
from service.paths import split_extension
from service.problems import MEDIA_TYPE, status_of
from service.replies import reply
from service.sending import is_known
from service.sparql_api import VERSIONED
from service.templating import page, site_in

if TYPE_CHECKING:
    from graph.versions import Version
    from service.formats import Format
    from service.site import Site

router = APIRouter(tags=["Examples"])

_ASK_AGAIN: Final = "no-cache"
_VARY: Final = "Accept, Accept-Encoding"
_OF_LIST: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The examples", "content": {each.media_type: {} for each in LISTED}},
    304: {"description": "The client has it already"},
    406: {"description": "No format is acceptable; `available` lists them", "content": {MEDIA_TYPE: {}}},
}
Accept = Annotated[str, Header(description="a format of RDF, JSON, or `text/html` for a page")]
FormatName = Annotated[
    str | None, Query(alias="format", description="a format by name or media type, instead of Accept")
]


@router.head("/examples.{ending}", include_in_schema=False)  # noqa: FAST003  (read with the path)
@router.get("/examples.{ending}", include_in_schema=False)
@router.head("/examples", include_in_schema=False)
@router.get(
    "/examples",
    summary="List the example queries",
    response_class=Response,
    responses=_OF_LIST,
    openapi_extra=VERSIONED,
)
async def list_examples(
    request: Request, parts: RunningDep, chosen: ChosenDep, accept: Accept = "*/*", name: FormatName = None
) -> Response:
    """Name the examples: by topic on a page, as SHACL executables in RDF, with parameters and columns in JSON."""
    stem, ending = split_extension(request.url.path)
    if ending is None and "." in stem.rpartition("/")[2]:
        raise ExampleUnknown(stem.rpartition("/")[2])
    into = ending or list_format(", ".join(request.headers.getlist("accept")) or accept, name)
    if into is None:
        what = "the list of examples"
        raise NotAcceptable(what, [each.media_type for each in LISTED])
    questions = examples_of(chosen.version)
    if into is HTML:
        around = await site_in(request, parts, chosen.version, number=chosen.number, has_names=False)
        context = {"tags": by_tag(questions.values()), "count": len(questions)}
        return page(request, "examples.html", context, site=around)
    site = base_iri(request.scope, parts.settings)
    body = as_json(questions.values(), site) if into is JSON else as_rdf(questions.values(), into, site)
    return _document(request, body, into)


@router.head("/examples/{name}/run", include_in_schema=False)
@router.get("/examples/{name}/run", include_in_schema=False)
async def run_example(request: Request, name: str, parts: RunningDep, version: VersionDep) -> Response:
    """Answer an example."""
    run = _read(request, name, version)
    return await _answer(request, parts, run, run.into(ANSWERED, _accept(request)))


@router.head("/examples/{name}", include_in_schema=False)
@router.get("/examples/{name}", include_in_schema=False)
async def example(request: Request, name: str, parts: RunningDep, version: VersionDep) -> Response:
    """Tell of an example, or answer it: where a parameter is given, or only formats of results are taken."""
    name, ending = split_extension(name)
    run = _read(request, name, version)
    if ending is not None and run.is_plain:
        return _described(request, parts, run, ending, await site_in(request, parts, version))
    if not run.is_plain:
        return await _answer(request, parts, run, run.into(ANSWERED, _accept(request)))
    into = run.into(DESCRIBED, _accept(request))
    if into is None:
        what = "an example"
        raise NotAcceptable(what, [each.media_type for each in DESCRIBED])
    if into in SOLUTIONS:
        return await _answer(request, parts, run, into)
    return _described(request, parts, run, into, await site_in(request, parts, version))


def _described(request: Request, parts: Running, run: Run, into: Format, around: Site) -> Response:
    """Tell of an example, as a page or as RDF."""
    if into is HTML:
        return _page(request, run, Outcome(), around, HTTPStatus.OK)
    return _document(request, as_rdf([run.question], into, base_iri(request.scope, parts.settings)), into)


def _read(request: Request, name: str, version: Version) -> Run:
    return read_run(find(name, version), request.scope["query_string"])


def _accept(request: Request) -> str:
    return ", ".join(request.headers.getlist("accept"))


async def _answer(request: Request, parts: Running, run: Run, into: Format | None) -> Response:
    """Answer an example in a format of results, or on its page."""
    if into is None:
        what = "this result"
        raise NotAcceptable(what, [each.media_type for each in ANSWERED])
    version = version_of(parts, run.asked.version)
    coding = "identity" if into is HTML else choose_coding(", ".join(request.headers.getlist("accept-encoding")))
    accepted = Accepted(solutions=SOLUTIONS[0] if into is HTML else into, graphs=None, coding=coding)
    key = key_of_run(run, accepted, version, endpoint_iri(request.scope, parts.settings))
    job = job_of_run(run, key, version, parts.settings)
    if into is HTML:
        site = await site_in(request, parts, version, number=run.asked.version)
        try:
            answer = await whole_answer(request, parts, job, timeout_s=run.asked.timeout_s)
        except (BadRequest, QueryError) as error:
            return _page(request, run, Outcome(error=error.public), site, status_of(error))
        found = await labelled(parts, version, outcome(answer, site), site.language)
        return _page(request, run, found, site, HTTPStatus.OK)
    call = Call(parts=parts, request=request, send=request._send, is_fixed=run.asked.version is not None)  # noqa: SLF001
    return await reply(call, key, job, timeout_s=run.asked.timeout_s)


def _page(request: Request, run: Run, found: Outcome, around: Site, status: HTTPStatus) -> Response:
    site = base_iri(request.scope, running(request).settings)
    values = {each.name: shown(each.default_term()) for each in run.question.parameters} | dict(run.values)
    context = {
        "question": run.question,
        "text": run.text,
        "values": values,
        "downloads": [(each.name, run.path(each)) for each in SOLUTIONS],
        "outcome": found,
        "chosen": run.asked.version,
        "samples": example_samples(run.question, site),
        "address": f"{site}/examples/{run.question.name}",
        "formats": [each.name for each in GRAPHS],
    }
    response = page(request, "example.html", context, status=int(status), site=around)
    response.headers["Vary"] = f"{_VARY}, Accept-Language"
    return response


def _document(request: Request, body: bytes, into: Format) -> Response:
    """Send a document that depends on the package and the request's address alone."""
    headers = {"ETag": tag_of(body), "Cache-Control": _ASK_AGAIN, "Vary": _VARY}
    if is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body, headers=headers | {"Content-Type": into.content_type})
