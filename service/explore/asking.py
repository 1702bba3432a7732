"""How pictures ask: packaged questions with their parameters bound, and the text that asks the same by hand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast
from urllib.parse import urlencode

import pyoxigraph as ox

from graph.parameters import Binding
from graph.query_errors import EntityUnknown
from graph.questions import packaged_questions
from graph.request_errors import BadRequest
from graph.terms import COO, RDF, RDFS, compact
from service.entity.names import best, text_of
from service.explore.picture import ANY
from service.languages import ENGLISH, is_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from graph.questions import Question
    from service.entity.description import Store, Term
    from service.explore.picture import Picture

_TYPE: Final = ox.NamedNode(RDF + "type")
_LABEL: Final = ox.NamedNode(RDFS + "label")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question with values for its parameters; those that are not given have their defaults."""

    question: Question
    bindings: tuple[Binding, ...]

    def rows(self, store: Store) -> Iterator[ox.QuerySolution]:
        """Ask, with the parameters bound as terms."""
        bound: dict[ox.Variable, Term] = {ox.Variable(each.parameter.name): each.term for each in self.bindings}
        text = self.question.open_text if bound else self.question.text
        return iter(cast("ox.QuerySolutions", store.query(text, substitutions=bound)))

    def text(self) -> str:
        """Return the query that gives the same rows as it stands."""
        return self.question.text_with(self.bindings)


def asked(name: str, **values: str) -> Asked:
    """Return a packaged question with values for its parameters, as a request would have them.

    Raises:
        ParameterRefused: a value is not of its parameter's type.
    """
    question = _questions()[name]
    bindings = [
        Binding(parameter=each, term=each.term(values[each.name]) if each.name in values else each.default_term())
        for each in question.parameters
    ]
    return Asked(question=question, bindings=tuple(bindings))


def query_path(picture: Picture, text: str) -> str:
    """Return the address of the query page with a text."""
    return picture.site.within("/query?" + urlencode({"query": text}))


def require(store: ox.Store, iri: str, class_name: str = "") -> None:
    """Refuse a name of which the dataset does not say that it is a thing of a class; of any, where none is named.

    Raises:
        EntityUnknown: it does not.
    """
    node, kind = ox.NamedNode(iri), ox.NamedNode(COO + class_name) if class_name else None
    if next(iter(store.quads_for_pattern(node, _TYPE, kind, ox.DefaultGraph())), None) is None:
        what = f"<{iri}> is no {class_name}" if class_name else f"nothing is said of <{iri}>"
        raise EntityUnknown(iri, what=f"{what} in this version: /search?q= finds things by their names")


def require_kind(picture: Picture, kinds: Sequence[str]) -> None:
    """Refuse a kind that the page does not offer.

    Raises:
        BadRequest: it does not; the message lists those it does.
    """
    if picture.wanted not in {ANY, *kinds}:
        message = f"kind= takes one of the kinds that the page offers ({', '.join(kinds)}), or {ANY}"
        raise BadRequest(message)


class Name(NamedTuple):
    """What a thing is called, and in which language, as `lang` attributes have it: empty for English and for none."""

    text: str = ""
    lang: str = ""


def label_of(store: ox.Store, iri: str, language: str = ENGLISH) -> Name:
    """Return the label of a thing in a language, else in English; its prefixed name where it has none."""
    label = _label(store, iri, language)
    return Name(*text_of(label)) if label else Name(compact(iri))


def named(store: ox.Store, picture: Picture, iri: str, english: str) -> Name:
    """Return the name of a thing in the picture's language; where it has none, what the question called it."""
    language = picture.site.language
    if language == ENGLISH:
        return Name(english)
    label = _label(store, iri, language)
    return Name(*text_of(label)) if label and is_in(label.language, language) else Name(english)


def _label(store: ox.Store, iri: str, language: str) -> ox.Literal | None:
    quads = store.quads_for_pattern(ox.NamedNode(iri), _LABEL, None, ox.DefaultGraph())
    return best((quad.object for quad in quads if isinstance(quad.object, ox.Literal)), language)


def value(row: ox.QuerySolution | Mapping[str, Term | None], name: str) -> str:
    """Return the text of a cell; empty where it is unbound."""
    term = row[name]
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal, ox.BlankNode)) else ""


@cache
def _questions() -> Mapping[str, Question]:
    return {question.name: question for question in packaged_questions("questions")}
