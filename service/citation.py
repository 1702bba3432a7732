"""How to cite the dataset: as a Citation File Format document (1.2.0), and in a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from graph.dcat import title
from graph.terms import BASE

if TYPE_CHECKING:
    from graph.manifests import Manifest

MEDIA_TYPE: Final = "application/yaml"
AUTHOR: Final = "The Coorbit developers"
_LICENCE: Final = "CC-BY-4.0"


def sentence(manifest: Manifest, site: str) -> str:
    """Return the citation of a version, as one writes it into a text."""
    return (
        f"{AUTHOR}: {title(manifest)}, version {manifest.number} of {manifest.created[:10]}. {_address(manifest, site)}"
    )


def citation_file(manifest: Manifest, site: str) -> str:
    """Return CITATION.cff for a version; it has no identifier, since none was registered.

    Args:
        manifest: of the version.
        site: address of the service, with a slash at its end.
    """
    values = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it with the version that you used.",
        "type": "dataset",
        "title": title(manifest),
        "version": str(manifest.number),
        "date-released": manifest.created[:10],
        "url": _address(manifest, site),
    }
    if manifest.made_from:
        values["license"] = _LICENCE
    lines = [f"{name}: {json.dumps(value)}\n" for name, value in values.items()]  # a JSON string is one of YAML too
    return "".join([*lines, "authors:\n", f"  - name: {json.dumps(AUTHOR)}\n"])


def _address(manifest: Manifest, site: str) -> str:
    return BASE if manifest.made_from else site
