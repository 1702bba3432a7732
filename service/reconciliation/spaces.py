"""Identifiers as the Reconciliation API has them: short ones of entities, types and properties, and back to IRIs.

An entity of ours is `actor/chn`, which the identifier space makes an IRI; a type is `State`. Other IRIs stand as they
are.
"""

from __future__ import annotations

from typing import Final

from graph.terms import BASE, COO

ENTITIES: Final = BASE + "id/"
"""The identifier space: what stands before the identifier of an entity."""

TYPES: Final = COO
"""The schema space: what stands before the identifier of a type or a property."""


def entity_id(iri: str) -> str:
    """Return the identifier of an entity."""
    return iri.removeprefix(ENTITIES)


def entity_iri(identifier: str) -> str:
    """Return the IRI of an entity by its identifier, which may be the IRI itself."""
    return identifier if "://" in identifier else ENTITIES + identifier


def type_id(iri: str) -> str:
    """Return the identifier of a type."""
    return iri.removeprefix(TYPES)


def type_iri(identifier: str) -> str:
    """Return the IRI of a type by its identifier, with or without a prefix, or the IRI itself."""
    return identifier if "://" in identifier else TYPES + identifier.removeprefix("coo:")


def is_entity(iri: str) -> bool:
    """Say whether a thing is one to match with: not a term, a concept or a graph of ours."""
    return iri.startswith(ENTITIES) or not iri.startswith(BASE)
