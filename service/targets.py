"""What an update can touch, by its text alone: the graphs, and its operations where they can be done one by one.

The engine does not report what an update did. Data, and templates with a WHERE, are taken out of the text, so that they
can be done where that is known (`service.updating`). For the rest, what cannot have changed need not be searched, so
the text is read for the graphs that it names. A graph that is missed would be a change that nobody sees: where the text
is not of the plainest form, the answer is that it can touch all.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pyoxigraph as ox

from graph.terms import PREFIXES
from service.scanner import scan
from service.updates import operations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graph.changes import GraphName
    from service.lexer import Lexeme
    from service.scanner import Scan

_PLAIN_WORDS: Final = frozenset({"A", "TRUE", "FALSE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """An INSERT DATA or DELETE DATA (SPARQL 1.1 Update, 3.1.1 and 3.1.2).

    Attributes:
        inserts: which of the two.
        text: an INSERT DATA of its quads, with the prologue.
    """

    inserts: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Modify:
    """A DELETE, an INSERT or both, of what the solutions of a WHERE make of their templates (3.1.3).

    Attributes:
        delete: an INSERT DATA of its template, with the prologue and a mark in the place of each variable.
        insert: likewise.
        marks: IRIs that stand nowhere else, in the order of the variables that `select` asks for.
        select: a query for the solutions.
        graph: of the templates' triples outside GRAPH.
        asked: the default graph of the query; None: as its text says.
    """

    delete: str
    insert: str
    marks: tuple[ox.NamedNode, ...]
    select: str
    graph: GraphName
    asked: ox.NamedNode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What an update can touch.

    Attributes:
        graphs: it adds quads to no other graph and removes none from another; None: all.
        steps: its operations, where each of them can be done step by step; else None.
    """

    graphs: frozenset[GraphName] | None
    steps: tuple[Data | Modify, ...] | None


_ALL: Final = Targets(graphs=None, steps=None)


def targets(update: str, *, base: str, prefixes: Mapping[str, str] = PREFIXES) -> Targets:
    """Read what an update can touch.

    Args:
        update: a text that the engine takes.
        base: its base IRI, but for its own.
        prefixes: that need no PREFIX line.
    """
    found = scan(update, base=base, known=prefixes)
    if found.others:
        return _ALL
    read: list[tuple[set[GraphName] | None, Data | Modify | None]] = []
    for lexemes in filter(None, operations(found)):
        operation = _Operation(lexemes, found)
        try:
            step = operation.read()
        except _Unclear:
            return _ALL
        read.append((operation.graphs, step))
    known = [graphs for graphs, _ in read if graphs is not None]
    steps = [step for _, step in read if step is not None]
    return Targets(
        graphs=frozenset().union(*known) if len(known) == len(read) else None,
        steps=tuple(steps) if len(steps) == len(read) else None,
    )


class _Unclear(Exception):
    """The text may mean more than it seems to."""


class _Operation:
    """One operation, taken token by token.

    Attributes:
        graphs: that it can touch; None: all. Known when it has been read.
    """

    def __init__(self, lexemes: list[Lexeme], found: Scan) -> None:
        self.graphs: set[GraphName] | None = set()
        self._lexemes = lexemes
        self._prologue = found.prologue
        self._update = found.text
        self._at = 0

    def read(self) -> Data | Modify | None:
        """Return how to do it; None: only the engine can.

        Raises:
            _Unclear: it may be another one than it seems.
        """
        if self._word() in _MANAGEMENT:
            self._management()
            return None
        return self._data() or self._modify()

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

    def _graph(self) -> GraphName | None:
        """Take what a management operation works on; None: more than one graph."""
        if self._take("DEFAULT"):
            return ox.DefaultGraph()
        if self._take("ALL", "NAMED"):
            return None
        self._take("GRAPH")
        return self._name()

    def _management(self) -> None:
        """Read CLEAR, DROP, CREATE, ADD, MOVE or COPY (SPARQL 1.1 Update, 3.1.4 and 3.2)."""
        verb = self._word()
        self._at += 1
        self._take("SILENT")
        touched = [self._graph()]
        if verb in {"ADD", "MOVE", "COPY"}:
            if not self._take("TO"):
                raise _Unclear
            touched = [*(touched if verb == "MOVE" else ()), self._graph()]
        if self._at < len(self._lexemes):
            raise _Unclear
        for graph in touched:
            self._touch(graph)

    def _touch(self, graph: GraphName | None) -> None:
        self.graphs = None if self.graphs is None or graph is None else self.graphs | {graph}

    def _data(self) -> Data | None:
        """Read INSERT DATA or DELETE DATA; None: it is neither."""
        words = self._word() + (self._lexemes[1].word if len(self._lexemes) > 1 else "")
        inserts = {"INSERTDATA": True, "DELETEDATA": False}.get(words)
        if inserts is None:
            return None
        self._at = 1 if self._word() == words else 2
        quads = self._quads(ox.DefaultGraph())
        self._end()
        return Data(inserts=inserts, text=self._as_data(quads, {}))

    def _modify(self) -> Modify:
        """Read an operation with a WHERE, the short form among them (3.1.3)."""
        graph = self._name() if self._take("WITH") else None
        default: GraphName = graph or ox.DefaultGraph()
        deleted: list[Lexeme] = []
        inserted: list[Lexeme] = []
        is_short = False
        if self._take("DELETE"):
            is_short = self._take("WHERE")
            deleted = self._quads(default)
        if not is_short and self._take("INSERT"):
            inserted = self._quads(default)
        dataset = "" if is_short else self._using()
        if not is_short and not self._take("WHERE"):
            raise _Unclear
        where = deleted if is_short else self._braces()
        self._end()
        marks = self._marks(deleted + inserted)
        wanted = " ".join(marks) or "?_"
        return Modify(
            delete=self._as_data(deleted, marks),
            insert=self._as_data(inserted, marks),
            marks=tuple(marks.values()),
            select=f"{self._declarations()} SELECT {wanted} {dataset} WHERE {self._text(where, {})}",
            graph=default,
            asked=None if dataset else graph,
        )

    def _end(self) -> None:
        if self._at < len(self._lexemes):
            raise _Unclear

    def _using(self) -> str:
        """Take USING clauses; return those of a query that mean the same."""
        clauses = []
        while self._word() in {"USING", "USINGNAMED"}:
            named = self._word() == "USINGNAMED"
            self._at += 1
            named = self._take("NAMED") or named
            clauses.append(f"FROM {'NAMED ' if named else ''}{self._name()}")
        return " ".join(clauses)

    def _quads(self, default: GraphName) -> list[Lexeme]:
        """Take a template, and note which graphs it can touch."""
        taken = self._braces()
        self._touch(default)
        for before, lexeme in pairwise(taken):
            if before.word == "GRAPH":
                iri = self._prologue.resolve(lexeme)
                self._touch(None if iri is None else ox.NamedNode(iri))
            elif lexeme.word != "GRAPH" and _may_hide_graph(lexeme):
                self._touch(None)
        return taken

    def _braces(self) -> list[Lexeme]:
        """Take what stands in braces, with them."""
        start, depth = self._at, 0
        for lexeme in self._lexemes[start:]:
            depth += {"{": 1, "}": -1}.get(lexeme.text, 0)
            self._at += 1
            if depth <= 0:
                break
        taken = self._lexemes[start : self._at]
        if depth or not taken or taken[0].text != "{":
            raise _Unclear
        return taken

    def _marks(self, lexemes: list[Lexeme]) -> dict[str, ox.NamedNode]:
        """Return an IRI for each variable, `?x` and `$x` being one; no text can hold it by chance."""
        names = dict.fromkeys(f"?{each.text[1:]}" for each in lexemes if each.kind == "variable")
        return {name: ox.NamedNode(uuid4().urn) for name in names}

    def _as_data(self, quads: list[Lexeme], marks: Mapping[str, ox.NamedNode]) -> str:
        """Return an INSERT DATA of a template; empty where there is none."""
        if not quads:
            return ""
        return f"{self._declarations()} INSERT DATA {self._text(quads, marks)}"

    def _declarations(self) -> str:
        return self._update[: self._prologue.end]

    def _text(self, lexemes: list[Lexeme], marks: Mapping[str, ox.NamedNode]) -> str:
        """Return some tokens as they stand in the text, with a mark in the place of each variable that has one."""
        pieces = []
        end = lexemes[0].start
        for each in lexemes:
            mark = marks.get(f"?{each.text[1:]}") if each.kind == "variable" else None
            if mark is not None:
                pieces += [self._update[end : each.start], str(mark)]
                end = each.start + len(each.text)
        last = lexemes[-1]
        return "".join([*pieces, self._update[end : last.start + len(last.text)]])


def _may_hide_graph(lexeme: Lexeme) -> bool:
    """Whether the engine may read GRAPH in a token: it reads keywords glued to what stands before them."""
    if lexeme.kind == "word":
        return lexeme.word not in _PLAIN_WORDS
    return lexeme.kind not in {"iri", "string"} and "GRAPH" in lexeme.text.upper()


_MANAGEMENT: Final = frozenset({"CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
