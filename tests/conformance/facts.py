"""What an RDF file of the suites says, read by pattern with exact lexical forms.

rdflib and the engine's store rewrite some literals (`01` becomes `1`); a comparison with what W3C expects must not, so
the files are held in an `ox.Dataset`, which changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Node = ox.NamedNode | ox.BlankNode
    Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"


def triples(content: bytes, name: str, *, base_iri: str) -> tuple[ox.Triple, ...]:
    """Return the triples of a file; its format is told by the ending of its name.

    Blank nodes get labels of their own, so that two files can be loaded into one dataset.
    """
    file_format = ox.RdfFormat.from_extension(name.rsplit(".", 1)[-1])
    assert file_format is not None, f"{name}: no RDF format has this ending"
    return tuple(
        quad.triple for quad in ox.parse(content, format=file_format, base_iri=base_iri, rename_blank_nodes=True)
    )


class Facts:
    """The triples of one file."""

    def __init__(self, stated: tuple[ox.Triple, ...]) -> None:
        self._dataset = ox.Dataset(ox.Quad(*triple) for triple in stated)

    @classmethod
    def read(cls, path: Path, *, base_iri: str) -> Facts:
        """Return the facts of a file."""
        return cls(triples(path.read_bytes(), path.name, base_iri=base_iri))

    def values(self, subject: Term, predicate: str) -> list[Term]:
        """Return the values of a property, in no order."""
        assert isinstance(subject, ox.NamedNode | ox.BlankNode), f"{subject} is no subject"
        return [quad.object for quad in self._dataset.quads_for_subject(subject) if quad.predicate.value == predicate]

    def has(self, subject: Term, predicate: str) -> bool:
        """Return whether a thing has a value of a property."""
        return bool(self.values(subject, predicate))

    def value(self, subject: Term, predicate: str) -> Term:
        """Return the one value of a property."""
        values = self.values(subject, predicate)
        assert len(values) == 1, f"{subject} has {len(values)} values of {predicate}, expected 1"
        return values[0]

    def text(self, subject: Term, predicate: str) -> str:
        """Return the one value of a property as characters: an IRI or a lexical form."""
        return characters(self.value(subject, predicate))

    def holders(self, predicate: str, value: Term | None = None) -> list[Node]:
        """Return the things that have a property (with that value, where one is given), in no order."""
        return [
            quad.subject
            for quad in self._dataset.quads_for_predicate(ox.NamedNode(predicate))
            if isinstance(quad.subject, ox.NamedNode | ox.BlankNode) and value in {None, quad.object}
        ]

    def items(self, head: Term) -> Iterator[Term]:
        """Yield the members of an RDF list, in its order."""
        while head != ox.NamedNode(f"{RDF}nil"):
            yield self.value(head, f"{RDF}first")
            head = self.value(head, f"{RDF}rest")


def characters(term: Term) -> str:
    """Return an IRI or a lexical form."""
    assert isinstance(term, ox.NamedNode | ox.Literal), f"{term} has no characters"
    return term.value


def fragment(term: Term) -> str:
    """Return what an IRI has behind its `#`."""
    return characters(term).rsplit("#", 1)[-1]
