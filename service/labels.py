"""The names of things in a table, from the search index: cheap, and no further round trip to a query process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from graph.errors import NoSearch, VersionDamaged
from graph.query_errors import QueryTimeout, ServiceBusy
from service.languages import ENGLISH, told_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.search import Index
    from graph.versions import Version
    from service.deps import Running
    from service.pages import Cell, Outcome

_MOST: Final = 500  # things named in one table: some milliseconds
_NOT_THERE: Final = (NoSearch, QueryTimeout, ServiceBusy, VersionDamaged)


async def labelled(parts: Running, version: Version, found: Outcome, language: str) -> Outcome:
    """Return an outcome whose things have their names in a language, else in English; as it was where that fails.

    Args:
        parts: of the service.
        version: that the outcome is read from.
        found: the outcome.
        language: tag.
    """
    iris = list(dict.fromkeys(cell.iri for row in found.rows for cell in row if cell.iri))[:_MOST]
    if not iris:
        return found
    try:
        names = await parts.finder.ask(version, lambda index: _names(index, iris, language))
    except _NOT_THERE:
        return found
    return replace(found, rows=[[_named(cell, names) for cell in row] for row in found.rows])


def _names(index: Index, iris: Sequence[str], language: str) -> dict[str, tuple[str, str]]:
    """Return the label of each thing that has one, and the language of that, which is empty for English."""
    known = index.things(iris, language if language != ENGLISH else "")
    return {iri: (found.label, told_of(found.langs, language)) for iri, found in known.items()}


def _named(cell: Cell, names: Mapping[str, tuple[str, str]]) -> Cell:
    if cell.iri not in names:
        return cell
    label, lang = names[cell.iri]
    return replace(cell, label=label, lang=lang)
