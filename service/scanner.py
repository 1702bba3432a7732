"""Every reading that the engine could give a text, so that no keyword is missed.

Nearly every text has one reading. But the engine's grammar works on characters, and whether `<` begins an IRI or means
"less than" depends on where it stands: in `FILTER(?x<a:b)SERVICE#>` it ends a comparison, and what looks like the rest
of an IRI is a keyword and a comment. Where that is in doubt both readings are followed; each offset is read at most
twice, so the time is linear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.terms import PREFIXES
from service.lexer import Lexeme, decoded, lexeme_at, lexemes
from service.prologue import Prologue, read_prologue, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Such text is an IRI or nothing: "less than" wants an operand, and none goes on with two slashes.
_SURE: Final = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//|<[^#']*>\Z")
_ENDS_OPERAND: Final = frozenset({"variable", "iri", "string", "prefixed", "blank", "language", "number"})
_TWO_DOTTED_PARTS: Final = re.compile(r"\.[^.]+\.")
_BEFORE_GRAPH: Final = ("GRAPH", "FROM", "NAMED", "USING", "WITH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A text, read.

    Attributes:
        text: the text.
        prologue: its declarations.
        lexemes: its tokens behind the prologue, every `<` that may begin an IRI read as doing so.
        others: what else the engine could read, as runs of tokens; nearly always empty.
    """

    text: str
    prologue: Prologue
    lexemes: list[Lexeme]
    others: list[list[Lexeme]]

    def services(self) -> tuple[str | None, ...]:
        """Return the address of each SERVICE in order; None where it is a variable or not certain."""
        found = dict(_services(self.lexemes, self.prologue))
        for run in self.others:
            for start, _ in _services(run, self.prologue):
                found.setdefault(start, None)
        return tuple(found[start] for start in sorted(found))


def scan(text: str, *, base: str = "", known: Mapping[str, str] = PREFIXES) -> Scan:
    """Read a text whose base IRI, but for its own, and prefixes that need no declaration are given."""
    prologue = read_prologue(text, base=base, known=known)
    found = lexemes(text, start=prologue.end)
    return Scan(text=text, prologue=prologue, lexemes=found, others=list(_others(text, found)))


def services(found: Scan, *, base: str = "") -> tuple[str | None, ...]:
    """Return the address of each SERVICE that a text would call, in order; None where it is not certain.

    Escaped letters are read too (19.2): where they make other calls, those stand at the end as None.
    """
    calls = found.services()
    plain = decoded(found.text)
    if plain == found.text:
        return calls
    also = scan(plain, base=base).services()
    return calls if also == calls else (*calls, *(None for _ in also))


def _others(text: str, found: list[Lexeme]) -> Iterator[list[Lexeme]]:
    """Yield the runs of tokens that begin behind a doubtful `<`, each as far as no run went before."""
    seen: set[int] = set()
    step = _Steps(text)
    for start in _doubtful(found):
        pending = [start]
        while pending:
            position = pending.pop()
            run: list[Lexeme] = []
            while position < len(text) and position not in seen:
                seen.add(position)
                lexeme, position = step.at(position)
                if lexeme.kind == "iri" and not _SURE.match(lexeme.text):
                    pending.append(lexeme.start + 1)
                if lexeme.kind != "space":
                    run.append(lexeme)
            if run:
                # Two tokens behind the run, where another run went on: a rule may look ahead.
                yield [*run, *lexemes(text, start=position, limit=2)]


def _doubtful(found: list[Lexeme]) -> Iterator[int]:
    """Yield offsets behind each `<` that could mean "less than" though an IRI could begin there.

    It must follow an operand inside parentheses, or another `<` (`<<a:b#>` is the begin of a triple, a name and a
    comment), and the IRI hold a `#` or `'`: else both readings end alike.
    After the first doubt nothing is known of parentheses.
    """
    depth = 0
    before = Lexeme("", "", 0)
    doubted = False
    for lexeme in found:
        if lexeme.text == "(":
            depth += 1
        elif lexeme.text == ")":
            depth -= 1
        elif lexeme.kind == "iri" and not _SURE.match(lexeme.text):
            operand = before.kind in _ENDS_OPERAND or before.text in {")", "}", ">"} or before.word.endswith("E")
            glued = before.text == "<" and before.start + 1 == lexeme.start
            if doubted or glued or (depth > 0 and operand):
                doubted = True
                yield lexeme.start + 1
        before = lexeme


class _Steps:
    """Tokens by offset; a comment is read once, however many readings end in it."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._comment = range(0)

    def at(self, position: int) -> tuple[Lexeme, int]:
        """Return the token at an offset, and its end; a comment comes without its text."""
        if self._text[position] == "#":
            if position not in self._comment:
                self._comment = range(position, position + len(lexeme_at(self._text, position).text))
            return Lexeme("space", "#", position), self._comment.stop
        lexeme = lexeme_at(self._text, position)
        return lexeme, position + len(lexeme.text)


def _services(found: list[Lexeme], prologue: Prologue) -> Iterator[tuple[int, str | None]]:
    """Yield offset and address of what the engine may read as SERVICE."""
    for place, lexeme in enumerate(found):
        if "SERVICE" not in lexeme.text.upper():
            continue
        following = found[place + 1 : place + 3]
        if lexeme.kind == "word":
            yield lexeme.start, _address(lexeme.word, following, prologue)
        elif lexeme.kind == "prefixed":
            before = found[place - 1].word if place else ""
            opens = bool(following) and following[0].text == "{" and not before.endswith(_BEFORE_GRAPH)
            if _hides_keyword(lexeme.text, prologue, opens=opens):
                yield lexeme.start, None


def _address(word: str, following: list[Lexeme], prologue: Prologue) -> str | None:
    """Return the address of a call: what follows a word that ends in SERVICE, or in SERVICE and SILENT."""
    if word.endswith("SERVICE") and following and following[0].word == "SILENT":
        following = following[1:]
    elif not word.endswith(("SERVICE", "SERVICESILENT")):
        return None
    if not following or following[0].text.upper().startswith("SILENT"):
        return None
    return prologue.resolve(following[0])


def _hides_keyword(name: str, prologue: Prologue, *, opens: bool) -> bool:
    """Whether the engine may read SERVICE inside what looks like a prefixed name.

    It does so in `SERVICEex:name {`, declared or not; behind the second dot of a local name; and behind `ex:` where
    prefix and local name make no IRI, as after `PREFIX ex: <http://host:>`.
    """
    prefix, _, local = name.partition(":")
    if "SERVICE" in prefix.upper() and opens:
        return True
    if "SERVICE" not in local.upper():
        return False
    if _TWO_DOTTED_PARTS.search(local):
        return True
    namespaces = [prologue.namespace(prefix[cut:]) for cut in range(len(prefix) + 1)]
    plain = local.replace("\\", "")
    return any(namespace is not None and resolved(namespace + plain, "") is None for namespace in namespaces)
