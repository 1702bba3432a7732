"""A disk without room: the write is not made, who asked is told so without paths, and the input is not blamed."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from conftest import COORBIT
from processes import family, server_at

from graph.errors import HomeBusy, HomeUnusable
from graph.versions import current
from service.problems import status_of

if TYPE_CHECKING:
    from conftest import Coorbit, Serve

FILE_BYTES = 20_000  # that any file may have: the kernel then refuses as it does on a full disk
MANY = "".join(f"<http://e.test/s{n}> <http://e.test/p> <http://e.test/o{n}> .\n" for n in range(20_000))


def test_a_write_over_http_is_507(tmp_path: Path, coorbit: Coorbit, serve: Serve) -> None:
    """It says that the service has no room and nothing of where it lies; the version before stays."""
    token = coorbit("token", "create", "--scope", "write", "--home", tmp_path).stdout.strip()
    with serve(tmp_path, "--empty", "--no-shapes") as client:
        server = server_at(client.base_url.port)
        for process in (each for each, parent in family("zygote").items() if parent == server):
            resource.prlimit(process, resource.RLIMIT_FSIZE, (FILE_BYTES, resource.RLIM_INFINITY))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"}
        refused = client.put("/store?default", content=MANY, headers=headers)
        assert refused.status_code == 507, refused.text
        assert "no more room on its disk, and nothing was changed" in refused.json()["detail"]
        assert str(tmp_path) not in refused.text
        assert "--home" not in refused.text
    assert current(tmp_path).manifest.number == 1


def test_a_commit_does_not_blame_its_file(tmp_path: Path, coorbit: Coorbit) -> None:
    """The home is named, and what is to be done; not the file, in which nothing is wrong."""
    data, home = tmp_path / "data.nt", tmp_path / "home"
    data.write_text("<http://e.test/s> <http://e.test/p> 1 .".replace(" 1 ", " <http://e.test/o> "))
    assert coorbit("build", "--from", data, "--no-shapes", "--home", home).returncode == 0
    data.write_text(MANY)
    run = subprocess.run(
        [COORBIT, "commit", data, "--home", home],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES)),
    )
    assert run.returncode == 1, run.stdout
    last = run.stderr.splitlines()[-1]
    assert last.startswith(f"coorbit: {home} cannot be used as home: ")
    assert last.endswith("make room on its disk, then do it again")
    assert "data.nt" not in last
    assert current(home).manifest.number == 1


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        pytest.param(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/srv/x"), 507, id="full"),
        pytest.param(OSError("IO error: No space left on device: While appending to file: /srv/x"), 507, id="engine"),
        pytest.param(OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), 507, id="quota"),
        pytest.param(PermissionError(errno.EACCES, os.strerror(errno.EACCES), "/srv/x"), 503, id="not allowed"),
    ],
)
def test_a_home_that_cannot_be_used_is_told_without_its_path(fault: OSError, status: int) -> None:
    """Whoever asks learns what became of the request; the command and the log have the path."""
    error = HomeUnusable(Path("/srv/home"), fault)
    assert status_of(error) == status
    assert "/srv" not in error.public
    assert "nothing was changed" in error.public
    assert "/srv/home" in str(error)
    assert "/srv" not in HomeBusy(Path("/srv/home"), 1).public
