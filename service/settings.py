"""The settings of the service, read once from COORBIT_* and passed on.

An orchestrator injects names of its own (COORBIT_PORT, COORBIT_SERVICE_HOST), so address and port are options of
the command, not settings.
"""

from __future__ import annotations

import difflib
import logging
import os
import re
from pathlib import Path
from typing import Annotated

import platformdirs
from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from service.hosts import Network, base_address, networks

_log = logging.getLogger(__name__)

_PREFIX = "COORBIT_"
_OF_THE_BUILD = "COORBIT_WEB"  # says of an installation whether it may do without scripts; nothing that runs reads it


def _public_url(text: str | None) -> str | None:
    return None if text is None else base_address(text)


def _report_url(text: str | None) -> str | None:
    """Check where errors are reported.

    Raises:
        ValueError: it is no address to which a page could link, or has braces around something else.
    """
    if text is None:
        return None
    if not re.fullmatch(r"(?:mailto:[^\s<>\"]+@|https?://[^\s<>\"/]+/)[^\s<>\"]*", text):
        message = (
            "it is no address such as mailto:data@example.org?subject={iri} or https://example.org/new?title={iri}"
        )
        raise ValueError(message)
    if unknown := set(re.findall(r"\{(.*?)\}", text)) - {"iri", "version"}:
        message = f"{{iri}} and {{version}} are filled in, and not {', '.join(sorted(unknown))}"
        raise ValueError(message)
    return text


def _trusted_hosts(value: object) -> object:
    return networks(value) if isinstance(value, str) else value


def _endpoints(value: object) -> object:
    """Read addresses of endpoints.

    Raises:
        ValueError: one is not a whole http or https address.
    """
    if not isinstance(value, str):
        return value
    for address in value.split():
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`/]+/[^\s<>\"{}|\\^`]*", address):
            message = f"{address} is not the whole address of an endpoint, such as https://example.org/sparql"
            raise ValueError(message)
    return tuple(value.split())


class Settings(BaseSettings):
    """What an operator can set; each field is the variable COORBIT_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True)

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("coorbit"),
        description="directory that holds the versions of the dataset",
    )
    query_timeout_s: float = Field(
        default=30.0, gt=0, le=86_400, allow_inf_nan=False, description="seconds after which a query is ended"
    )
    query_memory_mb: int = Field(default=1024, ge=64, description="megabytes that a query may take beyond the store")
    buffer_mb: int = Field(default=8, gt=0, description="megabytes of an answer that are kept before it is sent")
    spool_mb: int = Field(default=2048, gt=0, description="megabytes that a large answer may take on disk")
    merge_quads: int = Field(default=200_000, gt=0, description="quads that FROM of several graphs may merge")
    short_places: int = Field(default=6, gt=0, description="queries that are evaluated at once in the short lane")
    heavy_places: int = Field(
        default=4, ge=2, description="heavy queries that are evaluated at once; one client has at most all but one"
    )
    history_places: int = Field(
        default=2,
        ge=2,
        description="queries of old versions that are evaluated at once; heavy ones leave one place free",
    )
    cache_mb: int = Field(default=128, ge=0, description="megabytes of answers kept ready; 0 keeps none")
    send_timeout_s: float = Field(
        default=30.0,
        gt=0,
        allow_inf_nan=False,
        description="seconds after which a reader that takes nothing, or half a request, is dropped",
    )
    url_kb: int = Field(default=60, gt=0, le=64, description="longest query string of an address in kilobytes")
    body_mb: int = Field(default=16, gt=0, description="largest request body in megabytes")
    keep_versions: int = Field(default=50, gt=0, description="newest versions that are kept, beside every release")
    service_allow: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_endpoints)] = Field(
        default=(), description="whole addresses of the endpoints that SERVICE may name, with spaces between them"
    )
    public_url: Annotated[str | None, AfterValidator(_public_url)] = Field(
        default=None, description="address under which clients reach the service, such as https://example.org/coorbit"
    )
    report_url: Annotated[str | None, AfterValidator(_report_url)] = Field(
        default=None,
        description="address where errors are reported: mailto: or https:, with {iri} and {version} where they belong",
    )
    trusted_hosts: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_trusted_hosts)] = Field(
        default=(), description="addresses or networks of proxies whose forwarded headers are believed"
    )


def warn_of_unknown_settings() -> None:
    """Log a warning for each COORBIT_* variable that is no setting, with the nearest one that is."""
    known = [_PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.startswith(_PREFIX) and name.upper() not in {*known, _OF_THE_BUILD}:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
            _log.warning("unknown setting %s is ignored%s", name, hint)
