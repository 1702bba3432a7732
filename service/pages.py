"""What the pages show, without HTML: figures, examples and results, read from the version that is served."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.terms import COO, GRAPHS, XSD, compact
from service.examples import examples_of
from service.formats import SOLUTIONS
from service.paths import address_on, path_of
from service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic.fields import FieldInfo

    from graph.manifests import Manifest
    from graph.versions import Version
    from service.jobs import Answer
    from service.news import News, Told
    from service.site import Site

_ROWS_SHOWN: Final = 1000
_NUMBERS: Final = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))
_FIGURES: Final = {
    "State": "states and territories",
    "Organization": "organizations",
    "Satellite": "satellites",
    "LaunchEvent": "launches",
    "Agreement": "agreements",
    "Claim": "claims",
    "Source": "sources",
}
"""Classes of which the front page tells how many things there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """How many things of a kind there are."""

    words: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """By how many quads a named graph has grown; `path` of its page, empty where it has none."""

    graph: str
    path: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The front page: what there is, what is new in this version, and questions with the beginnings of their answers.

    Attributes:
        is_published: whether it is no plain dataset; such a one has no questions and no figures.
        version: number of the version; `parent` that of the one before it, None where that is no longer kept.
        created: when it was made; UTC, ISO 8601.
        author: who made it.
        message: why.
        triples: of the default graph.
        figures: how many things there are, as they were counted last.
        added: quads of the content that are new in the version, and `removed` that are gone; None: not counted.
        changes: named graphs of the content that are larger or smaller than they were.
        told: questions and the beginnings of their answers; empty where they could not be asked.
        examples: how many questions there are.
    """

    is_published: bool
    version: int
    parent: int | None
    created: str
    author: str
    message: str
    triples: int
    figures: Sequence[Figure]
    added: int | None
    removed: int | None
    changes: Sequence[Change]
    told: Sequence[Told]
    examples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A term in a table, as people read it.

    Attributes:
        text: a literal's text, a prefixed name, empty for an unbound variable.
        iri: of a thing; empty for a literal.
        href: where that leads; empty where it has no address.
        label: its name, where it was looked up.
        lang: language of that, or of the literal; empty for English and for none.
        is_number: whether it is set as numbers are.
    """

    text: str
    iri: str = ""
    href: str = ""
    label: str = ""
    lang: str = ""
    is_number: bool = False


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
    rows: Sequence[Sequence[Cell]] = field(default=())
    total: int = 0
    boolean: bool | None = None
    turtle: str = ""
    error: str = ""

    @property
    def is_told(self) -> bool:
        """Whether there is anything to show: no query has been asked where not."""
        return bool(self.columns or self.turtle or self.error) or self.boolean is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One setting for a table: its variable, what it means and its default."""

    variable: str
    meaning: str
    default: str


def front_page(
    version: Version, *, parent: Manifest | None, classes: Mapping[str, int], news: News | None
) -> FrontPage:
    """Gather the front page of a version.

    Args:
        version: that is current.
        parent: what the version before it says of itself; None where it is no longer kept.
        classes: IRIs of classes to the numbers of their things, as they were counted last.
        news: what was found out by a query; None where it could not be.
    """
    manifest = version.manifest
    figures = [
        Figure(words=words, count=classes[COO + name]) for name, words in _FIGURES.items() if COO + name in classes
    ]
    return FrontPage(
        is_published=manifest.kind == "published",
        version=manifest.number,
        parent=parent.number if parent else None,
        created=manifest.created,
        author=manifest.author,
        message=manifest.message,
        triples=manifest.triples,
        figures=figures,
        added=news.added if news else None,
        removed=news.removed if news else None,
        changes=changes_between(manifest.graphs, parent.graphs) if parent else [],
        told=news.told if news else [],
        examples=len(examples_of(version)),
    )


def changes_between(now: Mapping[str, int], then: Mapping[str, int]) -> list[Change]:
    """Return by how many quads named graphs have grown, by name; those that are as large as they were are left out."""
    counts = {name: now.get(name, 0) - then.get(name, 0) for name in sorted({*now, *then})}
    return [
        Change(graph=name.removeprefix(GRAPHS), path=(path_of(name) or "") if name in now else "", count=count)
        for name, count in counts.items()
        if count
    ]


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


def outcome(answer: Answer, site: Site | None = None) -> Outcome:
    """Read an answer that came as SPARQL JSON results or as Turtle.

    Args:
        answer: of a query.
        site: where links to things lead; None: they lead nowhere.
    """
    if answer.format not in SOLUTIONS:
        return Outcome(turtle=answer.body.decode() or "# The graph is empty.\n")
    results = ox.parse_query_results(
        answer.body, format=ox.QueryResultsFormat.from_media_type(answer.format.media_type)
    )
    if isinstance(results, ox.QueryBoolean):
        return Outcome(boolean=bool(results))
    rows = [[cell(term, site) for term in row] for row in islice(results, _ROWS_SHOWN)]
    columns = [variable.value for variable in results.variables]
    return Outcome(columns=columns, rows=rows, total=len(rows) + sum(1 for _ in results))


def cell(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None, site: Site | None = None) -> Cell:
    """Return a term as a person reads it."""
    if term is None:
        return Cell(text="")
    if isinstance(term, ox.Literal):
        lang = term.language or ""
        return Cell(text=term.value, lang="" if lang == "en" else lang, is_number=term.datatype.value in _NUMBERS)
    if isinstance(term, ox.NamedNode):
        return Cell(text=compact(term.value), iri=term.value, href=address_on(site, term.value) if site else "")
    return Cell(text=str(term))
