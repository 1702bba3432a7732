"""Content negotiation: from an Accept header to one of the formats (RFC 9110, section 12).

`Accept` is a list of ranges with weights, not a string to compare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from graph.query_errors import NotAcceptable
from graph.request_errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from service.formats import Format

_ELEMENT: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*(?:"|$))+')
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*)')
_RANGE: Final = re.compile(r"\s*([^\s;,/\"]+/[^\s;,/\"]+)")
_EXACT: Final = 3
_WEIGHT: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaRange:
    """One element of Accept: a range in lower case, and its weight from 0 to 1."""

    media_range: str
    weight: float

    def fits(self, media_types: Iterable[str]) -> int:
        """Return how closely the range fits any of the media types: 3 exactly, 2 by type, 1 as `*/*`, 0 not."""
        if self.media_range == "*/*":
            return 1
        if self.media_range.endswith("/*"):
            return 2 if any(name.startswith(self.media_range[:-1]) for name in media_types) else 0
        return _EXACT if self.media_range in media_types else 0


def parse_accept(header: str) -> list[MediaRange]:
    """Read an Accept header; elements that are not media ranges are passed over, parameters but `q` too.

    A weight that is not a number from 0 to 1 counts as 1, as if it had not been given.
    """
    ranges = []
    for element in _ELEMENT.findall(header):
        if match := _RANGE.match(element):
            parameters = {name.lower(): value for name, value in _PARAMETER.findall(element)}
            weight = parameters.get("q", "1")
            number = float(weight) if _WEIGHT.fullmatch(weight) else 1.0
            ranges.append(MediaRange(media_range=match[1].lower(), weight=number))
    return ranges


@lru_cache(maxsize=1024)
def choose(formats: tuple[Format, ...], accept: str) -> Format | None:
    """Return the format that the client likes best, the service's order breaking ties; None where none will do.

    A missing or empty header takes anything. Each format has the weight of the range that fits it most closely; an
    alias counts as long as the media type itself is not refused.
    """
    ranges = parse_accept(accept)
    if not ranges:
        return formats[0] if not accept.strip() else None
    best = max(formats, key=lambda each: _weight(each, ranges))  # max keeps the first of equals
    return best if _weight(best, ranges) > 0 else None


@lru_cache(maxsize=1024)
def choose_coding(accept_encoding: str) -> str:
    """Return `gzip` where the client takes it at least as gladly as what is not compressed, else `identity`.

    A missing or empty header asks for no compression (RFC 9110, 12.5.3).
    """
    weights: dict[str, float] = {}
    for element in accept_encoding.split(","):
        name, _, parameters = element.partition(";")
        weight = parameters.partition("=")[2].strip()
        weights[name.strip().lower()] = float(weight) if _WEIGHT.fullmatch(weight) else 1.0
    offered = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return "gzip" if offered > 0 and offered >= weights.get("identity", 0.0) else "identity"


def _weight(each: Format, ranges: Sequence[MediaRange]) -> float:
    own_fit, own_weight = _closest(ranges, (each.media_type,))
    alias_fit, alias_weight = _closest(ranges, each.aliases)
    if own_fit < _EXACT == alias_fit:
        return max(own_weight, alias_weight)
    return own_weight


def _closest(ranges: Sequence[MediaRange], media_types: Sequence[str]) -> tuple[int, float]:
    """Return fit and weight of the range that fits most closely; (0, 0) where none fits."""
    fits = [(fit, each.weight) for each in ranges if (fit := each.fits(media_types))]
    return max(fits, default=(0, 0.0), key=lambda fit: fit[0])


def named_or_liked(formats: tuple[Format, ...], name: str | None, accept: str, *, what: str) -> Format:
    """Return the format that `format=` names, by name or media type, else the one that Accept likes best.

    Args:
        formats: that there are, the preferred one first.
        name: of the format; None: the request gives none.
        accept: the header; empty where there is none.
        what: is asked for, in a few words.

    Raises:
        BadRequest: no format has that name.
        NotAcceptable: the client takes none of them.
    """
    if name is not None:
        for each in formats:
            if name == each.name or each.answers_to(name):
                return each
        message = f"format= takes one of {', '.join(each.name for each in formats)}"
        raise BadRequest(message)
    into = choose(formats, accept)
    if into is None:
        raise NotAcceptable(what, [each.media_type for each in formats])
    return into
