"""Evaluate one query on an open store and write its answer in a format.

Used by the query process and by the command line, so that both answer alike.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.errors import NotAcceptable, QueryFailed
from graph.terms import PREFIXES
from service.formats import GRAPHS, SOLUTIONS, Format
from service.queries import check, syntax_error

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A query and the formats that its asker takes.

    Attributes:
        query: the text.
        solutions: format for SELECT and ASK; None if the asker takes none of them.
        graphs: format for CONSTRUCT and DESCRIBE; None likewise.
    """

    query: str
    solutions: Format | None
    graphs: Format | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer: its format and its bytes."""

    format: Format
    body: bytes


def evaluate(store: ox.Store, job: Job) -> Answer:
    """Answer a query. The dataset's own prefixes need no PREFIX line.

    Raises:
        QuerySyntaxError: the text is not SPARQL.
        QueryRefused: it would call another host.
        QueryUnsupported: it names several default graphs.
        NotAcceptable: the asker takes no format of this kind of answer.
        QueryFailed: the engine broke off.
    """
    check(job.query)
    body = io.BytesIO()
    try:
        results = store.query(job.query, prefixes=PREFIXES)
        if isinstance(results, ox.QueryTriples):
            chosen = _acceptable(job.graphs, GRAPHS, "a graph")
            results.serialize(body, ox.RdfFormat.from_media_type(chosen.media_type))
        else:
            chosen = _acceptable(job.solutions, SOLUTIONS, "this result")
            results.serialize(body, ox.QueryResultsFormat.from_media_type(chosen.media_type))
    except SyntaxError as fault:
        raise syntax_error(job.query, str(fault)) from fault
    except (OSError, RuntimeError, ValueError) as fault:
        _log.warning("evaluation failed error=%s", fault)
        message = "the evaluation of the query broke off"
        raise QueryFailed(message) from fault
    return Answer(format=chosen, body=body.getvalue())


def _acceptable(chosen: Format | None, family: Sequence[Format], what: str) -> Format:
    if chosen is None:
        raise NotAcceptable(what, [each.media_type for each in family])
    return chosen
