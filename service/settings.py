"""The settings of the service, read once from COORBIT_* and passed on.

An orchestrator injects names of its own (COORBIT_PORT, COORBIT_SERVICE_HOST), so address and port are options of
the command, not settings.
"""

from __future__ import annotations

import difflib
import logging
import os
from pathlib import Path

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_log = logging.getLogger(__name__)

_PREFIX = "COORBIT_"


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
    body_mb: int = Field(default=16, gt=0, description="largest request body in megabytes")


def warn_of_unknown_settings() -> None:
    """Log a warning for each COORBIT_* variable that is no setting, with the nearest one that is."""
    known = [_PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.startswith(_PREFIX) and name.upper() not in known:
            near = difflib.get_close_matches(name.upper(), known, n=1)
            hint = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
            _log.warning("unknown setting %s is ignored%s", name, hint)
