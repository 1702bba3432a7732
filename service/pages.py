"""What the pages show, without HTML: figures, examples and results, read from the version that is served."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from graph.questions import packaged_questions
from graph.terms import compact
from service.formats import SOLUTIONS
from service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic.fields import FieldInfo

    from graph.versions import Version
    from service.evaluation import Answer

_ROWS_SHOWN: Final = 1000
_TOPICS: Final = {"report": "What the report of April 2018 says", "wider": "What other sources add"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question to click: its words, and the path of the page that answers it."""

    question: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The front page: which version, how much is in it, and questions to try, by topic.

    A plain dataset has none of the questions.
    """

    is_published: bool
    version: int
    created: str
    triples: int
    graphs: dict[str, int]
    topics: dict[str, list[Example]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a query, for the query page; one of boolean, rows, turtle and error, or nothing at all.

    Attributes:
        columns: names of the variables of a SELECT.
        rows: cells as people read them, at most the first thousand rows.
        total: the number of rows that there are.
        boolean: the answer of an ASK.
        turtle: the answer of a CONSTRUCT or DESCRIBE.
        error: why there is no answer.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default=())
    total: int = 0
    boolean: bool | None = None
    turtle: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One setting for a table: its variable, what it means and its default."""

    variable: str
    meaning: str
    default: str


def front_page(version: Version) -> FrontPage:
    """Gather the front page of a version; the questions are the packaged ones, each under its first topic."""
    topics: dict[str, list[Example]] = {title: [] for title in _TOPICS.values()}
    for each in sorted(packaged_questions("questions"), key=lambda question: question.question):
        title = next((title for tag, title in _TOPICS.items() if tag in each.tags), _TOPICS["wider"])
        topics[title].append(Example(question=each.question, path="/query?" + urlencode({"query": each.text})))
    return FrontPage(
        is_published=version.manifest.kind == "published",
        version=version.manifest.number,
        created=version.manifest.created,
        triples=version.manifest.triples,
        graphs=version.manifest.graphs,
        topics=topics,
    )


def setting_rows() -> list[SettingRow]:
    """List the settings in their order."""
    return [
        SettingRow(variable=f"COORBIT_{name.upper()}", meaning=field.description or "", default=shown_default(field))
        for name, field in Settings.model_fields.items()
    ]


def shown_default(field: FieldInfo) -> str:
    """Return the default of a setting as documents show it."""
    if field.default_factory:
        return "the user's data folder"
    return f"{field.default:g}" if isinstance(field.default, (int, float)) else str(field.default or "none")


def outcome(answer: Answer) -> Outcome:
    """Read an answer that came as SPARQL JSON results or as Turtle."""
    if answer.format not in SOLUTIONS:
        return Outcome(turtle=answer.body.decode())
    results = ox.parse_query_results(
        answer.body, format=ox.QueryResultsFormat.from_media_type(answer.format.media_type)
    )
    if isinstance(results, ox.QueryBoolean):
        return Outcome(boolean=bool(results))
    rows = [[shown(term) for term in row] for row in islice(results, _ROWS_SHOWN)]
    columns = [variable.value for variable in results.variables]
    return Outcome(columns=columns, rows=rows, total=len(rows) + sum(1 for _ in results))


def shown(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> str:
    """Return a term as a person reads it: a literal's text, a prefixed name, empty for an unbound variable."""
    if term is None:
        return ""
    if isinstance(term, ox.Literal):
        return term.value
    return compact(term.value) if isinstance(term, ox.NamedNode) else str(term)
