"""Answers as tables for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from rich.console import Console
from rich.table import Table
from rich.text import Text

from service.pages import cell

if TYPE_CHECKING:
    from service.jobs import Answer


def print_table(answer: Answer) -> None:
    """Print SELECT or ASK results that came as TSV."""
    console = Console()
    results = ox.parse_query_results(
        answer.body, format=ox.QueryResultsFormat.from_media_type(answer.format.media_type)
    )
    if isinstance(results, ox.QueryBoolean):
        console.print("yes" if results else "no")
        return
    table = Table()
    for variable in results.variables:
        table.add_column(variable.value, overflow="fold")
    count = 0
    for row in results:
        table.add_row(*(Text(cell(term).text) for term in row))
        count += 1
    console.print(table)
    console.print(f"{count} {'row' if count == 1 else 'rows'}")
