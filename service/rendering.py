"""Templates, for whichever process renders: autoescaped, compiled once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
)


def render(template: str, **context: object) -> bytes:
    """Render a page to UTF-8; values are escaped."""
    return TEMPLATES.get_template(template).render(context).encode()


def compile_ahead(*templates: str) -> None:
    """Compile templates, so that no page waits for it; a fork has what its parent has compiled."""
    for each in templates:
        TEMPLATES.get_template(each)
