"""Templates, for whichever process renders: autoescaped, compiled once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader

from service.assets import ASSETS
from service.site import Site

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
)
TEMPLATES.globals["asset"] = ASSETS.path
"""`asset("style.css")`: what stands behind the root in the address of a file, None where it is not built."""


def render(template: str, **context: object) -> bytes:
    """Render a page to UTF-8; values are escaped. `site` says where it is; what lacks it is at the top of a host."""
    return TEMPLATES.get_template(template).render({"site": Site(), **context}).encode()


def compile_ahead(*templates: str) -> None:
    """Compile templates, so that no page waits for it; a fork has what its parent has compiled."""
    for each in templates:
        TEMPLATES.get_template(each)
