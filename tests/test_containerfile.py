"""The Containerfile, read and checked against the project; no engine builds it here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from service.settings import Settings

if TYPE_CHECKING:
    import httpx
    from conftest import Coorbit

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
STEPS = [
    (match[1], re.sub(r"\s*\\\n\s*", " ", match[2]).strip())
    for match in re.finditer(r"^([A-Z]+) ((?:.*\\\n)*.*)$", TEXT, re.MULTILINE)
]


def steps(name: str) -> list[str]:
    """Return what stands after an instruction, each time it stands there."""
    return [rest for instruction, rest in STEPS if instruction == name]


def words(name: str) -> list[str]:
    """Return the list of words of an instruction that stands once."""
    (rest,) = steps(name)
    found: list[str] = json.loads(rest[rest.index("[") :])
    return found


def environment() -> dict[str, str]:
    """Return the variables that the image sets."""
    return dict(pair.split("=", 1) for rest in steps("ENV") for pair in rest.split())


def test_what_is_copied_is_what_the_wheel_needs() -> None:
    """Every folder and file that pyproject.toml names for the wheel is copied, and all of it exists."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    copied = {name for rest in steps("COPY") if "--from" not in rest for name in rest.split()[:-1]}
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    needed = {*wheel, project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"}
    assert copied == needed
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_one_port_throughout() -> None:
    """The port that the command listens on is the one exposed and the one that the health check asks."""
    command = words("CMD") if len(steps("CMD")) == 1 else []
    assert command[:1] == ["serve"]
    assert command[command.index("--host") + 1] == "0.0.0.0"  # noqa: S104  (a container's own network)
    port = command[command.index("--port") + 1]
    assert steps("EXPOSE") == [port]
    assert f"http://127.0.0.1:{port}/health/ready" in words("HEALTHCHECK")[-1]


def test_options_exist(coorbit: Coorbit) -> None:
    """Each option of the command is one that `coorbit serve` takes."""
    shown = coorbit("serve", "--help", NO_COLOR="1", COLUMNS="100").stdout
    assert [word for word in words("CMD") if word.startswith("--") and word not in shown] == []


def test_the_home_is_a_volume_of_the_user() -> None:
    """The home is the volume; it belongs to the user that the service runs as, who is not root."""
    (home,) = words("VOLUME")
    assert environment()["COORBIT_HOME"] == home
    (user,) = steps("USER")
    assert user.split(":")[0] != "0"
    (created,) = [rest for rest in steps("RUN") if rest.startswith("useradd")]
    assert f"--uid {user.split(':')[0]} " in created
    assert f"--home-dir {home} --create-home" in created


def test_settings_exist() -> None:
    """Each COORBIT_ variable in the file is a setting, or that of the build."""
    names = {name.removeprefix("COORBIT_").lower() for name in re.findall(r"COORBIT_\w+", TEXT)}
    assert names <= {*Settings.model_fields, "web"}


def test_an_init_reaps() -> None:
    """The first process is an init, installed from Debian, and the command is ours."""
    assert words("ENTRYPOINT") == ["tini", "--", "coorbit"]
    assert any("apt-get install" in rest and " tini " in rest for rest in steps("RUN"))


def test_no_host_is_named() -> None:
    """Besides the base image's bare name and its own health check, the file names no host."""
    assert {rest.split()[0] for rest in steps("FROM")} == {"python:3.11-slim"}
    assert {match[1] for match in re.finditer(r"https?://([^/\s']+)", TEXT)} == {"127.0.0.1:8000"}


@pytest.mark.parametrize("up", [True, False], ids=["ready", "nobody there"])
def test_the_health_check_tells_ready_from_not(client: httpx.Client, *, up: bool) -> None:
    """The very command of the health check ends with 0 where the service is ready, and not where nobody answers."""
    check = words_of_health_check()
    address = f"127.0.0.1:{client.base_url.port}" if up else "127.0.0.1:9"
    done = subprocess.run([sys.executable, *check[1:-1], check[-1].replace("127.0.0.1:8000", address)], check=False)
    assert (done.returncode == 0) == up


def words_of_health_check() -> list[str]:
    """Return the command that the health check runs; the image's Python stands first."""
    check = words("HEALTHCHECK")
    assert check[0] == "python"
    return check
