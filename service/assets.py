"""What pages load beside their text: the style sheet and the scripts, each at an address that holds its digest.

An address so never means anything else, and may be kept for ever. The scripts are built from `service/web`; where they
were not, there is the style sheet alone, and the pages work as they do without JavaScript.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "/static/"
"""What stands before the name of a file in its address."""

MANIFEST: Final = "manifest.json"
_SHEET: Final = "style.css"
_LICENCES: Final = "licences.md"  # of what the scripts hold that others wrote
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
_GZIP_LEVEL: Final = 9  # once for each file
_DIGEST_CHARACTERS: Final = 12


@dataclass(frozen=True)
class Asset:
    """A file that pages load.

    Attributes:
        name: the last part of its address.
        path: where it lies.
    """

    name: str
    path: Path

    @property
    def content_type(self) -> str:
        """What it is, by its ending."""
        return _TYPES[self.path.suffix]

    @cached_property
    def body(self) -> bytes:
        """Its bytes."""
        return self.path.read_bytes()

    @cached_property
    def compressed(self) -> bytes | None:
        """The same by gzip; None where that is not shorter."""
        packed = gzip.compress(self.body, _GZIP_LEVEL, mtime=0)
        return packed if len(packed) < len(self.body) else None

    @cached_property
    def digest(self) -> str:
        """A digest of its bytes."""
        return hashlib.sha256(self.body).hexdigest()


class Assets:
    """The files of a service.

    Args:
        sheet: the style sheet.
        built: folder of what Vite has built; it need not be there.

    Attributes:
        digest: of which files there are: pages that name them differ by it.
    """

    def __init__(self, sheet: Path, built: Path) -> None:
        self._files: dict[str, Asset] = {}
        self._names: dict[str, str] = {}
        self._add(_SHEET, _named_by_digest(sheet))
        self.manifest: Mapping[str, Any] = _manifest(built)
        if self.manifest:
            for path in sorted(path for path in built.iterdir() if path.suffix in _TYPES and path.name != MANIFEST):
                if path.name == _LICENCES:
                    self._add(_LICENCES, _named_by_digest(path))
                else:
                    self._files[path.name] = Asset(path.name, path)
            for entry in (each for each in self.manifest.values() if each.get("isEntry")):
                self._names[f"{entry['name']}.js"] = entry["file"]
                self._names |= {f"{entry['name']}.css": file for file in entry.get("css", ())}
        self.digest = hashlib.sha256("\n".join(sorted(self._files)).encode()).hexdigest()[:_DIGEST_CHARACTERS]

    def path(self, name: str) -> str | None:
        """Return the path of a file by the name of its source, such as `style.css`; None where it is not built."""
        file = self._names.get(name)
        return None if file is None else PREFIX + file

    def get(self, file: str) -> Asset | None:
        """Return the file that has an address, by the last part of it; None where there is none."""
        return self._files.get(file)

    def _add(self, name: str, asset: Asset) -> None:
        self._names[name] = asset.name
        self._files[asset.name] = asset


def _named_by_digest(path: Path) -> Asset:
    digest = Asset(path.name, path).digest[:_DIGEST_CHARACTERS]
    return Asset(f"{path.stem}-{digest}{path.suffix}", path)


def _manifest(built: Path) -> Mapping[str, Any]:
    """Return Vite's manifest: of each source the file that was made of it; empty where nothing was built."""
    path = built / MANIFEST
    if not path.is_file():
        return {}
    manifest: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


ASSETS: Final = Assets(Path(__file__).parent / "web" / _SHEET, Path(__file__).parent / "static")
"""The files of this package, looked for once: what is built later is seen by the next start."""
