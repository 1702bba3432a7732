"""Code that asks an example, in the languages of those who ask: for its page and for the API description."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A piece of code that runs as it stands.

    Attributes:
        lang: the language as `x-codeSamples` names it.
        label: likewise, for people.
        source: the code.
    """

    lang: str
    label: str
    source: str


_PYTHON: Final = """\
import csv
import io
import urllib.parse
import urllib.request

parameters = {parameters}
address = {address} + "?" + urllib.parse.urlencode(parameters)
with urllib.request.urlopen(address) as answer:
    for row in csv.DictReader(io.TextIOWrapper(answer, encoding="utf-8")):
        print(row)
"""
_R: Final = """\
parameters <- list({parameters})
values <- sapply(parameters, URLencode, reserved = TRUE)
query <- paste(names(parameters), values, sep = "=", collapse = "&")
rows <- read.csv(paste0({address}, "?", query), encoding = "UTF-8")
print(rows)
"""
_JAVASCRIPT: Final = """\
const parameters = new URLSearchParams({parameters});
const answer = await fetch({address} + "?" + parameters);
const {{ results }} = await answer.json();
for (const row of results.bindings) {{
  console.log(Object.fromEntries(Object.entries(row).map(([name, term]) => [name, term.value])));
}}
"""


def samples(address: str, parameters: Mapping[str, str]) -> tuple[Sample, ...]:
    """Return code in curl, Python, R and JavaScript that asks an address with parameters and shows the rows."""
    table = {**parameters, "format": "csv"}
    given = "".join(f" \\\n  --data-urlencode {shlex.quote(f'{name}={value}')}" for name, value in table.items())
    named = ", ".join(f"{name} = {_string(value)}" for name, value in table.items())
    where = _string(address)
    return (
        Sample(lang="Shell", label="curl", source=f"curl --silent --fail --get {shlex.quote(address)}{given}\n"),
        Sample(lang="Python", label="Python", source=_PYTHON.format(parameters=_object(table), address=where)),
        Sample(lang="R", label="R", source=_R.format(parameters=named, address=where)),
        Sample(
            lang="JavaScript",
            label="JavaScript",
            source=_JAVASCRIPT.format(parameters=_object({**parameters, "format": "json"}), address=where),
        ),
    )


def _string(text: str) -> str:
    """Return a text as a literal of any of the languages."""
    return json.dumps(text)


def _object(content: Mapping[str, str]) -> str:
    return json.dumps(content)
