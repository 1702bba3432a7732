"""How things are named on a page: by a label in the reader's language, else in English, else by what is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.terms import COO, RDFS, SKOS, compact, local_name
from service.languages import ENGLISH, rank
from service.paths import address_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.entity.description import Description, Pointer, Term
    from service.site import Site

_PARTS: Final = tuple(
    COO + name
    for name in (
        "nameForm",
        "participant",
        "memberActor",
        "memberBody",
        "role",
        "membershipKind",
        "status",
        "asOf",
        "spanOf",
    )
)
"""What a thing without a label is named by, in this order."""

_OFFSETS: Final = ("charStart", "charEnd")
_LABELS: Final = (RDFS + "label", SKOS + "prefLabel")
_WHOLES: Final = frozenset({"hasParticipation", "hasParty", "hasStatusAssessment", "hasNameUsage", "evidence"})
_COMMA: Final = ", "
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A thing or a value as a page names it.

    Attributes:
        text: what stands there.
        lang: its language; empty where it is English, none or several.
        parts: what the text is put together of, each with its language, where there are several; empty: it is one.
        href: where it leads; empty for a literal and for what has no address.
        iri: of the thing; empty for a literal.
    """

    text: str
    lang: str = ""
    href: str = ""
    iri: str = ""
    parts: Sequence[tuple[str, str]] = ()


def best(labels: Iterable[ox.Literal], language: str = ENGLISH) -> ox.Literal | None:
    """Return the label that a page shows to a reader of a language; None where there is none."""
    return min(labels, key=lambda each: (rank(each.language, language), each.value), default=None)


def text_of(label: ox.Literal) -> tuple[str, str]:
    """Return the text of a label and its language, which is empty for English: the page says so itself."""
    return label.value, "" if label.language in {None, "en"} else str(label.language)


class Names:
    """Names of what a description speaks of.

    Args:
        description: of the entity.
        site: in whose language things are named, and where links lead.
    """

    def __init__(self, description: Description, site: Site) -> None:
        self._description = description
        self._site = site

    def term(self, term: Term) -> Named:
        """Name a value: a literal by its text, a thing by its label."""
        if isinstance(term, ox.NamedNode):
            return self.thing(term.value)
        if isinstance(term, ox.Literal):
            text, lang = text_of(term)
            return Named(text=text, lang=lang)
        return Named(text=str(term))

    def thing(self, iri: str) -> Named:
        """Name a thing, and link to it."""
        label = self._best(each for _, each in self._description.labels.get(iri, ()))
        href = address_on(self._site, iri)
        if label is not None:
            text, lang = text_of(label)
            return Named(text=text, lang=lang, href=href, iri=iri)
        parts = self._by_parts(self._description.around.get(iri, ()))
        return _joined(parts or [(compact(iri), "")], iri, href)

    def property(self, iri: str, labels: Sequence[ox.Literal] = ()) -> Named:
        """Name a property; one without a label by its local name."""
        label = self._best([*labels, *(each for _, each in self._description.labels.get(iri, ()))])
        text, lang = text_of(label) if label else (_HUMP.sub(" ", local_name(iri)).casefold(), "")
        return Named(text=text, lang=lang, href=address_on(self._site, iri), iri=iri)

    def _by_parts(self, pairs: Sequence[tuple[str, Term]]) -> list[tuple[str, str]]:
        """Name a thing without a label by what it connects: an actor and its role, a status and its date."""
        known = [(prop, value) for prop, value in pairs if prop in _PARTS]
        known.sort(key=lambda pair: (_PARTS.index(pair[0]), str(pair[1])))
        parts: list[tuple[str, str]] = []
        for _, value in known:
            told = self.term(value)
            parts += [*([(_COMMA, "")] if parts else []), *(told.parts or [(told.text, told.lang)])]
        places = [self.term(value).text for name in _OFFSETS for prop, value in pairs if prop == COO + name]
        if len(places) == len(_OFFSETS):
            parts.append((f"{_COMMA if parts else ''}characters {places[0]} to {places[1]}", ""))
        return parts

    def itself(self) -> Named:
        """Name the entity: by its label, else by what it is a part of and what it connects."""
        description = self._description
        labels = [value for prop in _LABELS for value in description.values(prop) if isinstance(value, ox.Literal)]
        label = self._best(labels)
        if label is not None:
            text, lang = text_of(label)
            return Named(text=text, lang=lang, iri=description.iri)
        parts = self._by_parts(description.own)
        wholes = [each for each in description.pointers or () if local_name(each.relation) in _WHOLES and each.labels]
        if wholes and (whole := self._best(wholes[0].labels)):
            parts = [text_of(whole), *([(": ", ""), *parts] if parts else [])]
        return _joined(parts or [(compact(description.iri), "")], description.iri)

    def pointer(self, pointer: Pointer) -> Named:
        """Name a thing that points to the entity."""
        label = self._best(pointer.labels)
        href = address_on(self._site, pointer.iri)
        if label is not None:
            text, lang = text_of(label)
            return Named(text=text, lang=lang, href=href, iri=pointer.iri)
        known = [*pointer.wholes.items(), *pointer.parts.items()]
        parts: list[tuple[str, str]] = []
        for iri, labels in known:
            found = self._best(labels)
            parts += [*([(_COMMA, "")] if parts else []), text_of(found) if found else (compact(iri), "")]
        return _joined(parts or [(compact(pointer.iri), "")], pointer.iri, href)

    def _best(self, labels: Iterable[ox.Literal]) -> ox.Literal | None:
        return best(labels, self._site.language)


def _joined(parts: Sequence[tuple[str, str]], iri: str, href: str = "") -> Named:
    """Return a name that is put together; in parts only where one of them is in another language."""
    is_mixed = any(lang for _, lang in parts)
    return Named(text="".join(text for text, _ in parts), href=href, iri=iri, parts=parts if is_mixed else ())
