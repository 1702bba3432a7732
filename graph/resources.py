"""Where the packaged files lie: ontology, queries and curated data.

In a wheel they stand inside the package `graph`, in a checkout or an editable install beside it; one function
knows, so that nothing else has to.
"""

from __future__ import annotations

import hashlib
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


def package_digest() -> str:
    """Return the SHA-256 of all that the packaged graph is made from: data, ontology, queries and this package's code.

    Two installations with the same digest make the same dataset; reading the files takes a hundredth of making it.
    """
    digest = hashlib.sha256()
    for folder in (_PACKAGE, resource_dir("ontology"), resource_dir("queries"), resource_dir("data")):
        pattern = "*.py" if folder == _PACKAGE else "*"
        for path in sorted(path for path in folder.rglob(pattern) if path.is_file()):
            digest.update(f"{folder.name}/{path.relative_to(folder)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
