"""The example queries as RDF: each a SHACL executable after the conventions of the SIB's collection of examples.

A build puts them into the graph of examples, for editors that look for examples in the endpoint itself; `/examples`
serves the same. They come from the package's query files: made, not content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.questions import packaged_questions
from graph.terms import BASE, EXAMPLES_GRAPH, PREFIXES, RDF, RDFS, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graph.parameters import Parameter
    from graph.questions import Question

EXAMPLES: Final = BASE + "examples"
FOLDERS: Final = ("federated", "questions")
"""Folders of query files that are examples."""

_PREFIXES: Final = EXAMPLES + "#prefixes"
_SCHEMA: Final = PREFIXES["schema"]

_Statement = tuple[str, str, ox.NamedNode | ox.Literal]


def example_iri(name: str) -> str:
    """Return the name of an example; the service answers it at the path of the same end."""
    return f"{EXAMPLES}/{name}"


def packaged_examples() -> list[Question]:
    """Return the example queries, sorted by name."""
    found = [question for folder in FOLDERS for question in packaged_questions(folder)]
    return sorted(found, key=lambda question: question.name)


def example_triples(questions: Iterable[Question], *, endpoint: str = f"{BASE}sparql") -> Iterator[ox.Triple]:
    """Yield what is told of examples.

    Args:
        questions: to tell of.
        endpoint: address at which they can be asked.
    """
    known = list(questions)
    statements = [*(each for question in known for each in _executable(question, endpoint)), *_declarations()]
    for subject, predicate, value in dict.fromkeys(statements):
        yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)


def example_quads() -> list[ox.Quad]:
    """Return the graph of examples as a build writes it."""
    graph = ox.NamedNode(EXAMPLES_GRAPH)
    return [ox.Quad(t.subject, t.predicate, t.object, graph) for t in example_triples(packaged_examples())]


def _executable(question: Question, endpoint: str) -> Iterator[_Statement]:
    subject = example_iri(question.name)
    yield subject, RDF + "type", ox.NamedNode(SH + "SPARQLExecutable")
    yield subject, RDF + "type", ox.NamedNode(SH + "SPARQLSelectExecutable")
    yield subject, RDFS + "comment", _english(question.question)
    yield subject, PREFIXES["dcterms"] + "description", _english(question.answers)
    yield subject, SH + "prefixes", ox.NamedNode(_PREFIXES)
    yield subject, SH + "select", ox.Literal(question.text)
    yield subject, _SCHEMA + "target", ox.NamedNode(endpoint)
    for tag in question.tags:
        yield subject, _SCHEMA + "keywords", ox.Literal(tag)
    for service in question.services:
        yield subject, _FEDERATES_WITH, ox.NamedNode(service)
    for parameter in question.parameters:
        yield subject, SH + "parameter", ox.NamedNode(f"{subject}#{parameter.name}")
    for place, parameter in enumerate(question.parameters):
        yield from _told(f"{subject}#{parameter.name}", parameter, place)


def _told(iri: str, parameter: Parameter, place: int) -> Iterator[_Statement]:
    """Tell of a parameter in the terms that SHACL has for those of its own functions."""
    yield iri, RDF + "type", ox.NamedNode(SH + "Parameter")
    yield iri, SH + "path", ox.NamedNode(iri)
    yield iri, SH + "name", ox.Literal(parameter.name)
    yield iri, SH + "description", _english(parameter.meaning)
    yield iri, SH + "defaultValue", parameter.default_term()
    yield iri, SH + "optional", ox.Literal(value=True)
    yield iri, SH + "order", ox.Literal(place)
    if parameter.class_iri:
        yield iri, SH + "class", ox.NamedNode(parameter.class_iri)
    else:
        yield iri, SH + "datatype", ox.NamedNode(parameter.datatype_iri)


def _declarations() -> Iterator[_Statement]:
    """Declare the dataset's prefixes, which its endpoint knows without PREFIX lines."""
    for prefix in PREFIXES:
        yield _PREFIXES, SH + "declare", ox.NamedNode(f"{EXAMPLES}#prefix-{prefix}")
    for prefix, namespace in PREFIXES.items():
        iri = f"{EXAMPLES}#prefix-{prefix}"
        yield iri, SH + "prefix", ox.Literal(prefix)
        yield iri, SH + "namespace", ox.Literal(namespace, datatype=ox.NamedNode(XSD + "anyURI"))


def _english(text: str) -> ox.Literal:
    return ox.Literal(text, language="en")


_FEDERATES_WITH: Final = "https://purl.expasy.org/sparql-examples/ontology#federatesWith"
