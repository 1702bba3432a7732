"""A sheet on which a catalogue's triples are gathered: names, rows, dates and differences from the curated graph.

One place decides what is written: nothing that the curated graph says already, and no second value beside a curated
one; such a value is kept as the catalogue's claim.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.errors import SourceError
from graph.terms import BASE, PREFIXES, XSD

if TYPE_CHECKING:
    from datetime import date

    from graph.sources.dates import StatedDate
    from graph.triples.known import Known
    from graph.writer import Term

_log = logging.getLogger(__name__)


def slug(text: str) -> str:
    """Return the part of an IRI made from a name or code: lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", text.replace("+", " plus ")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def entity(kind: str, name: str) -> str:
    """Return the IRI of an entity: its kind is the path (`actor`, `situation`, ...), its name a slug."""
    return f"{BASE}id/{kind}/{name}"


def concept(scheme: str, notation: str) -> ox.NamedNode:
    """Return the concept of a vocabulary."""
    return ox.NamedNode(f"{BASE}voc/{scheme}/{notation}")


def text(value: str, language: str = "en") -> ox.Literal:
    """Return words in a language."""
    return ox.Literal(value, language=language)


def day(value: date) -> ox.Literal:
    """Return a date as literal."""
    return ox.Literal(value.isoformat(), datatype=ox.NamedNode(XSD + "date"))


def decimal(value: str) -> ox.Literal:
    """Return a decimal number as literal; `value` has a point."""
    return ox.Literal(value, datatype=ox.NamedNode(XSD + "decimal"))


def iri(name: str) -> str:
    """Expand a prefixed name such as `coo:onDate`."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def statement(subject: str, predicate: str, value: Term) -> ox.Triple:
    """Return a triple; `predicate` is a prefixed name."""
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(iri(predicate)), value)


class Sheet:
    """Triples of one catalogue, gathered against what the curated graph knows.

    Attributes:
        author: IRI of the actor who states what the catalogue says.
    """

    def __init__(self, known: Known, *, author: str) -> None:
        self.known = known
        self.author = author
        self._triples: set[ox.Triple] = set()
        self._made_from: dict[str, str] = {}
        self._claims = 0

    @property
    def triples(self) -> frozenset[ox.Triple]:
        """What has been gathered."""
        return frozenset(self._triples)

    def mint(self, kind: str, name: str, *, key: str) -> str:
        """Return the IRI for a new thing, made from a name.

        Raises:
            SourceError: another key was given the same IRI.
        """
        made = entity(kind, name)
        if self._made_from.setdefault(made, key) != key:
            message = (
                f"{key!r} and {self._made_from[made]!r} would get one IRI, {made}: tell them apart in the importer"
            )
            raise SourceError(message)
        return made

    def add(self, subject: str, predicate: str, value: Term | str) -> None:
        """State something, unless the curated graph does; `predicate` is a prefixed name, a plain string an IRI."""
        term = ox.NamedNode(value) if isinstance(value, str) else value
        if term not in self.known.values(subject, iri(predicate)):
            self._triples.add(statement(subject, predicate, term))

    def repeat(self, subject: str, predicate: str, value: Term | str) -> None:
        """State something that the curated graph may state too, because the file must say it when it is read alone."""
        self._triples.add(statement(subject, predicate, ox.NamedNode(value) if isinstance(value, str) else value))

    def describe(self, subject: str, types: str | tuple[str, ...], label: str) -> None:
        """Give a thing its types and its English label, unless the curated graph describes it."""
        if not self.known.describes(subject):
            for name in (types,) if isinstance(types, str) else types:
                self.add(subject, "rdf:type", iri(name))
        self.label(subject, label)

    def incomplete(self, subject: str, note: str) -> None:
        """Say of an agreement, body or group that not all who belong to it are listed, and why."""
        if not self.known.values(subject, iri("coo:membershipComplete")):
            self.add(subject, "coo:membershipComplete", ox.Literal(False))  # noqa: FBT003 -- a value, not a switch
        self.add(subject, "skos:note", text(note))

    def describe_only(self, subject: str, kind: str) -> None:
        """Give a thing without a name, such as a party's part, its type."""
        self.add(subject, "rdf:type", iri(kind))

    def label(self, subject: str, label: str, language: str = "en") -> None:
        """Give a thing a label, unless it has one in that language."""
        if not self.known.has_label(subject, language):
            self.add(subject, "rdfs:label", text(label, language))

    def single(self, subject: str, predicate: str, value: Term | str, *, row: str, dataset: str) -> None:
        """State the value of a property that has one value; where the curated graph has another, claim it.

        Args:
            subject: IRI.
            predicate: prefixed name.
            value: literal, or an IRI as string.
            row: IRI of the dataset row that says so.
            dataset: IRI of its dataset.
        """
        term = ox.NamedNode(value) if isinstance(value, str) else value
        curated = self.known.values(subject, iri(predicate))
        if not curated:
            self.add(subject, predicate, term)
        elif term not in curated and not self.known.claim(subject, iri(predicate), term):
            self._claim_difference(subject, predicate, term, row=row, dataset=dataset)

    def row(self, dataset: str, key: str, *, name: str, what: str) -> str:
        """Describe a dataset row and return its IRI.

        Args:
            dataset: IRI of the dataset; the row's IRI begins with it.
            key: what finds the row in the file.
            name: the last part of the IRI.
            what: the dataset in words, for the label.
        """
        made = f"{dataset}-{name}"
        self.describe(made, "coo:DatasetRow", f"{what} row {key}")
        self.add(made, "coo:rowKey", ox.Literal(key))
        self.add(made, "coo:rowOf", dataset)
        return made

    def period(self, subject: str, *, begin: StatedDate | None = None, end: StatedDate | None = None) -> None:
        """Give the bounds of a beginning and of an end, and the wording where it is not a day."""
        for stated, earliest, latest in (
            (begin, "coo:beginEarliest", "coo:beginLatest"),
            (end, "coo:endEarliest", "coo:endLatest"),
        ):
            if stated:
                self.add(subject, earliest, day(stated.earliest))
                self.add(subject, latest, day(stated.latest))
                if not stated.day or stated.wording != stated.day.isoformat():
                    self.add(subject, "coo:dateAsStated", text(stated.wording))

    def claim(self, name: str, content: ox.Triple, *, status: str, label: str) -> str:
        """Make a statement claim of the catalogue's author and return its IRI; the caller says where it is reported."""
        made = entity("claim", name)
        literal = isinstance(content.object, ox.Literal)
        self.describe(made, "coo:StatementClaim", label)
        self.add(made, "coo:claimSubject", content.subject)
        self.add(made, "coo:claimPredicate", content.predicate)
        self.add(made, "coo:claimLiteral" if literal else "coo:claimObject", content.object)
        self.add(made, "coo:claimStatus", concept("claim-status", status))
        self.add(made, "coo:statedBy", self.author)
        return made

    def _claim_difference(self, subject: str, predicate: str, value: Term, *, row: str, dataset: str) -> None:
        rival = self.known.accepted_claim(subject, iri(predicate))
        if rival is None:
            _log.warning(
                "left out: %s of %s is %s in the catalogue, and no claim backs the curated value",
                predicate,
                subject,
                value,
            )
            return
        local = predicate.partition(":")[2]
        what = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", local).lower()
        name = f"{subject.rpartition('/')[2]}-{slug(what)}-{dataset.rpartition('/')[2]}"
        label = f"Other value for the {what} of {subject.rpartition('/')[2]}"
        made = self.claim(name, statement(subject, predicate, value), status="disputed", label=label)
        self.add(made, "coo:reportedIn", dataset)
        self.add(made, "dcterms:source", row)
        self.add(made, "coo:conflictsWith", rival)
        self.add(rival, "coo:conflictsWith", made)


def dataset_source(sheet: Sheet, dataset: str, *, gives: tuple[str, ...]) -> None:
    """Say which properties the rows of a dataset give to what is described from them."""
    for name in gives:
        sheet.add(dataset, "coo:givesProperty", iri(name))
