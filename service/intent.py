"""What a request says of the commit that it asks for: whether it is only tried, and why it is made.

A message comes as the parameter `message=` or in the header `Coorbit-Message`, there as percent-encoded UTF-8, as the
header `Slug` of RFC 5023, 9.7 has it: a header holds ASCII alone, and an encoding of its own would ask more of clients.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from graph.request_errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.datastructures import Headers

MESSAGE_HEADER: Final = "Coorbit-Message"
MESSAGE_CHARACTERS: Final = 500
"""How long a message may be."""

PARAMETERS: Final = frozenset({"dry-run", "message"})
"""Parameters that tell of a commit, on all writes alike."""

_HALF_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}")
_NOT_TEXT: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, surrogates, ends of lines and paragraphs
_HOW: Final = f"{MESSAGE_HEADER} takes percent-encoded UTF-8"


class Intent(NamedTuple):
    """What is said of a commit.

    Attributes:
        dry_run: whether only what would come of it is asked.
        message: why it is made; empty where nothing is said.
    """

    dry_run: bool
    message: str


def read_intent(headers: Headers, parameters: Iterable[tuple[str, str]]) -> Intent:
    """Read what a request says of its commit.

    Args:
        headers: of the request.
        parameters: of its address, and of its form where it has one.

    Raises:
        BadRequest: a value cannot be taken, or two say something different.
    """
    given = [(name, value) for name, value in parameters if name in PARAMETERS]
    dry_run = _is_dry_run([value for name, value in given if name == "dry-run"])
    messages = [value for name, value in given if name == "message"]
    messages += [_decoded(value) for value in headers.getlist(MESSAGE_HEADER)]
    if len(set(messages)) > 1:
        text = f"the commit has one message, by message= or by {MESSAGE_HEADER}: {len(messages)} came that differ"
        raise BadRequest(text)
    return Intent(dry_run, _checked(messages[0]) if messages else "")


def _is_dry_run(values: Sequence[str]) -> bool:
    if unknown := [value for value in values if value not in {"true", "false"}]:
        text = f"dry-run= takes true or false, not {unknown[0]!r}"
        raise BadRequest(text)
    return "true" in values


def _decoded(value: str) -> str:
    """Return what a header stands for."""
    if not value.isascii():
        text = f"{_HOW}: encode what is not ASCII, such as %C3%A9 for \u00e9"
        raise BadRequest(text)
    if half := _HALF_ESCAPE.search(value):
        text = f"{_HOW}: {half[0]!r} is no %XX; a percent sign is written %25"
        raise BadRequest(text)
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeDecodeError as fault:
        text = f"{_HOW}: its bytes are not UTF-8 at byte {fault.start}"
        raise BadRequest(text) from fault


def _checked(message: str) -> str:
    if len(message) > MESSAGE_CHARACTERS:
        text = f"the message of a commit has at most {MESSAGE_CHARACTERS} characters, not {len(message)}"
        raise BadRequest(text)
    for place, character in enumerate(message, start=1):
        if unicodedata.category(character) in _NOT_TEXT:
            text = f"the message of a commit is one line of text: character {place} is U+{ord(character):04X}"
            raise BadRequest(text)
    return message.strip()
