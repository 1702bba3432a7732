"""What the reconciliation service says of itself, and what it offers to choose from: types and properties."""

from __future__ import annotations

import importlib.metadata
from typing import Final

from graph.properties import PROPERTIES
from service.reconciliation.requests import MOST_QUERIES
from service.reconciliation.spaces import ENTITIES, TYPES

NAME: Final = "Coorbit: who cooperates with whom in space"
DEFAULT_TYPES: Final = (
    ("State", "state"),
    ("Organization", "organization"),
    ("SpaceAgency", "space agency"),
    ("SpaceObject", "space object"),
    ("Satellite", "satellite"),
    ("LaunchVehicleModel", "launch vehicle model"),
    ("LaunchSite", "launch site"),
    ("LaunchEvent", "launch event"),
    ("Agreement", "agreement"),
    ("Undertaking", "undertaking"),
)
"""Identifier and name of the types that tables are most often about."""

PREVIEW_WIDTH: Final = 400
PREVIEW_HEIGHT: Final = 260


def manifest(base: str) -> dict[str, object]:
    """Return the manifest of version 0.2.

    Args:
        base: address under which the service is reached, without a slash at its end.
    """
    root = f"{base}/reconcile"
    suggest = {
        kind: {"service_url": base, "service_path": f"/reconcile/suggest/{kind}"}
        for kind in ("entity", "type", "property")
    }
    return {
        "versions": ["0.2"],
        "name": NAME,
        "identifierSpace": ENTITIES,
        "schemaSpace": TYPES,
        "documentation": f"{base}/docs",
        "serviceVersion": importlib.metadata.version("coorbit"),
        "view": {"url": f"{base}/id/{{{{id}}}}"},
        "preview": {"url": f"{root}/preview?id={{{{id}}}}", "width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": base, "service_path": "/reconcile/extend/propose"},
            "property_settings": [],
        },
        "batchSize": MOST_QUERIES,
        "defaultTypes": default_types(),
    }


def draft_manifest(base: str) -> dict[str, object]:
    """Return the manifest of version 1.0-draft, whose routes stand below its root by themselves."""
    return {
        "versions": ["1.0-draft"],
        "name": NAME,
        "documentation": f"{base}/docs",
        "serviceVersion": importlib.metadata.version("coorbit"),
        "view": {"url": f"{base}/id/{{+id}}"},
        "preview": {"width": PREVIEW_WIDTH, "height": PREVIEW_HEIGHT},
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {"proposeProperties": True, "propertySettings": []},
        "batchSize": MOST_QUERIES,
        "standardizedScore": True,
        "defaultTypes": default_types(),
        "lang": "en",
    }


def default_types() -> list[dict[str, str]]:
    """Return the types to choose from when nothing has been typed yet."""
    return [{"id": identifier, "name": name} for identifier, name in DEFAULT_TYPES]


def properties_like(prefix: str) -> list[dict[str, str]]:
    """Return the properties whose id, name or a word of it begins like a text; all for an empty one."""
    wanted = prefix.casefold().strip()
    return [
        {"id": each.id, "name": each.name}
        for each in PROPERTIES.values()
        if each.id.casefold().startswith(wanted)
        or any(word.startswith(wanted) for word in each.name.casefold().split())
        or each.name.casefold().startswith(wanted)
    ]


def properties_of(classes: set[str]) -> list[dict[str, str]]:
    """Return the properties that things of some classes may have; `classes` are local names, those above included."""
    return [
        {"id": each.id, "name": each.name}
        for each in PROPERTIES.values()
        if not each.classes or not classes or classes.intersection(each.classes)
    ]
