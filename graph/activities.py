"""Who changed what when: each version of a published dataset is a prov:Activity in its graph of descriptions.

A version's graph of descriptions has the activities of all versions up to it, also of those that are no longer kept,
and what the last build found out about the dataset. It is made, not content. `changes.rdfp.gz` says in its headers what
no row of it says, so that a store that is rebuilt from changes has its activities again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import pyoxigraph as ox

from graph.kept import kept_versions
from graph.patch import read_changes, read_headers
from graph.terms import BASE, DESCRIPTION_GRAPH, PREFIXES, RDF, RDFS, VOID, XSD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from graph.manifests import Manifest
    from graph.versions import Version

DESCRIPTION: Final = ox.NamedNode(DESCRIPTION_GRAPH)
VERSIONS: Final = BASE + "versions"

_PROV: Final = PREFIXES["prov"]
_HEADERS: Final = ("number", "parent", "started", "ended", "author", "message", "digest")

_Statement = tuple[str, str, ox.NamedNode | ox.Literal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """How a version came to be.

    Attributes:
        number: of the version.
        parent: number of the version that was changed; None for the first.
        started: UTC, ISO 8601.
        ended: likewise; when all that follows from the change was known. None where nobody has noted it.
        author: who made it.
        message: why.
        digest: of the content; see `graph.digest`.
        added: how many quads of the content are new; None where nobody has counted.
        removed: how many are gone; likewise.
    """

    number: int
    parent: int | None
    started: str
    author: str
    message: str
    digest: str
    ended: str | None = None
    added: int | None = None
    removed: int | None = None

    def headers(self) -> dict[str, ox.Literal]:
        """Return all that the rows of a patch do not say, as the headers of one."""
        values = {name: getattr(self, name) for name in _HEADERS}
        return {name: ox.Literal(_encodable(str(value))) for name, value in values.items() if value is not None}

    def quads(self) -> Iterator[ox.Quad]:
        """Yield what is told of it in the graph of descriptions."""
        for subject, predicate, value in self._statements():
            yield ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), value, DESCRIPTION)

    def _statements(self) -> Iterator[_Statement]:
        version = version_iri(self.number)
        activity = f"{version}#activity"
        author = _encodable(self.author)
        agent = f"{VERSIONS}#agent-{quote(author, safe='')}"
        yield activity, RDF + "type", ox.NamedNode(_PROV + "Activity")
        yield activity, RDFS + "comment", ox.Literal(_encodable(self.message))
        yield activity, _PROV + "startedAtTime", _time(self.started)
        yield activity, _PROV + "wasAssociatedWith", ox.NamedNode(agent)
        yield activity, _PROV + "generated", ox.NamedNode(version)
        if self.ended is not None:
            yield activity, _PROV + "endedAtTime", _time(self.ended)
        for name, did, count in (("added", "generated", self.added), ("removed", "invalidated", self.removed)):
            if count is not None:
                yield activity, _PROV + did, ox.NamedNode(f"{version}#{name}")
                yield f"{version}#{name}", VOID + "triples", ox.Literal(count)
        yield agent, RDF + "type", ox.NamedNode(_PROV + "Agent")
        yield agent, RDFS + "label", ox.Literal(author)
        yield version, RDF + "type", ox.NamedNode(_PROV + "Entity")
        yield version, PREFIXES["dcat"] + "version", ox.Literal(str(self.number))
        yield version, PREFIXES["dcterms"] + "identifier", ox.Literal(self.digest)
        if self.parent is not None:
            parent = ox.NamedNode(version_iri(self.parent))
            yield activity, _PROV + "used", parent
            yield version, _PROV + "wasRevisionOf", parent


def activity_of(manifest: Manifest) -> Activity:
    """Return how a version came to be as far as its manifest says it."""
    return Activity(
        number=manifest.number,
        parent=manifest.parent,
        started=manifest.created,
        author=manifest.author,
        message=manifest.message,
        digest=manifest.digest,
    )


def version_iri(number: int) -> str:
    """Return the name of a version."""
    return f"{VERSIONS}/{number}"


def iso_time(moment: datetime) -> str:
    """Return the time at which something ended; to the millisecond, since a commit takes a part of a second."""
    return moment.isoformat(timespec="milliseconds")


def tell(store: ox.Store, activity: Activity) -> int:
    """Add an activity to the graph of descriptions of a store; return by how many quads that grew."""
    new = [quad for quad in activity.quads() if quad not in store]
    store.extend(new)
    return len(new)


def tell_past(store: ox.Store, parent: Version) -> int:
    """Tell of the versions up to a parent that has no graph of descriptions; return by how many quads that grew.

    Of those that are no longer kept nobody knows.
    """
    if DESCRIPTION_GRAPH in parent.manifest.graphs:
        return 0
    home = parent.directory.parents[1]
    return sum(tell(store, activity_of(version.manifest)) for version in kept_versions(home))


def described(store: ox.Store) -> Iterator[ox.Quad]:
    """Yield the quads of a store's graph of descriptions."""
    return store.quads_for_pattern(None, None, None, DESCRIPTION)


def activities(store: ox.Store) -> Iterator[ox.Quad]:
    """Yield what a store's graph of descriptions tells of versions, and not what it tells of the dataset."""
    for quad in described(store):
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(VERSIONS):
            yield quad


def ended_at(store: ox.Store, number: int) -> str | None:
    """Return when a version was made as a store tells it; None where it does not."""
    activity = ox.NamedNode(f"{version_iri(number)}#activity")
    told = store.quads_for_pattern(activity, ox.NamedNode(_PROV + "endedAtTime"), None, DESCRIPTION)
    return next((quad.object.value for quad in told if isinstance(quad.object, ox.Literal)), None)


def read_activity(changes: Path) -> Activity | None:
    """Read how a version came to be from the file of what it changed; None where that does not say it.

    Raises:
        ChangesUnreadable: there is no such file, or it is damaged.
    """
    said = {name: literal.value for name, literal in read_headers(changes).items()}
    if "number" not in said:
        return None
    signs = [row.op for row in read_changes(changes)]
    return Activity(
        number=int(said["number"]),
        parent=int(said["parent"]) if "parent" in said else None,
        started=said["started"],
        ended=said["ended"],
        author=said["author"],
        message=said["message"],
        digest=said["digest"],
        added=signs.count("A"),
        removed=signs.count("D"),
    )


def _encodable(text: str) -> str:
    """Return a text that can be written as UTF-8: who sends a message may put anything into it."""
    return text.encode(errors="replace").decode()


def _time(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "dateTime"))
