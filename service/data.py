"""What the data page and the quality report show, without HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graph.releases import CURRENT
from graph.terms import GRAPHS, compact
from service.paths import address_on, link_to, path_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.descriptions import Published
    from graph.figures import Linkset
    from graph.manifests import Manifest
    from graph.releases import DumpFile, Release
    from service.site import Site


CONFORMANCE: Final = (
    ("protocol", 34, 0, 34),
    ("graph store protocol", 13, 0, 13),
    ("service description", 3, 0, 3),
    ("query", 226, 8, 234),
    ("syntax", 152, 0, 152),
    ("result formats", 9, 1, 10),
    ("update", 102, 0, 102),
)
"""Suites of the W3C for SPARQL 1.1: tests passed, known failures, all; `pytest --w3c DIR tests/conformance` counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedGraph:
    """A named graph: what it is called, the path of its page (empty where it has none), and its number of quads."""

    name: str
    path: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPage:
    """The data page.

    Attributes:
        manifest: of the current version.
        is_ours: whether it is the packaged dataset, with its licence, or made from it.
        dumps: names of the files of the current version.
        release: the newest one; None where there is none.
        files: of that: the whole dataset in each format.
        others: how many further files it has.
        graphs: the named graphs.
        linksets: as they were counted last.
        counted: number of the version that they were counted in.
        site: address of the service, with a slash at its end.
    """

    manifest: Manifest
    is_ours: bool
    dumps: Sequence[str]
    release: Release | None
    files: Sequence[DumpFile]
    others: int
    graphs: Sequence[NamedGraph]
    linksets: Sequence[Linkset]
    counted: int
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a measure: what it is about, where that leads, how many, and of how many (None: a count by itself)."""

    about: str
    href: str
    value: int
    total: int | None

    @property
    def share(self) -> str:
        """How much of the total it is, in percent."""
        return f"{self.value / self.total:.0%}" if self.total else ""


def data_page(about: Published, site: str) -> DataPage:
    """Gather the data page from what is told of the current version; `site` is the service's address."""
    release = about.releases[0] if about.releases else None
    whole = [each for each in release.files if each.graph is None and each.statements is not None] if release else []
    return DataPage(
        manifest=about.manifest,
        is_ours=bool(about.manifest.made_from),
        dumps=CURRENT,
        release=release,
        files=whole,
        others=len(release.files) - len(whole) if release else 0,
        graphs=[
            NamedGraph(name=name.removeprefix(GRAPHS), path=path_of(name) or "", count=count)
            for name, count in about.manifest.graphs.items()
        ],
        linksets=about.counted.linksets if about.counted else (),
        counted=about.counted.version if about.counted else 0,
        site=site,
    )


def measures_of(report: Mapping[str, Any], site: Site) -> list[tuple[str, list[Row]]]:
    """Return the measures of a report, each with its question and its rows."""
    return [(each["question"], [_row(row, site) for row in each["rows"]]) for each in report["measures"]]


def _row(row: Mapping[str, Any], site: Site) -> Row:
    about = row["about"]
    href = address_on(site, about) if "://" in about else ""
    return Row(about=compact(about), href=href, value=row["value"], total=row["total"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A class or property in use: its short name, where that leads, how many triples or things, how many subjects."""

    name: str
    path: str
    href: str
    count: int
    subjects: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What was counted last, for a page: classes and properties, the most used first."""

    classes: Sequence[Partition]
    properties: Sequence[Partition]


def described_page(about: Published) -> Described | None:
    """Gather the partitions of a dataset; None where nothing was counted."""
    if about.counted is None:
        return None
    figures = about.counted.figures
    return Described(
        classes=[_partition(iri, count) for iri, count in _most_first(figures.classes)],
        properties=[
            _partition(iri, count, figures.property_subjects[iri]) for iri, count in _most_first(figures.properties)
        ],
    )


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _partition(iri: str, count: int, subjects: int | None = None) -> Partition:
    path = path_of(iri) or ""
    return Partition(
        name=compact(iri), path=path, href="" if path else link_to(iri, ""), count=count, subjects=subjects
    )
