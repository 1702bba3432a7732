"""What a version says of itself: its manifest, and the copy that can show that it is what was written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from graph.disk import put_in_place
from graph.errors import VersionDamaged

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: Final = "manifest.json"

MANIFEST_COPY: Final = "manifest.copy"
"""The SHA-256 of the manifest, a line feed, and the manifest again."""

Kind = Literal["published", "plain"]
"""Published: named graphs, their merge and shapes. Plain: whatever was written, as it was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFile:
    """One file of the store: its name, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a version says of itself in `manifest.json`.

    Attributes:
        number: 1 for the first version of a home.
        parent: the number of the version before, None for the first.
        created: UTC, ISO 8601.
        author: who made it.
        message: why.
        kind: of the dataset, the same in all versions of a home; see `Kind`.
        packaged: whether it is what the package makes; after a commit it is not.
        software: version of coorbit that made it.
        engine: version of pyoxigraph that wrote the store.
        triples: of the default graph.
        graphs: named graph IRI to its number of quads; an empty graph that the engine keeps has 0.
        digest: of the set of named-graph quads, in a plain dataset of all quads; see `graph.digest`.
        files: the store's files, by name.
        made_from: `graph.resources.package_digest` of the package that it, or what commits have changed since, was made
            from; empty for another origin.
        store: name of the folder of the engine's files; a repair makes another, so that no reader finds one file in
            place of another.
        search: the files of the search index, by name; a plain dataset has none.
        beside: the report of a published dataset; versions of older software have none here.
    """

    number: int
    parent: int | None
    created: str
    author: str
    message: str
    packaged: bool
    software: str
    engine: str
    triples: int
    graphs: dict[str, int]
    digest: str
    files: list[StoreFile]
    kind: Kind = "published"
    made_from: str = ""
    store: str = "store"
    search: list[StoreFile] = field(default_factory=list)
    beside: list[StoreFile] = field(default_factory=list)


def read_manifest(directory: Path) -> Manifest:
    """Read what a version says of itself: by the copy as long as that is what was written, since it can show that.

    Raises:
        FileNotFoundError: there is no such directory.
        VersionDamaged: it is missing, or neither it nor its copy is what was written.
    """
    try:
        text = (directory / MANIFEST).read_bytes()
        manifest = _parsed(read_manifest_copy(directory) or text)
    except FileNotFoundError as fault:
        if not directory.is_dir():
            raise
        raise VersionDamaged(_number(directory), f"{MANIFEST} is missing") from fault
    except (ValueError, KeyError, TypeError) as fault:
        raise VersionDamaged(_number(directory), f"{MANIFEST} cannot be read ({fault})") from fault
    if _number(directory) not in {0, manifest.number}:
        raise VersionDamaged(_number(directory), f"{MANIFEST} is of version {manifest.number}")
    return manifest


def manifest_fault(directory: Path) -> str:
    """Say what is wrong with the manifest of a version, beside its copy; empty where it is as it was written."""
    try:
        text = (directory / MANIFEST).read_bytes()
    except FileNotFoundError:
        return "is missing"
    if read_manifest_copy(directory) not in {None, text}:
        return "is not what was written: it differs from its copy"
    try:
        number = _parsed(text).number
    except (ValueError, KeyError, TypeError):
        return "cannot be read"
    return "" if number == _number(directory) else f"is of version {number}"


def read_manifest_copy(directory: Path) -> bytes | None:
    """Return the text of a version's manifest by the copy that is kept beside it; None where there is no good one."""
    try:
        digest, _, text = (directory / MANIFEST_COPY).read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    return text if hashlib.sha256(text).hexdigest().encode() == digest else None


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Write a manifest and its copy, each in place of what is there at once; a reader finds the one or the other."""
    for name, content in manifest_files(manifest).items():
        put_in_place(directory / name, content)


def manifest_files(manifest: Manifest) -> dict[str, bytes]:
    """Return the manifest and its copy by file name."""
    text = (json.dumps(asdict(manifest), indent=2) + "\n").encode()
    return {MANIFEST_COPY: hashlib.sha256(text).hexdigest().encode() + b"\n" + text, MANIFEST: text}


def _parsed(text: bytes) -> Manifest:
    content = json.loads(text)
    for name in ("files", "search", "beside"):
        content[name] = [StoreFile(**entry) for entry in content.get(name, [])]
    return Manifest(**content)


def _number(directory: Path) -> int:
    return int(directory.name) if directory.name.isdecimal() else 0
