"""What an update can touch, by its text alone: the graphs, and whether it is nothing but data.

The engine does not report what an update did. What cannot have changed need not be searched, so the text is read for
the graphs that its templates name. A graph that is missed would be a change that nobody sees: where the text is not of
the plainest form, the answer is that it can touch all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from service.scanner import scan
from service.updates import operations

if TYPE_CHECKING:
    from graph.changes import GraphName
    from service.lexer import Lexeme
    from service.prologue import Prologue

_KEYWORD: Final = len("DELETE")
_PLAIN_WORDS: Final = frozenset({"A", "TRUE", "FALSE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """An INSERT DATA or DELETE DATA.

    Attributes:
        inserts: which of the two.
        text: an INSERT DATA of its quads, with the prologue.
    """

    inserts: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What an update can touch.

    Attributes:
        graphs: it adds quads to no other graph and removes none from another; None: all.
        data: its operations, where all of them are data; else None.
    """

    graphs: frozenset[GraphName] | None
    data: tuple[Data, ...] | None


_ALL: Final = Targets(graphs=None, data=None)


def targets(update: str, *, base: str) -> Targets:
    """Read what an update can touch.

    Args:
        update: a text that the engine takes.
        base: its base IRI, but for its own.
    """
    found = scan(update, base=base)
    if found.others:
        return _ALL
    graphs: set[GraphName] = set()
    data: list[Data] = []
    rest = False
    for operation in filter(None, operations(found)):
        touched = _Operation(operation, found.prologue).graphs()
        if touched is None:
            return _ALL
        graphs |= touched
        if (inserts := _is_data(operation)) is None:
            rest = True
        else:
            start, end = operation[0].start + _KEYWORD, operation[-1].start + len(operation[-1].text)
            text = f"{update[: found.prologue.end]} INSERT{update[start:end]}"
            data.append(Data(inserts=inserts, text=text))
    return Targets(graphs=frozenset(graphs), data=None if rest else tuple(data))


def _is_data(operation: list[Lexeme]) -> bool | None:
    """Say whether an operation is INSERT DATA, False for DELETE DATA; None for another."""
    words = "".join(lexeme.word for lexeme in operation[:2])
    return {"INSERTDATA": True, "DELETEDATA": False}.get(words)


class _Unclear(Exception):
    """The text may mean more than it seems to."""


class _Operation:
    """The tokens of one operation, taken from the first on."""

    def __init__(self, lexemes: list[Lexeme], prologue: Prologue) -> None:
        self._lexemes = lexemes
        self._prologue = prologue
        self._at = 0

    def graphs(self) -> set[GraphName] | None:
        """Return the graphs that it can touch; None: all."""
        try:
            return self._management() if self._word() in _MANAGEMENT else self._modification()
        except _Unclear:
            return None

    def _word(self) -> str:
        return self._lexemes[self._at].word if self._at < len(self._lexemes) else ""

    def _take(self, *words: str) -> bool:
        """Take a word if it is next."""
        if self._word() in words:
            self._at += 1
            return True
        return False

    def _name(self) -> ox.NamedNode:
        """Take the name of a graph."""
        iri = self._prologue.resolve(self._lexemes[self._at]) if self._at < len(self._lexemes) else None
        if iri is None:
            raise _Unclear
        self._at += 1
        return ox.NamedNode(iri)

    def _graph(self) -> GraphName:
        if self._take("DEFAULT"):
            return ox.DefaultGraph()
        self._take("GRAPH")
        return self._name()

    def _management(self) -> set[GraphName]:
        """Read CLEAR, DROP, CREATE, ADD, MOVE or COPY (SPARQL 1.1 Update, 3.1.3 and 3.2)."""
        verb = self._word()
        self._at += 1
        self._take("SILENT")
        graphs = {self._graph()}
        if verb in {"ADD", "MOVE", "COPY"}:
            source = graphs if verb == "MOVE" else set()
            if not self._take("TO"):
                raise _Unclear
            graphs = {self._graph()} | source
        if self._at < len(self._lexemes):
            raise _Unclear
        return graphs

    def _modification(self) -> set[GraphName]:
        """Read INSERT and DELETE in all their forms (3.1.1 to 3.1.3)."""
        default: GraphName = self._name() if self._take("WITH") else ox.DefaultGraph()
        graphs: set[GraphName] = set()
        if self._take("INSERTDATA", "DELETEDATA"):
            return self._only_template(default)
        if self._take("DELETE"):
            if self._take("DATA", "WHERE"):
                return self._only_template(default)
            graphs |= self._template(default)
        if self._take("INSERT"):
            if not graphs and self._take("DATA"):
                return self._only_template(default)
            graphs |= self._template(default)
        if self._word() not in {"USING", "WHERE"}:
            raise _Unclear
        return graphs

    def _only_template(self, default: GraphName) -> set[GraphName]:
        graphs = self._template(default)
        if self._at < len(self._lexemes):
            raise _Unclear
        return graphs

    def _template(self, default: GraphName) -> set[GraphName]:
        """Take triples in braces, those of named graphs among them."""
        graphs: set[GraphName] = {default}
        depth = 0
        while self._at < len(self._lexemes):
            lexeme = self._lexemes[self._at]
            self._at += 1
            if lexeme.text == "{":
                depth += 1
            elif depth == 0:
                break
            elif lexeme.text == "}":
                depth -= 1
                if depth == 0:
                    return graphs
            elif lexeme.word == "GRAPH":
                graphs.add(self._name())
            elif _may_hide_graph(lexeme):
                break
        raise _Unclear


def _may_hide_graph(lexeme: Lexeme) -> bool:
    """Whether the engine may read GRAPH in a token: it reads keywords glued to what stands before them."""
    if lexeme.kind == "word":
        return lexeme.word not in _PLAIN_WORDS
    return lexeme.kind not in {"iri", "string"} and "GRAPH" in lexeme.text.upper()


_MANAGEMENT: Final = frozenset({"CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
