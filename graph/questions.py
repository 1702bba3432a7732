"""Query files with their headers: the competency questions and the hygiene queries.

One reader serves tests, pages and documentation, so that a question is written once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import QuestionError
from graph.resources import resource_dir

if TYPE_CHECKING:
    from pathlib import Path

_HEADER: Final = re.compile(r"#\+ ([a-z]+): (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query file.

    Attributes:
        name: the file name without its ending, in kebab-case; unique in its folder.
        question: what it answers, as a person would ask it.
        answers: what its columns hold, with units.
        tags: topics, sorted; may be empty.
        text: the whole file, header included; good SPARQL as it stands.
    """

    name: str
    question: str
    answers: str
    tags: tuple[str, ...]
    text: str


def read_question(path: Path) -> Question:
    """Read a query file with the header lines `#+ question:`, `#+ answers:` and, if any, `#+ tags:`.

    Raises:
        QuestionError: a needed header line is missing.
    """
    text = path.read_text(encoding="utf-8")
    header = {match[1]: match[2] for line in text.splitlines() if (match := _HEADER.fullmatch(line))}
    for key in ("question", "answers"):
        if key not in header:
            message = f"{path}: the header line `#+ {key}: ...` is missing"
            raise QuestionError(message)
    tags = sorted(tag.strip() for tag in header.get("tags", "").split(",") if tag.strip())
    return Question(name=path.stem, question=header["question"], answers=header["answers"], tags=tuple(tags), text=text)


def packaged_questions(folder: str) -> list[Question]:
    """Return the packaged queries of `questions` or `hygiene`, sorted by name."""
    return [read_question(path) for path in sorted((resource_dir("queries") / folder).glob("*.rq"))]
