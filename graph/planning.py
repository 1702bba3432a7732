"""Where plans come from: made once for some shapes and hygiene queries, and kept on disk.

To prepare them takes seconds, most of it for the grammar of the queries; so the plan is kept under a digest of all that
it was made from, and a writer that starts afresh reads it in milliseconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import logging
import os
import pickle
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from graph.plan import Plan
from graph.questions import Question, packaged_questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyoxigraph as ox

_log = logging.getLogger(__name__)

_CODE: Final = (
    "nodes",
    "patterns",
    "plan",
    "prepare",
    "probes",
    "query_patterns",
    "query_reads",
    "reads",
    "shape_reads",
)


def load_plan(shapes: Iterable[ox.Triple], cache: Path | None, *, questions: Sequence[Question] | None = None) -> Plan:
    """Return the plan of some shapes and hygiene queries.

    Args:
        shapes: the shapes graph, in any order.
        cache: a folder to keep it in, made where it is missing; it must be the caller's own, since what is found there
            is trusted. None: it is made anew, in some seconds.
        questions: the hygiene queries; None: the packaged ones, by which `graph.validate.validate` validates.

    Raises:
        CoorbitError: the shapes cannot be used.
    """
    text = shapes_text(shapes)
    questions = packaged_questions("hygiene") if questions is None else questions
    path = cache / f"plan-{_digest(text, questions)}.pickle" if cache else None
    if path:
        with contextlib.suppress(OSError, pickle.UnpicklingError, EOFError, AttributeError):
            digest, _, content = path.read_bytes().partition(b"\n")
            if hashlib.sha256(content).hexdigest().encode() == digest:  # else it is damaged
                plan = pickle.loads(content)  # noqa: S301  (from the caller's own folder)
                if isinstance(plan, Plan):
                    return plan
    started = time.perf_counter()
    from graph.prepare import prepare  # noqa: PLC0415  (loads the grammar, which a writer with a kept plan never needs)

    plan = prepare(text, questions)
    _log.info("prepared units=%d seconds=%.1f", len(plan.units), time.perf_counter() - started)
    if path:
        _keep(path, plan)
    return plan


def shapes_text(shapes: Iterable[ox.Triple]) -> str:
    """Return a shapes graph as sorted N-Triples."""
    return "".join(sorted(f"{triple} .\n" for triple in shapes))


def _digest(shapes: str, questions: Iterable[Question]) -> str:
    """Return a digest of all that a plan is made from: shapes, queries, and the code that prepares them."""
    digest = hashlib.sha256(shapes.encode())
    for question in questions:
        digest.update(f"{question.name}\0{question.text}\0".encode())
    for module in _CODE:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    for package in ("rdflib", "pyoxigraph"):
        digest.update(importlib.metadata.version(package).encode())
    digest.update(sys.version.encode())
    return digest.hexdigest()[:32]


def _keep(path: Path, plan: Plan) -> None:
    """Keep a plan for the next writer; where that fails, it is made again."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}")
        content = pickle.dumps(plan)
        part.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        part.replace(path)
