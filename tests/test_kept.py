"""The versions that are kept: found by number, listed, held against pruning and claimed for it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from chains import NEWEST, write
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import NoVersion, VersionPruned, VersionUnknown
from graph.kept import claim, find_version, hold, kept_versions
from graph.versions import current

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


# A reader in a process of its own: it holds a version, says so, and goes when it is told to.
READER = """
import sys
from pathlib import Path
from graph.kept import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
# Another reader: between its opening of the manifest and its lock, the version is pruned by somebody else.
TOO_LATE = """
import sys
from pathlib import Path
from graph.kept import hold
version = Path(sys.argv[1])
def prune(event, arguments):
    if event == "fcntl.flock":
        version.rename(version.with_name("gone"))
sys.addaudithook(prune)
try:
    hold(version)
except FileNotFoundError:
    print("gone")
"""


@pytest.fixture
def home(chain: Path, tmp_path: Path) -> Path:
    """A copy of the home with several versions."""
    return copied(chain, tmp_path / "home")


def copied(chain: Path, home: Path, *, without: Collection[int] = ()) -> Path:
    """Copy a home but for some versions, as if they had been pruned."""
    left_out = {f"{number:06}" for number in without}
    return shutil.copytree(chain, home, symlinks=True, ignore=lambda _folder, names: left_out & {*names})


@given(pruned=st.sets(st.integers(1, NEWEST - 1)), number=st.integers(-2, NEWEST + 3))
@settings(max_examples=40, deadline=None)
def test_a_version_is_found_while_it_is_kept(
    chain: Path, tmp_path_factory: pytest.TempPathFactory, pruned: set[int], number: int
) -> None:
    """Whatever was pruned: a kept number is found, a pruned one names its kept neighbours, no other ever was one."""
    home = copied(chain, tmp_path_factory.mktemp("pruned") / "home", without=pruned)
    kept = [each for each in range(1, NEWEST + 1) if each not in pruned]
    assert [each.manifest.number for each in kept_versions(home)] == kept[::-1]
    if number in kept:
        found = find_version(home, number)
        assert (found.manifest.number, found.manifest.message) == (
            number,
            "INSERT DATA { <urn:s" if number > 1 else "an empty dataset",
        )
        assert found.store.is_dir()
    elif number in pruned:
        with pytest.raises(VersionPruned) as gone:
            find_version(home, number)
        before = [each for each in kept if each < number][-1:]
        after = [each for each in kept if each > number][:1]
        assert gone.value.nearest == (*before, *after)
    else:
        with pytest.raises(VersionUnknown, match=f"the newest is {NEWEST}"):
            find_version(home, number)


def test_a_home_without_versions_has_none_to_find(tmp_path: Path) -> None:
    """The error is that of a home without a dataset."""
    with pytest.raises(NoVersion):
        find_version(tmp_path, 1)


def test_what_never_was_current_is_no_version(home: Path) -> None:
    """A writer died before its version became current: its number is no version, before the next write and after."""
    last = find_version(home, NEWEST)
    (home / "current").unlink()
    (home / "current").symlink_to(f"versions/{NEWEST - 1:06}")
    for write_more in (False, True):
        if write_more:
            write(home, "INSERT DATA { <urn:s> <urn:made> 7 }")
            assert current(home).manifest.parent == NEWEST - 1
        assert last.store.is_dir()
        assert NEWEST not in [each.manifest.number for each in kept_versions(home)]
        with pytest.raises(VersionUnknown):
            find_version(home, NEWEST)
        assert find_version(home, NEWEST - 1).manifest.number == NEWEST - 1


def test_a_version_that_is_held_cannot_be_claimed(home: Path) -> None:
    """Readers share a hold; when the last of them has let go, one process claims the version and nobody can hold it."""
    version = find_version(home, 3).directory
    with hold(version):
        with hold(version):
            assert claim(version) is None
        assert claim(version) is None
    claimed = claim(version)
    assert claimed is not None
    with claimed:
        with pytest.raises(FileNotFoundError):
            hold(version)
        assert claim(version) is None
    hold(version).close()


def test_a_reader_that_is_killed_holds_nothing(home: Path) -> None:
    """The hold is the process's: kill -9 ends it."""
    version = find_version(home, 3).directory
    with subprocess.Popen(
        [sys.executable, "-c", READER, version], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "held\n"
        assert claim(version) is None
        reader.send_signal(signal.SIGKILL)
        reader.wait()
        claimed = claim(version)
    assert claimed is not None
    claimed.close()


def test_who_comes_too_late_holds_nothing(home: Path) -> None:
    """A version that was moved away, or is gone, cannot be held, and its number is found no more."""
    version = find_version(home, 3).directory
    claimed = claim(version)
    assert claimed is not None
    with claimed:
        version.rename(home / "gone")
    with pytest.raises(FileNotFoundError):
        hold(version)
    with pytest.raises(FileNotFoundError):
        claim(version)
    with pytest.raises(VersionPruned):
        find_version(home, 3)


def test_a_version_pruned_meanwhile_is_not_held(home: Path) -> None:
    """The lock of a manifest that is not in its place any more is no hold."""
    version = find_version(home, 3).directory
    run = subprocess.run([sys.executable, "-c", TOO_LATE, version], capture_output=True, text=True, check=True)
    assert run.stdout == "gone\n"
