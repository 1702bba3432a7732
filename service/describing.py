"""What `/void` and `/dcat` answer, and what the front page tells crawlers: read from files that a build has made.

No query is run for it. A description is the same for everyone who asks under one address, and is kept until there is
another version or release.
"""

from __future__ import annotations

import gzip
import hashlib
import logging
from collections import OrderedDict
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal, cast

import pyoxigraph as ox

from graph.dcat import title, told
from graph.descriptions import Published, dcat_statements, void_statements
from graph.errors import FiguresUnreadable
from graph.figures import read_counted
from graph.releases import CURRENT, dumps_of, releases
from graph.statements import DESCRIPTION_PREFIXES, LICENCE, triples
from graph.versions import FIGURES
from service.answering import GZIP_LEVEL, dataset_of
from service.formats import rdf_format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from graph.figures import Counted
    from graph.releases import Release
    from graph.versions import Version
    from service.deps import Chosen
    from service.formats import Format

_log = logging.getLogger(__name__)

_KEPT: Final = 32  # two descriptions in six formats, plain and compressed, and some more
_STATEMENTS: Final = {"void": void_statements, "dcat": dcat_statements}
_TYPES: Final = {"coorbit.ttl": "text/turtle", "coorbit.trig": "application/trig"}

Vocabulary = Literal["void", "dcat"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A description as it is sent: its bytes, and the entity tag that tells them from others."""

    body: bytes
    etag: str


class Descriptions:
    """The descriptions of a home's versions, made when they are first asked for; threads may share it."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._lock = Lock()
        self._kept: OrderedDict[tuple[object, ...], Description] = OrderedDict()

    def get(
        self, chosen: Chosen, vocabulary: Vocabulary, *, into: Format, site: str, coding: str = "identity"
    ) -> Description:
        """Return a description in one of `formats.GRAPHS`.

        Args:
            chosen: the version; it is told of as the current one unless a request names it.
            vocabulary: of the description.
            into: the format.
            site: address of the service, with a slash at its end.
            coding: `gzip` or `identity`.
        """
        names = tuple(sorted(path.name for path in (self._home / "releases").glob("[!.]*")))
        version, is_current = chosen.version, not chosen.is_fixed
        key = (version.manifest.number, is_current, dataset_of(version), names, vocabulary, into.name, site, coding)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                kept = self._made(published(self._home, version, site, is_current=is_current), vocabulary, into, coding)
                self._kept[key] = kept
                if len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
            else:
                self._kept.move_to_end(key)
            return kept

    def _made(self, about: Published, vocabulary: Vocabulary, into: Format, coding: str) -> Description:
        statements = _STATEMENTS[vocabulary](about)
        by_subject: dict[object, dict[ox.Triple, None]] = {}  # so that Turtle names each subject once, each triple too
        for triple in triples(statements):
            by_subject.setdefault(triple.subject, {})[triple] = None
        body = cast(
            "bytes",
            ox.serialize(
                chain.from_iterable(by_subject.values()), format=rdf_format(into), prefixes=DESCRIPTION_PREFIXES
            ),
        )
        if coding == "gzip":
            body = gzip.compress(body, GZIP_LEVEL, mtime=0)
        digest = hashlib.blake2b(body, digest_size=12).hexdigest()
        return Description(body=body, etag=f'"{about.manifest.number}-{digest}"')


def published(home: Path, version: Version, site: str, *, is_current: bool = True) -> Published:
    """Gather what is told of a version, from its manifest, its figures and the releases of its home.

    Args:
        home: of the dataset.
        version: that is told of.
        site: address of the service, with a slash at its end.
        is_current: whether it is told of as the current one; of an older one releases that came later are not told.
    """
    found = [each for each in releases(home) if is_current or each.version <= version.manifest.number]
    counted = _counted(home, version, found)
    return Published(manifest=version.manifest, counted=counted, releases=found, site=site, is_current=is_current)


def structured_data(version: Version, site: str) -> dict[str, object]:
    """Return the dataset as a schema.org Dataset in JSON-LD, as crawlers read it from a page.

    Args:
        version: the current one.
        site: address of the service, with a slash at its end.
    """
    manifest = version.manifest
    content: dict[str, object] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": Published(manifest=manifest, site=site).dataset,
        "name": title(manifest),
        "description": told(manifest),
        "url": site,
        "version": str(manifest.number),
        "dateModified": manifest.created,
        "isAccessibleForFree": True,
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": f"{site}dcat#catalogue", "url": f"{site}dcat"},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{site}dumps/{name}", "encodingFormat": _TYPES[name]}
            for name in CURRENT
        ],
    }
    if manifest.made_from:
        content["license"] = LICENCE
    return content


def _counted(home: Path, version: Version, found: Sequence[Release]) -> Counted | None:
    """Return what was counted last, by the build that the version goes back to or by a release since."""
    number = version.manifest.number
    places = [version.directory / FIGURES]
    places += [dumps_of(home, each.name) / FIGURES for each in found if each.version <= number][:1]
    counted = [each for each in map(_read, places) if each is not None]
    return max(counted, key=lambda each: each.version, default=None)


def _read(path: Path) -> Counted | None:
    try:
        return read_counted(path)
    except FileNotFoundError:
        return None
    except FiguresUnreadable as fault:
        _log.warning("described without figures error=%s", fault)
        return None
