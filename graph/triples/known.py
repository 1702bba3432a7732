"""What the curated graph knows already, asked for by identifier.

A catalogue must not make a second resource for a thing that the curators have described, and must not state what they
have stated; so its importer reads their files first.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.resources import resource_dir
from graph.terms import BASE, COO, RDF, RDFS, SKOS
from graph.writer import read_rdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from graph.writer import Term

_ID: Final = BASE + "id/"
_IDENTIFIERS: Final = tuple(COO + name for name in ("cosparId", "noradId", "isoAlpha2", "isoAlpha3"))
_ACCEPTED: Final = frozenset(BASE + "voc/claim-status/" + name for name in ("accepted", "corroborated"))


class Known:
    """An index of triples by subject and of subjects by identifier."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._values: defaultdict[str, defaultdict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
        self._bearers: dict[tuple[str, str], str] = {}
        self._claims: defaultdict[tuple[str, str], dict[str, tuple[Term, bool]]] = defaultdict(dict)
        self._described_by_row: dict[str, str] = {}
        for triple in triples:
            if isinstance(triple.subject, ox.NamedNode):
                self._values[triple.subject.value][triple.predicate.value].add(triple.object)
        for subject in sorted(self._values):
            self._index(subject)

    def values(self, subject: str, predicate: str) -> frozenset[Term]:
        """Return what is known of a subject by a predicate; empty when nothing is."""
        return frozenset(self._values[subject][predicate]) if subject in self._values else frozenset()

    def describes(self, subject: str) -> bool:
        """Say whether a subject has a type, so that its name and its kind are the curators'."""
        return bool(self.values(subject, RDF + "type"))

    def has_label(self, subject: str, language: str) -> bool:
        """Say whether a subject has a label in a language."""
        labels = self.values(subject, RDFS + "label")
        return any(isinstance(label, ox.Literal) and label.language == language for label in labels)

    def bearer(self, predicate: str, identifier: str) -> str | None:
        """Return the subject that bears an identifier (COSPAR, catalogue or ISO code); None when none does."""
        return self._bearers.get((predicate, identifier))

    def by_gcat_code(self, kind: str, code: str) -> str | None:
        """Return the thing of a kind (`actor`, `place`, `system`) that GCAT calls so; None when there is none."""
        return self._bearers.get((f"{kind} {COO}gcatCode", code))

    def by_name(self, name: str) -> str | None:
        """Return the actor with this acronym, label or other name, whatever its case; None when there is none."""
        return self._bearers.get(("actor name", name.casefold()))

    def by_address(self, address: str) -> str | None:
        """Return the source with an address; None when there is none."""
        return self._bearers.get(("address", address))

    def by_row(self, row: str) -> str | None:
        """Return the thing whose claims rest on a dataset row; None when no claim does."""
        return self._described_by_row.get(row)

    def claim(self, subject: str, predicate: str, value: Term) -> str | None:
        """Return the statement claim that gives this value, whatever its status; None when there is none."""
        found = self._claims.get((subject, predicate), {})
        return next((claim for claim, (stated, _) in sorted(found.items()) if stated == value), None)

    def accepted_claim(self, subject: str, predicate: str) -> str | None:
        """Return the statement claim that the curated value of a property rests on; None when there is none."""
        found = self._claims.get((subject, predicate), {})
        return next((claim for claim, (_, accepted) in sorted(found.items()) if accepted), None)

    def _index(self, subject: str) -> None:
        facts = self._values[subject]
        kind = subject.removeprefix(_ID).partition("/")[0] if subject.startswith(_ID) else ""
        for predicate in _IDENTIFIERS:
            self._enter(predicate, facts[predicate], subject)
        self._enter(f"{kind} {COO}gcatCode", facts[COO + "gcatCode"], subject)
        if kind == "actor":
            for predicate in (COO + "acronym", RDFS + "label", SKOS + "altLabel"):
                self._enter("actor name", facts[predicate], subject, fold=True)
        if kind == "source":
            self._enter("address", facts["https://schema.org/url"], subject)
        if kind == "claim":
            self._index_claim(subject)
        if kind in {"system", "occurrence"}:
            for row in _texts(facts[COO + "fromRow"]):
                self._described_by_row.setdefault(row, subject)

    def _enter(self, index: str, values: Iterable[Term], subject: str, *, fold: bool = False) -> None:
        for value in _texts(values):
            self._bearers.setdefault((index, value.casefold() if fold else value), subject)

    def _index_claim(self, claim: str) -> None:
        facts = self._values[claim]
        accepted = any(isinstance(s, ox.NamedNode) and s.value in _ACCEPTED for s in facts[COO + "claimStatus"])
        for subject in facts[COO + "claimSubject"]:
            if not isinstance(subject, ox.NamedNode):
                continue
            if subject.value.startswith(f"{_ID}system/"):
                for row in _texts(facts["http://purl.org/dc/terms/source"]):
                    self._described_by_row.setdefault(row, subject.value)
            for predicate in facts[COO + "claimPredicate"]:
                for value in facts[COO + "claimLiteral"] | facts[COO + "claimObject"]:
                    if isinstance(predicate, ox.NamedNode):
                        self._claims[subject.value, predicate.value][claim] = (value, accepted)


def packaged_files(*, catalogues: Sequence[str] = ()) -> list[Path]:
    """Return the files of the curated graph and of the claims, and the named catalogues that exist."""
    data = resource_dir("data")
    files = [*sorted((data / "curated").glob("*.ttl")), *sorted((data / "claims").glob("*.ttl"))]
    return [*files, *(path for name in catalogues if (path := data / "catalogue" / f"{name}.ttl").is_file())]


def read_known(files: Iterable[Path]) -> Known:
    """Read files of Turtle into an index.

    Raises:
        TurtleError: a file does not parse.
    """
    return Known(quad.triple for path in files for quad in read_rdf(path))


def _texts(values: Iterable[Term]) -> list[str]:
    """Return the texts of literals and the addresses of IRIs, sorted."""
    return sorted(value.value for value in values if isinstance(value, ox.Literal | ox.NamedNode))
