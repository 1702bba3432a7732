"""A worked call for each route of the API: what one sends to it, as it stands.

One table serves the API description, where path and parameters have their examples from it, the API page, and the
tests, which make each call.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlsplit

from service.incoming import DIRECT_QUERY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

    from service.settings import Settings

LOCAL: Final = "http://127.0.0.1:8000"
"""Address in the documents of a service that is not told its own."""

_EXAMPLES: Final = "/examples/"
_TEMPLATE: Final = re.compile(r"\{(\w+)(?::path)?\}")
_STATES: Final = "SELECT ?state ?name WHERE { ?state a coo:State ; rdfs:label ?name } ORDER BY ?name LIMIT 5"
_NOTE: Final = '<https://example.org/a> rdfs:label "A"@en .'
_NOTES: Final = f"@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . {_NOTE}"
_GRAPH: Final = "/store?graph=https%3A%2F%2Fw3id.org%2Fcoorbit%2Fgraph%2Fcurated"
_NEW_GRAPH: Final = "/store?graph=https%3A%2F%2Fexample.org%2Fgraph%2Fmine&dry-run=true"
_NAMES: Final = '{"q0": {"query": "CNSA", "limit": 3}}'
_DRAFT_NAMES: Final = '{"queries": [{"conditions": [{"matchType": "name", "v": "CNSA"}], "limit": 3}]}'
_VALUES: Final = '{"ids": ["actor/chn"], "properties": [{"id": "isoAlpha3"}]}'
_PATCH: Final = (
    "TX .\n"
    'A <https://example.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "A"@en '
    "<https://w3id.org/coorbit/graph/curated> .\n"
    "TC .\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request.

    Attributes:
        method: of it.
        address: path and query string.
        accept: value of Accept; empty where it does not matter.
        content_type: of the body; empty where there is none.
        body: what is sent.
        is_write: whether it needs a token.
    """

    method: str = "GET"
    address: str
    accept: str = ""
    content_type: str = ""
    body: str = ""
    is_write: bool = False

    def headers(self) -> dict[str, str]:
        """Return its headers but that of the token."""
        named = {"Accept": self.accept, "Content-Type": self.content_type}
        return {name: value for name, value in named.items() if value}

    def curl(self, site: str) -> str:
        """Return it as a command of curl; the token is taken from the variable TOKEN."""
        words = ["curl --silent"]
        words += [f"--request {self.method}"] if self.method != "GET" else []
        words += [f"--header {shlex.quote(f'{name}: {value}')}" for name, value in self.headers().items()]
        words += ['--header "Authorization: Bearer $TOKEN"'] if self.is_write else []
        words += [f"--data-binary {shlex.quote(self.body)}"] if self.body else []
        return " \\\n  ".join([*words, shlex.quote(site + self.address)])


def _post(address: str, content_type: str, body: str, **more: Any) -> Call:  # noqa: ANN401  (fields of a call)
    return Call(method="POST", address=address, content_type=content_type, body=body, **more)


CALLS: Final[Mapping[tuple[str, str], Call]] = {
    ("get", "/sparql"): Call(
        address="/sparql?query=SELECT%20%3Fstate%20%3Fname%20WHERE%20%7B%20%3Fstate%20a%20coo%3AState%20%3B%20"
        "rdfs%3Alabel%20%3Fname%20%7D%20ORDER%20BY%20%3Fname%20LIMIT%205",
        accept="text/csv",
    ),
    ("post", "/sparql"): _post("/sparql", DIRECT_QUERY, _STATES, accept="text/csv"),
    ("get", "/examples"): Call(address="/examples", accept="application/json"),
    ("get", "/search"): Call(address="/search?q=cnsa&limit=3", accept="application/json"),
    ("get", "/resolve"): Call(
        address="/resolve?iri=http%3A%2F%2Fwww.wikidata.org%2Fentity%2FQ148", accept="application/json"
    ),
    ("post", "/resolve"): _post("/resolve", "application/json", '["http://www.wikidata.org/entity/Q148", "iso:CN"]'),
    ("get", "/links"): Call(address="/links", accept="application/json"),
    ("get", "/links/{target}"): Call(address="/links/wikidata?format=tsv"),
    ("get", "/id/{kind}/{slug}"): Call(address="/id/actor/chn", accept="text/turtle"),
    ("get", "/voc/{scheme}"): Call(address="/voc/role", accept="text/turtle"),
    ("get", "/voc/{scheme}/{concept}"): Call(address="/voc/role/partner", accept="text/turtle"),
    ("get", "/ont"): Call(address="/ont", accept="text/turtle"),
    ("get", "/ont/{edition}"): Call(address="/ont/1.0.0", accept="text/turtle"),
    ("get", "/shapes"): Call(address="/shapes", accept="text/turtle"),
    ("get", "/graph/{graph}"): Call(address="/graph/curated", accept="text/turtle"),
    ("get", "/timemap/{path}"): Call(address="/timemap/id/actor/chn"),
    ("get", "/store"): Call(address=_GRAPH, accept="text/turtle"),
    ("put", "/store"): Call(method="PUT", address=_NEW_GRAPH, content_type="text/turtle", body=_NOTES, is_write=True),
    ("post", "/store"): _post(_NEW_GRAPH, "text/turtle", _NOTES, is_write=True),
    ("delete", "/store"): Call(method="DELETE", address=_NEW_GRAPH, is_write=True),
    ("patch", "/store"): Call(
        method="PATCH",
        address="/store?dry-run=true",
        content_type="application/rdf-patch",
        body=_PATCH,
        is_write=True,
    ),
    ("post", "/validate"): _post("/validate", "text/turtle", _NOTES, accept="application/json"),
    ("get", "/versions"): Call(address="/versions?format=turtle"),
    ("get", "/versions/{number}"): Call(address="/versions/1?format=turtle"),
    ("get", "/versions/{old}..{new}"): Call(address="/versions/1..1?format=counts"),
    ("get", "/dumps/"): Call(address="/dumps/", accept="application/json"),
    ("get", "/dumps/{name}"): Call(address="/dumps/coorbit.ttl"),
    ("get", "/dumps/{release}/"): Call(address="/dumps/latest/", accept="application/json"),
    ("get", "/dumps/{release}/{file}"): Call(address="/dumps/latest/SHA256SUMS"),
    ("get", "/void"): Call(address="/void", accept="text/turtle"),
    ("get", "/.well-known/void"): Call(address="/.well-known/void"),
    ("get", "/dcat"): Call(address="/dcat", accept="text/turtle"),
    ("get", "/reconcile"): Call(address="/reconcile"),
    ("post", "/reconcile"): _post("/reconcile", "application/x-www-form-urlencoded", f"queries={_NAMES}"),
    ("get", "/reconcile/1.0-draft"): Call(address="/reconcile/1.0-draft"),
    ("post", "/reconcile/1.0-draft/match"): _post("/reconcile/1.0-draft/match", "application/json", _DRAFT_NAMES),
    ("post", "/reconcile/1.0-draft/extend"): _post("/reconcile/1.0-draft/extend", "application/json", _VALUES),
    ("get", "/reconcile/suggest/entity"): Call(address="/reconcile/suggest/entity?prefix=cns"),
    ("get", "/reconcile/suggest/type"): Call(address="/reconcile/suggest/type?prefix=sat"),
    ("get", "/reconcile/suggest/property"): Call(address="/reconcile/suggest/property?prefix=iso"),
    ("get", "/reconcile/extend/propose"): Call(address="/reconcile/extend/propose?type=State"),
    ("get", "/reconcile/preview"): Call(address="/reconcile/preview?id=actor%2Fchn"),
    ("get", "/health/live"): Call(address="/health/live"),
    ("get", "/health/ready"): Call(address="/health/ready"),
    ("get", "/robots.txt"): Call(address="/robots.txt"),
    ("get", "/sitemap.xml"): Call(address="/sitemap.xml"),
    ("get", "/sitemap-{number}.xml"): Call(address="/sitemap-1.xml"),
    ("get", "/query"): Call(address="/query?query=ASK%20%7B%20actor%3Achn%20a%20coo%3AState%20%7D"),
    ("get", "/about/errors"): Call(address="/about/errors?iri=https%3A%2F%2Fw3id.org%2Fcoorbit%2Fid%2Factor%2Fchn"),
}
"""By method and path, as the API description has them."""


def call_of(method: str, path: str) -> Call | None:
    """Return the worked call of a route; None for one of an example, which has code of its own."""
    if path.startswith(_EXAMPLES):
        return None
    return CALLS.get((method, path)) or (Call(address=path) if method == "get" and "{" not in path else None)


def describe(app: FastAPI, settings: Settings) -> None:
    """Add the worked calls to the API description of an application: as code, and as examples of each parameter."""
    own = app.openapi
    site = settings.public_url or LOCAL

    def openapi() -> dict[str, Any]:
        schema = own()
        for path, operations in schema["paths"].items():
            for method, operation in operations.items():
                call = call_of(method, path)
                if call is not None and "x-codeSamples" not in operation:
                    operations[method] = _worked(operation, path, call, site)
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _worked(operation: dict[str, Any], path: str, call: Call, site: str) -> dict[str, Any]:
    """Return an operation with its call: the given one is shared, and stays as it is."""
    source = call.curl(site)
    told = operation.get("description", "")
    worked = operation | {
        "description": f"{told}\n\n```sh\n{source}\n```",
        "x-codeSamples": [{"lang": "Shell", "label": "curl", "source": source}],
        "parameters": _parameters(operation.get("parameters", []), path, call),
    }
    body = operation.get("requestBody", {"required": True, "content": {}})
    if call.body:
        own = body["content"].get(call.content_type, {"schema": {"type": "string"}})
        content = {call.content_type: {"example": call.body, **own}} | {
            name: each for name, each in body["content"].items() if name != call.content_type
        }
        worked["requestBody"] = body | {"content": content}
    return worked


def _parameters(parameters: list[dict[str, Any]], path: str, call: Call) -> list[dict[str, Any]]:
    """Return parameters with the values of the call, and those of the path, which some routes read themselves."""
    parts = urlsplit(call.address)
    values = dict(parse_qsl(parts.query))
    pattern = re.escape(path)
    for name in _TEMPLATE.findall(path):
        pattern = pattern.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>.+?)")
    in_path = match.groupdict() if (match := re.fullmatch(pattern, parts.path)) else {}
    known = {each["name"] for each in parameters if each["in"] == "path"}
    added = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in in_path
        if name not in known
    ]
    found = []
    for each in (*added, *parameters):
        value = {"path": in_path, "query": values}.get(each["in"], {}).get(each["name"])
        if each["in"] == "header" and each["name"].lower() == "accept":
            value = call.accept or None
        found.append(each if value is None else {**each, "example": value})
    return found
