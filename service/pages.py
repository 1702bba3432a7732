"""What the pages show, without HTML: figures and examples, read from the version that is served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from graph.questions import packaged_questions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question to click: its words, and the path that answers it as CSV-like text in a browser."""

    question: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The front page: which version, how much is in it, and questions to try."""

    version: int
    created: str
    triples: int
    graphs: dict[str, int]
    examples: Sequence[Example]


def front_page(version: Version) -> FrontPage:
    """Gather the front page of a version; the questions are the packaged ones, by their words."""
    questions = sorted(packaged_questions("questions"), key=lambda each: each.question)
    return FrontPage(
        version=version.manifest.number,
        created=version.manifest.created,
        triples=version.manifest.triples,
        graphs=version.manifest.graphs,
        examples=[
            Example(question=each.question, path="/sparql?" + urlencode({"query": each.text})) for each in questions
        ],
    )
