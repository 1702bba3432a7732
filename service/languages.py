"""The languages in which names of things are shown, and which of them a reader wants.

The words of the pages themselves are English; labels come in the language that the address names (`lang=`), else in the
one that the browser asks for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from graph.request_errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LANGUAGES: Final = {
    "en": "English",
    "zh": "中文",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "ru": "Русский",
}
"""Tag to the language's own name, in the order of the switcher."""

ENGLISH: Final = "en"
PARAMETER: Final = "lang"

_ELEMENT: Final = re.compile(r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([^\s;]*)\s*)?")
_WEIGHT: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


class Language(NamedTuple):
    """A language for labels: its tag, and whether the address names it, so that links keep it."""

    tag: str = ENGLISH
    is_chosen: bool = False


def read_language(pairs: Iterable[tuple[str, str]], accept_language: str) -> Language:
    """Return the language that a request wants labels in.

    Args:
        pairs: parameters of its address, of which `lang` counts.
        accept_language: its header of that name; empty where there is none.

    Raises:
        BadRequest: `lang` is none of the languages that there are.
    """
    named = [value for name, value in pairs if name == PARAMETER]
    if not named:
        return Language(preferred(accept_language))
    if len(named) > 1 or named[0].lower() not in LANGUAGES:
        message = f"lang= takes one of {', '.join(LANGUAGES)}: the language of the names that a page shows"
        raise BadRequest(message)
    return Language(named[0].lower(), is_chosen=True)


@lru_cache(maxsize=1024)
def preferred(accept_language: str) -> str:
    """Return the language that a browser likes best of those there are (RFC 4647, 3.4: by the first subtag).

    English where it likes none of them, or English as well.
    """
    weights: dict[str, float] = {}
    for element in accept_language.split(","):
        if match := _ELEMENT.fullmatch(element):
            weight = float(match[2]) if match[2] and _WEIGHT.fullmatch(match[2]) else 1.0
            tag = match[1].lower()
            weights[tag] = max(weight, weights.get(tag, 0.0))
    others = weights.get("*", 0.0)
    best = max(LANGUAGES, key=lambda tag: weights.get(tag, others))
    return best if weights.get(best, others) > 0 else ENGLISH


def rank(tag: str | None, wanted: str) -> tuple[int, str]:
    """Return how well a label's language suits a reader, the smaller the better: theirs, English, none, any other."""
    found = (tag or "").lower()
    order: Sequence[bool] = (
        found == wanted,
        found.startswith(f"{wanted}-"),
        found == ENGLISH,
        found.startswith(f"{ENGLISH}-"),
        not found,
    )
    return next((place for place, fits in enumerate(order) if fits), len(order)), found


def told_of(tags: Sequence[str], wanted: str = ENGLISH) -> str:
    """Return what a `lang` attribute on an English page says of a name; empty for an English one and for none.

    Args:
        tags: of the languages in which it is called so.
        wanted: by the reader; it goes before others.
    """
    if any(is_in(tag, ENGLISH) for tag in tags):
        return ""
    return next((tag for tag in tags if is_in(tag, wanted)), tags[0] if tags else "")


def is_in(tag: str | None, wanted: str) -> bool:
    """Return whether a label's language is the wanted one, or a variety of it such as pt-BR of pt."""
    found = (tag or "").lower()
    return found == wanted or found.startswith(f"{wanted}-")
