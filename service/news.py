"""What the front page asks of a version: how much a commit changed, and what a few questions answer; in one query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.activities import version_iri
from graph.terms import BASE, DESCRIPTION_GRAPH
from service.answering import Accepted, job_of, key_of
from service.examples import examples_of
from service.formats import SOLUTIONS
from service.parameters import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.versions import Version
    from service.cache import Key
    from service.jobs import Job

_QUESTIONS: Final = {
    "joint-development-partners": "stateName",
    "satellite-data-recipients": "name",
    "exported-satellite-count": "count",
    "brazil-satellite-ordinal-conflict": "ordinal",
    "artemis-and-lunar-station": "stateName",
}
"""Examples that the front page shows, and the column that tells the most of their answers."""

_SHOWN: Final = 8
_PREFIXES: Final = re.compile(r"^PREFIX .*\n", re.MULTILINE)
_CHANGES: Final = ("added", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A question and the beginning of its answer.

    Attributes:
        name: of the example.
        question: in words.
        answers: different values of the column shown, at most the first few.
        more: how many others there are.
    """

    name: str
    question: str
    answers: Sequence[str]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What was found out: quads added and removed by the version, where that was counted, and some answers."""

    added: int | None
    removed: int | None
    told: Sequence[Told]


def job_of_news(version: Version, chosen: int | None) -> tuple[Key, Job]:
    """Return the job that finds out what the front page shows, and the key under which its answer is kept.

    Args:
        version: that it shows.
        chosen: its number where the request names it.
    """
    accepted = Accepted(solutions=SOLUTIONS[0], graphs=None, coding="identity")
    key = key_of(Asked(query=_query(version)), accepted, version, BASE)
    return key, job_of(key, version, merge_quads=0, may_call=False, chosen=chosen)


def read_news(body: bytes, version: Version) -> News:
    """Read the answer to that job."""
    found: dict[str, list[str]] = {}
    rows = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
    for row in cast("ox.QuerySolutions", rows):
        found.setdefault(row["about"].value, []).append(row["value"].value)
    added, removed = (int(found[each][0]) if each in found else None for each in _CHANGES)
    return News(added=added, removed=removed, told=[_told(name, version, found.get(name, [])) for name in _QUESTIONS])


def _told(name: str, version: Version, values: Sequence[str]) -> Told:
    different = list(dict.fromkeys(values))
    question = examples_of(version)[name].question
    return Told(name=name, question=question, answers=different[:_SHOWN], more=max(len(different) - _SHOWN, 0))


def _query(version: Version) -> str:
    """Return one query with a branch for each thing to find out; each is told by its name in `?about`."""
    activity = version_iri(version.manifest.number)
    branches = [
        f'  {{ GRAPH <{DESCRIPTION_GRAPH}> {{ <{activity}#{each}> void:triples ?value }} BIND ("{each}" AS ?about) }}'
        for each in _CHANGES
    ]
    for name, column in _QUESTIONS.items():
        text = _PREFIXES.sub("", examples_of(version)[name].text)
        branches.append(f'  {{ {{ {text} }} BIND (?{column} AS ?value) BIND ("{name}" AS ?about) }}')
    return "SELECT ?about ?value WHERE {\n" + "\n  UNION\n".join(branches) + "\n}"
