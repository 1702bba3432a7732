"""What a process does that checks a posted graph: it is added to a copy of the dataset, and what follows is validated.

The copy shares the files of the current version and is thrown away; no lock of the home is taken.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.changes import add_to_graph
from graph.errors import HomeUnusable, NoShapes, VersionDamaged
from graph.kept import hold
from graph.query_errors import StoreUnreadable
from graph.request_errors import BadRequest
from graph.terms import GRAPHS as GRAPH_NAMES
from graph.versions import current
from service.damage import damage_told
from service.formats import JSON, TURTLE, rdf_format
from service.posted import read_triples
from service.scratch import take
from service.write_process import looked_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from graph.incremental import Outcome
    from graph.report import Report, Result
    from graph.versions import Version
    from service.formats import Format
    from service.posted import Posted

SHOWN: Final = 100
"""Results in a report as JSON; the report as RDF has them all."""

_POSTED: Final = ox.NamedNode(GRAPH_NAMES + "posted")
_NICE: Final = 10  # below the queries of others


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckJob:
    """One check.

    Attributes:
        home: of the dataset.
        posted: the graph.
        into: the format of the report: `service.formats.JSON` or one of RDF.
        most_bytes: of the report.
        folder: name of the one to work in; see `service.scratch`.
    """

    home: Path
    posted: Posted
    into: Format
    most_bytes: int
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of a check.

    Attributes:
        body: the report.
        validation: how many nodes were looked at (or everything), and what was found.
    """

    body: bytes
    validation: str


def check(job: CheckJob) -> Checked:
    """Check a graph together with the current version of a published dataset.

    Raises:
        NoShapes: the dataset is a plain one.
        TurtleError: the posted RDF cannot be read, with line and column.
        BadRequest: the body cannot be read or says nothing, or the report is too long.
        VersionDamaged: the current version's files are not what was written.
        StoreUnreadable: they cannot be opened.
        HomeUnusable: the home cannot be written.
    """
    os.nice(_NICE)
    version = current(job.home)
    if version.manifest.kind == "plain":
        raise NoShapes
    folder = take(job.home, job.folder)
    try:
        held = hold(version.directory)
    except FileNotFoundError as fault:  # pruned since it was current
        raise StoreUnreadable(version.store) from fault
    try:
        with held, damage_told(job.home):
            return _checked(job, version, folder)
    except OSError as fault:  # such as a full disk
        raise HomeUnusable(job.home, fault) from fault


def _checked(job: CheckJob, version: Version, folder: Path) -> Checked:
    from graph.consequences import follow, last_report, plans_of  # noqa: PLC0415  (loads rdflib, which queries never need)

    before = ox.Store.read_only(str(version.store))
    before.backup(folder / "store")
    store = ox.Store(folder / "store")
    about: Counter[ox.NamedNode | ox.BlankNode | ox.Triple] = Counter()
    delta = add_to_graph(store, _POSTED, _counted(read_triples(job.posted), about))
    if not about:
        message = "the body holds no triple: send the RDF that is to be checked"
        raise BadRequest(message)
    report = last_report(version)
    if report is None:
        what = "its report cannot be read"
        raise VersionDamaged(version.manifest.number, what)
    then = follow(before, store, delta, report=report, plans=plans_of(version), must_conform=False)
    found = _concerning(then.outcome, report, about)
    counts = Counter(result.severity for result in found.results)
    validation = f"{looked_at(then.outcome)}, warnings={counts['Warning']}, violations={counts['Violation']}"
    if job.into == JSON:
        head = {"conforms": found.conforms, "version": version.manifest.number, "triples": about.total()}
        body = _json(head, found)
    else:
        body = report_in(job.into, found)
    if len(body) > job.most_bytes:
        message = f"the report has {len(found.results)} results, more than fit an answer: send fewer triples at a time"
        raise BadRequest(message)
    return Checked(body=body, validation=validation)


def _counted(
    triples: Iterable[ox.Triple], about: Counter[ox.NamedNode | ox.BlankNode | ox.Triple]
) -> Iterator[ox.Triple]:
    """Pass triples on and count them by what they are about."""
    for triple in triples:
        about[triple.subject] += 1
        yield triple


def _concerning(outcome: Outcome, before: Report, about: Iterable[ox.NamedNode | ox.BlankNode | ox.Triple]) -> Report:
    """Return the results that the posted graph brings about, and all on what it describes; not the dataset's others."""
    from graph.nodes import to_node, without_warnings  # noqa: PLC0415  (as above)
    from graph.report import Report  # noqa: PLC0415

    with without_warnings():
        described = {to_node(subject) for subject in about}
    known = set(before.results)
    return Report.of(each for each in outcome.report.results if each not in known or each.focus in described)


def _json(head: dict[str, int], report: Report) -> bytes:
    counts = Counter(result.severity for result in report.results)
    names = {"violations": "Violation", "warnings": "Warning", "infos": "Info"}
    found = {name: counts[severity] for name, severity in names.items()} | {"total": len(report.results)}
    shown: list[Result] = list(report.results[:SHOWN])
    content = head | found | {"results": [result.members() for result in shown]}
    return json.dumps(content, ensure_ascii=False).encode()


def report_in(into: Format, report: Report) -> bytes:
    """Return a report as a sh:ValidationReport in a format of RDF."""
    text = report.turtle()
    if into == TURTLE:
        return text.encode()
    return ox.serialize(ox.parse(text, ox.RdfFormat.TURTLE), format=rdf_format(into)) or b""
