"""What is to be shown of an entity, and in what format: the question that a query process gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from service.site import Site

LISTED_AT_ONCE: Final = 50
"""Entries of one list on a page; what a page shows beside it has at most as many."""


@dataclass(frozen=True, kw_only=True)  # without slots, as `service.jobs.Job`
class View:
    """One view of an entity.

    Attributes:
        iri: of the entity.
        into: name of the format: one of `formats.GRAPHS`, or `html`.
        version: number of the version that is asked.
        created: when that was made: UTC, ISO 8601.
        is_fixed: whether the request names the version, so that links from the page stay in it.
        site: what stands around the page: its root, the language of names, other languages and versions.
        relation: IRI of a property: not the entity is shown, but which things point to it by that. Empty: the entity.
        page: of such a list, from 1.
        dataset: IRI of the dataset that the description is in; empty where that has no lasting name.
        report: address where an error of it is reported; empty: our page says how.
    """

    iri: str
    into: str
    version: int
    created: str
    is_fixed: bool = False
    site: Site = field(default_factory=Site)
    relation: str = ""
    page: int = 1
    dataset: str = ""
    report: str = ""
