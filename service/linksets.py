"""The linksets of a version: which there are, and from a request for one to the job that writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import LinksetUnknown
from graph.terms import GRAPHS
from service.answering import Accepted, job_of, key_of
from service.formats import TURTLE
from service.linkset import SSSOM, Linkset
from service.parameters import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.versions import Version
    from service.cache import Key
    from service.formats import Format
    from service.jobs import Job
    from service.pages import Outcome

FILES: Final = (TURTLE, SSSOM)
"""Formats of a linkset, the preferred one first."""

ENDINGS: Final = {".sssom.tsv": SSSOM, ".ttl": TURTLE}

_FOLDER: Final = GRAPHS + "links/"

COUNTS: Final = f"""SELECT (STRAFTER(STR(?graph), "{_FOLDER}") AS ?target) ?relation (COUNT(DISTINCT ?link) AS ?links)
WHERE {{
  GRAPH ?graph {{
    ?link a coo:IdentityLink ;
      coo:linkPredicate ?relation .
  }}
}}
GROUP BY ?graph ?relation
ORDER BY ?graph ?relation
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A linkset in the list: its target and the number of its links, by relation as a prefixed name and in all."""

    target: str
    relations: dict[str, int]

    @property
    def links(self) -> int:
        """How many links there are in all."""
        return sum(self.relations.values())


def targets(version: Version) -> list[str]:
    """Return the targets that a version has links to, sorted."""
    if version.manifest.kind != "published":
        return []
    return sorted(name.removeprefix(_FOLDER) for name in version.manifest.graphs if name.startswith(_FOLDER))


def find(name: str, version: Version) -> tuple[str, Format | None]:
    """Return the target that a path names, and the format that its ending does; None where it has none.

    Raises:
        LinksetUnknown: there are no such links.
    """
    known = targets(version)
    for ending, into in ENDINGS.items():
        if name.endswith(ending) and name.removesuffix(ending) in known:
            return name.removesuffix(ending), into
    if name not in known:
        raise LinksetUnknown(name, known)
    return name, None


def listed(found: Outcome) -> Sequence[Listed]:
    """Read the answer to `COUNTS`."""
    relations: dict[str, dict[str, int]] = {}
    for target, relation, links in found.rows:
        relations.setdefault(target.text, {})[relation.text] = int(links.text)
    return [Listed(target=target, relations=counts) for target, counts in relations.items()]


def job_of_linkset(target: str, into: Format, coding: str, version: Version, chosen: int | None) -> tuple[Key, Job]:
    """Return the job that writes a linkset, and the key under which it is kept; its text is no query.

    Args:
        target: of the links.
        into: the format.
        coding: content coding.
        version: that has them.
        chosen: its number where the request names it.
    """
    asked = Asked(query=f"LINKS {target} {into.name}")
    key = key_of(asked, Accepted(solutions=None, graphs=None, coding=coding), version, "")
    job = job_of(key, version, merge_quads=0, may_call=False, chosen=chosen)
    wanted = Linkset(target=target, format_name=into.name, version=version.manifest.number)
    return key, job._replace(linkset=wanted)
