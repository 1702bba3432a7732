"""What the API description says of the examples: an entry for each, with its parameters, columns and code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graph.parameters import shown
from service.examples import catalogue, example_samples
from service.formats import GRAPHS, SOLUTIONS
from service.problems import MEDIA_TYPE
from service.sparql_api import VERSION_PARAMETER

if TYPE_CHECKING:
    from fastapi import FastAPI

    from graph.parameters import Parameter
    from graph.questions import Question
    from service.settings import Settings

_LOCAL: Final = "http://127.0.0.1:8000"
_TERM: Final = "#/components/schemas/RdfTerm"
_TERM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "description": "An RDF term (SPARQL 1.1 Query Results JSON Format, 3.2.2)",
    "required": ["type", "value"],
    "properties": {
        "type": {"type": "string", "enum": ["uri", "literal", "bnode"]},
        "value": {"type": "string"},
        "xml:lang": {"type": "string"},
        "datatype": {"type": "string", "format": "uri"},
    },
}
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "date": {"type": "string", "format": "date"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "string": {"type": "string", "minLength": 1, "maxLength": 1000},
    "language": {"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"},
}
_FORMAT: Final = {
    "name": "format",
    "in": "query",
    "description": "a format by name, instead of Accept: of the result, or of RDF for the example itself",
    "schema": {"type": "string", "enum": [each.name for each in (*SOLUTIONS, *GRAPHS)] + ["html"]},
    "example": "json",
}
_TIMEOUT: Final = {
    "name": "timeout",
    "in": "query",
    "description": "seconds after which the query is ended; may lower the limit, never raise it",
    "schema": {"type": "number", "exclusiveMinimum": 0},
}
_PROBLEMS: Final = {
    str(status): {"description": description, "content": {MEDIA_TYPE: {}}}
    for status, description in (
        (400, "A value is not what the parameter takes (`parameter`, `expected`), or a parameter is not known"),
        (404, "`version` names a version that never was"),
        (406, "No format is acceptable; `available` lists them"),
        (410, "The version that `version` names is no longer kept; `nearest` names those that are"),
        (503, "There is no place for the query; Retry-After says when to come back"),
        (504, "The query ran past the time limit"),
    )
}


def describe(app: FastAPI, settings: Settings) -> None:
    """Add an entry for each example to the API description of an application."""
    own = app.openapi
    site = settings.public_url or _LOCAL
    entries = {f"/examples/{name}": {"get": _entry(each, site)} for name, each in catalogue().items()}

    def openapi() -> dict[str, Any]:
        schema = own()
        schema["paths"] |= entries
        schema.setdefault("components", {}).setdefault("schemas", {})["RdfTerm"] = _TERM_SCHEMA
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _entry(question: Question, site: str) -> dict[str, Any]:
    told = "With a parameter, or with `/run` behind the address, this is the result; else, for RDF, the example itself."
    return {
        "tags": ["Examples"],
        "summary": question.question,
        "description": f"{question.answers}\n\n{told}",
        "operationId": f"example_{question.name.replace('-', '_')}",
        "parameters": [*map(_parameter, question.parameters), _FORMAT, _TIMEOUT, VERSION_PARAMETER],
        "responses": {"200": _result(question), "304": {"description": "The client has it already"}, **_PROBLEMS},
        "x-codeSamples": [
            {"lang": each.lang, "label": each.label, "source": each.source} for each in example_samples(question, site)
        ],
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    default = shown(parameter.default_term())
    schema = _SCHEMAS.get(parameter.type, {"type": "string", "format": "iri"})
    value: object = default
    if parameter.type in {"integer", "decimal"}:
        value = int(default) if parameter.type == "integer" else float(default)
    return {
        "name": parameter.name,
        "in": "query",
        "description": f"{parameter.meaning}: {parameter.expected}",
        "schema": {**schema, "default": value},
        "example": value,
    }


def _result(question: Question) -> dict[str, Any]:
    row = {
        "type": "object",
        "properties": {name: {"$ref": _TERM} for name in question.columns},
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "required": ["head", "results"],
        "properties": {
            "head": {
                "type": "object",
                "properties": {"vars": {"type": "array", "items": {"type": "string", "enum": [*question.columns]}}},
            },
            "results": {"type": "object", "properties": {"bindings": {"type": "array", "items": row}}},
        },
    }
    content: dict[str, Any] = {each.media_type: {} for each in (*SOLUTIONS, *GRAPHS)}
    content[SOLUTIONS[0].media_type] = {"schema": schema}
    return {"description": question.answers, "content": content | {"text/html": {}}}
