"""`/validate`: posted RDF is checked together with the dataset; nothing is stored, and nobody needs a token."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from graph.errors import NoShapes
from graph.query_errors import NotAcceptable
from graph.request_errors import BadRequest
from service.addresses import base_iri, client_address
from service.calls import Call
from service.check_process import SHOWN, CheckJob
from service.deps import RunningDep, version_of
from service.formats import GRAPHS, JSON
from service.incoming import BODY_OF_RDF, read_rdf
from service.negotiation import choose
from service.parameters import read_version_parameter
from service.problems import described
from service.writing import PROBLEMS_OF_BODIES

router = APIRouter(tags=["Graph store"])

_FORMATS: Final = (JSON, *GRAPHS)
_MEANT: Final = {
    "conforms": False,
    "version": 1,
    "triples": 1,
    "violations": 1,
    "warnings": 0,
    "infos": 0,
    "total": 1,
    "results": [
        {
            "severity": "Violation",
            "focusNode": "https://w3id.org/coorbit/id/sys/cfosat",
            "resultPath": "https://w3id.org/coorbit/ont#owner",
            "value": "https://w3id.org/coorbit/id/actor/nobody",
            "message": "what is wrong and what to do",
            "source": "the shape or the query that found it",
        }
    ],
}
_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The report, whether the graph conforms or not: a sh:ValidationReport with all results, or "
        f"JSON with their number and the first {SHOWN}",
        "content": {JSON.media_type: {"example": _MEANT}} | {each.media_type: {} for each in GRAPHS},
        "headers": {"Coorbit-Validation": {"description": "nodes looked at, results", "schema": {"type": "string"}}},
    },
    **described(
        PROBLEMS_OF_BODIES
        | {
            400: "The body is not the RDF that its type says (with line and column) or holds no triple, or the check "
            "came to no end within the limits of time and memory",
            404: "The dataset is a plain one, which has no shapes",
            406: "No format of the report is acceptable; `available` lists them",
            503: "The dataset is still being built, or too many checks run, or one of this client; Retry-After says "
            "when to come back",
        }
    ),
}


@router.post(
    "/validate",
    summary="Check RDF against the shapes",
    response_class=Response,
    responses=_RESPONSES,
    openapi_extra=BODY_OF_RDF,
)
async def validate(request: Request, parts: RunningDep) -> Response:
    """What is sent is checked as if it were a graph of the current version.

    The report has what it would bring about, and whatever there is to say of the things that it describes. Nothing is
    stored, and no token is needed.
    """
    if version_of(parts).manifest.kind == "plain":
        raise NoShapes
    if read_version_parameter(request.scope["query_string"]) is not None:
        message = "a graph is checked together with the current version: leave version= out"
        raise BadRequest(message)
    into = choose(_FORMATS, ", ".join(request.headers.getlist("accept")))
    if into is None:
        what = "a validation report"
        raise NotAcceptable(what, [each.media_type for each in _FORMATS])
    base = f"{base_iri(request.scope, parts.settings)}/validate"
    job = CheckJob(
        home=parts.settings.home,
        posted=await read_rdf(request, parts.settings, base_iri=base),
        into=into,
        most_bytes=parts.settings.body_mb * 1_000_000,
    )
    call = Call(parts=parts, request=request, send=request._send)  # noqa: SLF001  (Starlette has it nowhere else)
    client = client_address(request.scope, parts.settings)
    checked = await parts.pool.checks.check(
        job, client=client, timeout_s=parts.settings.query_timeout_s, gone=call.gone
    )
    headers = {
        "Content-Type": into.content_type,
        "Vary": "Accept",
        "Coorbit-Validation": checked.validation,
        "X-Query-Id": call.query_id,
    }
    return Response(checked.body, headers=headers)
