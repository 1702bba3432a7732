"""What stands before a query: its base and prefixes, and the IRIs that names stand for by them.

Read as the engine reads it, characters not words (`PREFIXex:<http://e.test/>` declares), because an address that is
compared with a list must be the one that would be called. IRIs are resolved by the engine's own code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.terms import PREFIXES
from service.lexer import IRI, NAMESPACE, SPACE, STRING, decoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.lexer import Lexeme

_ITEM: Final = re.compile(
    rf"{SPACE}(?:(?i:BASE){SPACE}(?P<base>{IRI})|(?i:PREFIX){SPACE}(?P<name>{NAMESPACE}){SPACE}(?P<iri>{IRI})"
    rf"|(?i:VERSION){SPACE}(?:{STRING}))"
)
_FORM: Final = re.compile(
    rf"{SPACE}(?i:(?P<query>SELECT|ASK|CONSTRUCT|DESCRIBE)|INSERT|DELETE|WITH|LOAD|CLEAR|DROP|CREATE|ADD|MOVE|COPY)"
)


@dataclass(slots=True, kw_only=True)
class Prologue:
    """Base, prefixes and extent of a prologue.

    Attributes:
        base: the base IRI in force after it; empty: none.
        known: prefixes that need no declaration.
        declared: prefixes that the text declares, without the colon; a relative IRI without a base is left out.
        end: offset behind its last declaration.
    """

    base: str = ""
    known: Mapping[str, str] = field(default_factory=lambda: PREFIXES)
    declared: dict[str, str] = field(default_factory=dict)
    end: int = 0

    def namespace(self, prefix: str) -> str | None:
        """Return what a prefix stands for: by the text, else as known; None: nothing."""
        return self.declared.get(prefix, self.known.get(prefix))

    def resolve(self, name: Lexeme) -> str | None:
        """Return the IRI that an IRI reference or prefixed name stands for; None: it is none, or stands for nothing."""
        if name.kind == "iri":
            return resolved(decoded(name.text[1:-1]), self.base)
        if name.kind != "prefixed":
            return None
        prefix, _, local = name.text.partition(":")
        namespace = self.namespace(prefix)
        return None if namespace is None else resolved(namespace + local.replace("\\", ""), "")


def read_prologue(text: str, *, base: str = "", known: Mapping[str, str] = PREFIXES) -> Prologue:
    """Read the declarations that a text begins with.

    Args:
        text: a query or update.
        base: the base IRI in force before it; empty: none.
        known: prefixes that need no declaration.
    """
    prologue = Prologue(base=base, known=known)
    while item := _ITEM.match(text, prologue.end):
        if item["base"]:
            prologue.base = resolved(decoded(item["base"][1:-1]), prologue.base) or prologue.base
        elif item["name"] and (namespace := resolved(decoded(item["iri"][1:-1]), prologue.base)) is not None:
            prologue.declared[item["name"][:-1]] = namespace
        prologue.end = item.end()
    return prologue


def declarations_end(text: str, start: int) -> int:
    """Return the offset behind the declarations that begin at an offset; the offset itself where there are none."""
    while item := _ITEM.match(text, start):
        start = item.end()
    return start


def form(text: str) -> str:
    """Return SELECT, ASK, CONSTRUCT, DESCRIBE or UPDATE by what follows the prologue; empty where it is none."""
    match = _FORM.match(text, declarations_end(text, 0))
    return "" if match is None else (match["query"] or "UPDATE").upper()


def resolved(reference: str, base: str) -> str | None:
    """Return a reference resolved against a base (RFC 3986, section 5) by the engine; None if that makes no IRI."""
    try:
        if not base:
            return ox.NamedNode(reference).value
        triple = next(iter(ox.parse(f"<{reference}> <urn:p> <urn:o> .", ox.RdfFormat.TURTLE, base_iri=base)))
    except (ValueError, SyntaxError):
        return None
    return triple.subject.value if isinstance(triple.subject, ox.NamedNode) else None
