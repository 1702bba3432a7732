"""`/reconcile`: the Reconciliation Service API, version 0.2 at its root and version 1.0-draft below it.

The two differ in the shape of the same fields of the manifest, so that one document cannot be both.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from graph.request_errors import BadRequest
from graph.terms import OWL, local_name
from service.addresses import base_iri
from service.answering import whole_answer
from service.deps import Running, RunningDep, VersionDep
from service.formats import JSON
from service.incoming import FORM, read_body, refuse_coding
from service.jobs import Job
from service.lookups import LONGEST, refuse_unknown
from service.parameters import read_pairs
from service.problems import MEDIA_TYPE
from service.reconciliation.manifests import default_types, draft_manifest, manifest, properties_like, properties_of
from service.reconciliation.requests import read_batch, read_draft_batch, read_extension
from service.reconciliation.spaces import entity_id, is_entity, type_id, type_iri
from service.reconciliation.tasks import Extend, Match, Preview, match_task
from service.templating import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.matching import Question
    from graph.search import Hit, Index
    from graph.versions import Version


def _current_alone(request: Request) -> None:
    """Refuse to answer from an older version: clients build the addresses of this API themselves, without it.

    Raises:
        BadRequest: the address names a version.
    """
    if "version" in request.query_params:
        message = "names are matched with the current version alone: leave version= out"
        raise BadRequest(message)


router = APIRouter(prefix="/reconcile", tags=["Reconciliation"], dependencies=[Depends(_current_alone)])

_DRAFT: Final = "/1.0-draft"
_MOST_BYTES: Final = 4_000_000
_MOST: Final = 50
_EMBEDDED: Final = "default-src 'none'; style-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors *"
_REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    400: {"description": "What was sent cannot be read; `detail` says what was expected", "content": {MEDIA_TYPE: {}}},
    404: {"description": "This dataset has no search index", "content": {MEDIA_TYPE: {}}},
    413: {"description": "The batch is larger than `batchSize` of the manifest", "content": {MEDIA_TYPE: {}}},
    503: {"description": "Too many ask at once, or the dataset is still being built", "content": {MEDIA_TYPE: {}}},
}

Prefix = Annotated[str, Query(description="what has been typed so far; empty: the usual choices")]
Kind = Annotated[str, Query(description="a type, such as Satellite")]


def _window(
    cursor: Annotated[str, Query(description="how many to pass over, as version 0.2 has it")] = "",
    offset: Annotated[str, Query(description="how many to pass over")] = "",
    limit: Annotated[str, Query(description=f"how many, from 1 to {_MOST}")] = "",
) -> slice:
    """Return which of a list to show.

    Raises:
        BadRequest: one is no number, or too large.
    """
    numbers = [offset or cursor or "0", limit or "10"]
    if not all(number.isascii() and number.isdecimal() and len(number) < 5 for number in numbers):  # noqa: PLR2004
        message = "cursor=, offset= and limit= take numbers"
        raise BadRequest(message)
    begin, most = map(int, numbers)
    if begin > _MOST or not 1 <= most <= _MOST:
        message = f"offset= takes a number up to {_MOST}, limit= one from 1 to {_MOST}"
        raise BadRequest(message)
    return slice(begin, begin + most)


Window = Annotated[slice, Depends(_window)]


@router.head("", include_in_schema=False)
@router.get("", summary="The manifest of the reconciliation service, version 0.2", responses=_REFUSED)
async def root(request: Request, parts: RunningDep, version: VersionDep) -> Response:
    """Tell what the service offers; with `queries` or `extend`, answer those (version 0.2)."""
    if request.url.query:
        return await _asked(request, parts, version, request.scope["query_string"])
    return _json(manifest(base_iri(request.scope, parts.settings)))


@router.post("", summary="Match names to things, version 0.2", responses=_REFUSED)
async def match(request: Request, parts: RunningDep, version: VersionDep) -> Response:
    """Answer `queries` or `extend` of a form; a body of JSON is read as a batch of version 1.0-draft."""
    media_type, body = await _body(request, (FORM, JSON.media_type))
    if media_type == JSON.media_type:
        return await _matched(request, parts, version, read_draft_batch(body), None)
    return await _asked(request, parts, version, body)


@router.head(_DRAFT, include_in_schema=False)
@router.get(_DRAFT, summary="The manifest, version 1.0-draft", responses=_REFUSED)
async def draft_root(request: Request, parts: RunningDep, _version: VersionDep) -> Response:
    """Tell what the service offers."""
    return _json(draft_manifest(base_iri(request.scope, parts.settings)))


@router.post(_DRAFT + "/reconcile", include_in_schema=False)  # earlier drafts call it so
@router.post(_DRAFT + "/match", summary="Match names to things, version 1.0-draft", responses=_REFUSED)
async def draft_match(request: Request, parts: RunningDep, version: VersionDep) -> Response:
    """Answer a batch of queries."""
    _, body = await _body(request, (JSON.media_type,))
    return await _matched(request, parts, version, read_draft_batch(body), None)


@router.post(_DRAFT + "/extend", summary="Values of properties, version 1.0-draft", responses=_REFUSED)
async def draft_extend(request: Request, parts: RunningDep, version: VersionDep) -> Response:
    """Tell the values of properties of things that were matched."""
    _, body = await _body(request, (JSON.media_type,))
    asked = read_extension(body)
    return _answered(await _run(request, parts, version, Extend(asked.ids, asked.properties, is_draft=True)))


@router.get(_DRAFT + "/suggest/entity", include_in_schema=False)
@router.get("/suggest/entity", summary="Things whose name begins like this", responses=_REFUSED)
async def suggest_entity(
    parts: RunningDep,
    version: VersionDep,
    window: Window,
    prefix: Prefix = "",
    type: Kind = "",  # noqa: A002  (as the API names it)
) -> Response:
    """Suggest entities, as one types."""
    text, types = _prefix(prefix), [type_iri(_prefix(type))] if type else []
    hits = await parts.finder.ask(version, lambda index: _entities(index, text, types, window.stop))
    return _json({"result": [_entity(hit) for hit in hits[window]]})


@router.get(_DRAFT + "/suggest/type", include_in_schema=False)
@router.get("/suggest/type", summary="Types whose name begins like this", responses=_REFUSED)
async def suggest_type(parts: RunningDep, version: VersionDep, window: Window, prefix: Prefix = "") -> Response:
    """Suggest classes of the ontology; for an empty prefix those that tables are most often about."""
    text = _prefix(prefix)
    if not text.strip():
        return _json({"result": default_types()[window]})
    hits = await parts.finder.ask(version, lambda index: index.search(text, types=[OWL + "Class"], limit=window.stop))
    return _json({"result": [{"id": type_id(hit.found.iri), "name": hit.found.label} for hit in hits[window]]})


@router.get(_DRAFT + "/suggest/property", include_in_schema=False)
@router.get("/suggest/property", summary="Properties whose name begins like this", responses=_REFUSED)
async def suggest_property(window: Window, prefix: Prefix = "") -> Response:
    """Suggest properties to match by and to take values of."""
    return _json({"result": properties_like(_prefix(prefix))[window]})


@router.get(_DRAFT + "/extend/propose", include_in_schema=False)
@router.get("/extend/propose", summary="Properties that things of a type may have", responses=_REFUSED)
async def propose(
    parts: RunningDep,
    version: VersionDep,
    type: Kind = "",  # noqa: A002  (as the API names it)
    limit: Annotated[str, Query(description="how many; all if left out")] = "",
) -> Response:
    """Propose properties for data extension."""
    window = _window(limit=limit or str(_MOST))
    iri = type_iri(_prefix(type)) if type else ""
    above = await parts.finder.ask(version, lambda index: _types_beside(index, iri)) if iri else set()
    found = properties_of({local_name(each) for each in above})[window]
    return _json({"type": type, "limit": len(found), "properties": found})


@router.get(_DRAFT + "/preview", include_in_schema=False)
@router.get("/preview", summary="A small page about a thing", response_class=HTMLResponse, responses=_REFUSED)
async def preview(
    request: Request,
    parts: RunningDep,
    version: VersionDep,
    id: Annotated[str, Query(description="identifier of the thing, such as actor/chn")] = "",  # noqa: A002
) -> Response:
    """Show a thing in a few lines, to be embedded in the page of a client."""
    task = Preview(_prefix(id))
    shown = json.loads(await _run(request, parts, version, task)) if id else None
    if shown is None:
        message = "there is no entity of that identifier"
        raise HTTPException(HTTPStatus.NOT_FOUND, message)
    response = page(request, "preview.html", {"thing": shown})
    response.headers["Content-Security-Policy"] = _EMBEDDED
    return response


async def _asked(request: Request, parts: Running, version: Version, form: bytes) -> Response:
    """Answer the parameters of version 0.2, from the address or a form.

    Raises:
        BadRequest: there is neither `queries` nor `extend`, or it cannot be read.
    """
    given = dict(read_pairs(form))
    if "queries" in given:
        batch = read_batch(given["queries"])
        return await _matched(request, parts, version, list(batch.values()), list(batch))
    if "extend" in given:
        asked = read_extension(given["extend"])
        return _answered(await _run(request, parts, version, Extend(asked.ids, asked.properties, is_draft=False)))
    message = "send queries= or extend=, each with a JSON object; without a parameter this is the manifest"
    raise BadRequest(message)


async def _matched(
    request: Request, parts: Running, version: Version, questions: Sequence[Question], names: Sequence[str] | None
) -> Response:
    """Answer a batch.

    Raises:
        BadRequest: a type is none that the version knows.
    """
    types = sorted({iri for question in questions for iri in question.types})
    if types:
        await parts.finder.ask(version, lambda index: refuse_unknown(types, index))
    return _answered(await _run(request, parts, version, match_task(questions, names)))


async def _run(request: Request, parts: Running, version: Version, task: Match | Extend | Preview) -> bytes:
    """Have a query process do a task, under the limits of a query."""
    return (await whole_answer(request, parts, Job(store=str(version.store), query="", task=task))).body


async def _body(request: Request, media_types: Sequence[str]) -> tuple[str, bytes]:
    """Return the type and the bytes of a body.

    Raises:
        HTTPException: 415 for another type, 413 for more than may come.
    """
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    media_type = media_type.strip()
    if media_type not in media_types:
        message = f"send a body as {' or '.join(media_types)}, not as {media_type or 'a body without a type'}"
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, message, headers={"Accept-Post": ", ".join(media_types)})
    refuse_coding(request, parameters)
    return media_type, bytes(await read_body(request, limit=_MOST_BYTES))


def _entities(index: Index, text: str, types: Sequence[str], limit: int) -> list[Hit]:
    """Return what fits and is an entity; an identifier of ours is one too.

    Raises:
        BadRequest: a type is none that the version knows.
    """
    refuse_unknown(types, index)
    if not text.strip():
        return []
    return [hit for hit in index.search(text, types=types, limit=2 * limit) if is_entity(hit.found.iri)][:limit]


def _types_beside(index: Index, iri: str) -> set[str]:
    """Return a class with all that its things have beside it.

    Raises:
        BadRequest: there is no such class.
    """
    refuse_unknown([iri], index)
    return {iri, *index.types_beside(iri)}


def _entity(hit: Hit) -> dict[str, object]:
    own = [type_id(iri) for iri in hit.found.types if is_entity(hit.found.iri)]
    told: dict[str, object] = {"id": entity_id(hit.found.iri), "name": hit.found.label, "notable": own}
    if hit.found.text != hit.found.label:
        told["description"] = hit.found.text
    return told


def _prefix(text: str) -> str:
    if len(text) > LONGEST:
        message = f"at most {LONGEST} characters are looked for: {len(text)} came"
        raise BadRequest(message)
    return text


def _json(content: object) -> Response:
    return _answered(json.dumps(content, ensure_ascii=False).encode())


def _answered(body: bytes) -> Response:
    return Response(body, media_type=JSON.content_type, headers={"Cache-Control": "no-cache"})
