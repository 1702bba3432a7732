"""Where the packaged files lie: ontology, queries and curated data.

In a wheel they stand inside the package `graph`, in a checkout or an editable install beside it; one function
knows, so that nothing else has to.
"""

from __future__ import annotations

from pathlib import Path

from graph.errors import CoorbitError

_PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """Return the folder `ontology`, `queries` or `data` of the installed package or the checkout.

    Raises:
        CoorbitError: the folder is in neither place, so the installation is broken.
    """
    places = [_PACKAGE / name] if name == "data" else [_PACKAGE / name, _PACKAGE.parent / name]
    for place in places:
        if place.is_dir():
            return place
    message = f"the folder {name}/ is missing from the installation: reinstall coorbit"
    raise CoorbitError(message)
