"""Query files with their headers: the competency questions and the hygiene queries.

One reader serves tests, pages and documentation, so that a question is written once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.errors import QuestionError
from graph.parameters import Parameter, read_parameter
from graph.resources import resource_dir

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from graph.parameters import Binding

_HEADER: Final = re.compile(r"#\+ ([a-z]+): (.+)")
_SELECT: Final = re.compile(r"^SELECT (?:DISTINCT )?(.*)", re.MULTILINE)
_GROUP: Final = re.compile(r"^GROUP BY (.*)", re.MULTILINE)
_SERVICE: Final = re.compile(r"^ *SERVICE (?:SILENT )?<([^>]*)>", re.MULTILINE)
_VARIABLE: Final = re.compile(r"\?(\w+)(?!\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One query file.

    Attributes:
        name: the file name without its ending, in kebab-case; unique in its folder.
        question: what it answers, as a person would ask it.
        answers: what its columns hold, with units.
        tags: topics, sorted; may be empty.
        text: the whole file, header included; good SPARQL as it stands, with the defaults of its parameters.
        parameters: that its asker may bind, in the order of the header.
    """

    name: str
    question: str
    answers: str
    tags: tuple[str, ...]
    text: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the variables of its result, without question marks; empty for what is no SELECT."""
        found = _SELECT.search(self.text)
        names = re.sub(r"\([^()]*(?:\([^()]*\)[^()]*)* AS (\?\w+)\)", r"\1", found[1]) if found else ""
        return tuple(_VARIABLE.findall(names))

    @property
    def services(self) -> tuple[str, ...]:
        """Addresses of the endpoints that it calls, sorted; empty for nearly all."""
        return tuple(sorted(set(_SERVICE.findall(self.text))))

    @property
    def added(self) -> tuple[str, ...]:
        """Names of the parameters that the open text selects and the text does not."""
        return tuple(each.name for each in self.parameters if each.name not in self.columns)

    @property
    def open_text(self) -> str:
        """The text without the defaults: each parameter is a variable that has no value yet.

        They are selected, and grouped by, since the engine (pyoxigraph 0.5.13) binds only what is selected.
        """
        text = self.text
        for parameter in self.parameters:
            text = text.replace(f"{parameter.written()}\n", "", 1)
        if added := "".join(f"?{name} " for name in self.added):
            text = re.sub(r"^(SELECT (?:DISTINCT )?)", rf"\g<1>{added}", text, count=1, flags=re.MULTILINE)
        if grouped := _GROUP.search(self.text):
            lacking = [f" ?{each.name}" for each in self.parameters if f"?{each.name}" not in grouped[1].split()]
            text = text.replace(grouped[0], grouped[0] + "".join(lacking), 1)
        return text

    def text_with(self, bindings: Iterable[Binding]) -> str:
        """Return the text with values in the place of defaults: the query that gives the same rows as it stands."""
        text = self.text
        for each in bindings:
            text = text.replace(f"{each.parameter.written()}\n", f"{each.written()}\n", 1)
        return text


def read_question(path: Path) -> Question:
    """Read a query file with the header lines `#+ question:`, `#+ answers:` and, if any, `#+ tags:` and `#+ param:`.

    Raises:
        QuestionError: a needed header line is missing, or a parameter is not declared as it should be.
    """
    text = path.read_text(encoding="utf-8")
    header = {match[1]: match[2] for line in text.splitlines() if (match := _HEADER.fullmatch(line))}
    for key in ("question", "answers"):
        if key not in header:
            message = f"{path}: the header line `#+ {key}: ...` is missing"
            raise QuestionError(message)
    tags = sorted(tag.strip() for tag in header.get("tags", "").split(",") if tag.strip())
    return Question(
        name=path.stem,
        question=header["question"],
        answers=header["answers"],
        tags=tuple(tags),
        text=text,
        parameters=_parameters(text, path),
    )


def _parameters(text: str, path: Path) -> tuple[Parameter, ...]:
    """Read the parameters; each has its default in the header and, so that the file can be asked, in the query."""
    lines = [match[2] for line in text.splitlines() if (match := _HEADER.fullmatch(line)) and match[1] == "param"]
    parameters = tuple(read_parameter(line, path=path) for line in lines)
    for parameter in parameters:
        if text.count(f"{parameter.written()}\n") != 1:
            message = f"{path}: the query gives ?{parameter.name} its default once, in a line `{parameter.written()}`"
            raise QuestionError(message)
    return parameters


def packaged_questions(folder: str) -> list[Question]:
    """Return the packaged queries of `questions` or `hygiene`, sorted by name."""
    return [read_question(path) for path in sorted((resource_dir("queries") / folder).glob("*.rq"))]
