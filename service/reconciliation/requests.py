"""What clients of the Reconciliation API send: batches of queries and of extensions, read and checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn, cast

from graph.matching import Condition, Question, Value
from graph.properties import IDENTIFIERS, PROPERTIES, find_property
from graph.request_errors import BadRequest, BatchTooLarge
from service.parameters import near
from service.reconciliation.spaces import TYPES, entity_iri, type_iri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_QUERIES: Final = 1_000
"""Queries in one batch."""

MOST_ENTITIES: Final = 1_000
"""Entities of which values are asked for at once."""

_LONGEST: Final = 500  # characters of a name or a value
_MOST_COLUMNS: Final = 20
_MOST_CANDIDATES: Final = 50
_CANDIDATES: Final = 5
_SHAPE: Final = (
    'send queries={"q0": {"query": "a name", "type": "State", "limit": 3, "properties": [{"pid": "country", "v": "a '
    'value"}]}}'
)
_DRAFT: Final = (
    'send {"queries": [{"type": "State", "limit": 3, "conditions": [{"matchType": "name", "v": "a name"}, '
    '{"matchType": "property", "pid": "country", "v": "a value"}]}]}'
)
_EXTENSION: Final = 'send {"ids": ["actor/chn"], "properties": [{"id": "isoAlpha3"}]}'
_QUANTIFIERS: Final = ("any", "all", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The values that are asked for: identifiers of entities as they came, and of properties."""

    ids: tuple[str, ...]
    properties: tuple[str, ...]


def read_batch(text: str | bytes) -> dict[str, Question]:
    """Read a batch as version 0.2 has it: questions by the names that the client gave them.

    Raises:
        BadRequest: it is none.
        BatchTooLarge: it has too many queries.
    """
    batch = _object(_json(text, _SHAPE), _SHAPE)
    _small_enough(len(batch), MOST_QUERIES, "queries")
    return {name: _question(each) for name, each in batch.items()}


def read_draft_batch(text: str | bytes) -> list[Question]:
    """Read a batch as version 1.0-draft has it.

    Raises:
        BadRequest: it is none.
        BatchTooLarge: it has too many queries.
    """
    queries = _object(_json(text, _DRAFT), _DRAFT).get("queries")
    if not isinstance(queries, list):
        _refuse("there is no list of queries", _DRAFT)
    _small_enough(len(queries), MOST_QUERIES, "queries")
    return [_draft_question(each) for each in queries]


def read_extension(text: str | bytes) -> Extension:
    """Read which values of which entities are asked for; both versions write it alike.

    Raises:
        BadRequest: it is none, or asks for a property that there is not.
        BatchTooLarge: it names too many entities.
    """
    asked = _object(_json(text, _EXTENSION), _EXTENSION)
    ids, wanted = asked.get("ids"), asked.get("properties")
    if not isinstance(ids, list) or not isinstance(wanted, list):
        _refuse("ids and properties are lists", _EXTENSION)
    _small_enough(len(ids), MOST_ENTITIES, "ids")
    _bounded(len(wanted), _MOST_COLUMNS, "properties", _EXTENSION)
    return Extension(
        ids=tuple(_string(each, "an id", _EXTENSION) for each in ids),
        properties=tuple(
            _property(_object(each, _EXTENSION).get("id"), "the id of a property", _EXTENSION) for each in wanted
        ),
    )


def _question(given: object) -> Question:
    asked = _object(given, _SHAPE)
    text = _string(asked.get("query", ""), "query", _SHAPE)
    columns = asked.get("properties", [])
    if not isinstance(columns, list):
        _refuse("properties is a list", _SHAPE)
    _bounded(len(columns), _MOST_COLUMNS, "properties", _SHAPE)
    conditions = tuple(_condition(_object(each, _SHAPE), _SHAPE) for each in columns)
    if not text.strip() and not conditions:
        _refuse("a query has neither query nor properties", _SHAPE)
    _findable(text, conditions, _SHAPE)
    return Question(
        text=text, types=_types(asked.get("type"), _SHAPE), conditions=conditions, limit=_limit(asked, _SHAPE)
    )


def _draft_question(given: object) -> Question:
    asked = _object(given, _DRAFT)
    conditions = asked.get("conditions")
    if not isinstance(conditions, list) or not conditions:
        _refuse("a query has at least one condition", _DRAFT)
    _bounded(len(conditions), _MOST_COLUMNS, "conditions", _DRAFT)
    names, columns = [], []
    for each in conditions:
        condition = _object(each, _DRAFT)
        match condition.get("matchType"):
            case "name":
                names += [value.text or value.iri for value in _values(condition.get("v"), _DRAFT)]
            case "property":
                columns.append(_condition(condition, _DRAFT))
            case _:
                _refuse("matchType is name or property", _DRAFT)
    types = _types(asked.get("type"), _DRAFT)
    text = names[0] if names else ""
    _findable(text, columns, _DRAFT)
    return Question(text=text, types=types[:1], conditions=tuple(columns), limit=_limit(asked, _DRAFT))


def _findable(text: str, columns: Sequence[Condition], shape: str) -> None:
    """Refuse a query that has neither a name nor an identifier to find candidates by."""
    if not text.strip() and not any(each.pid.removeprefix(TYPES) in IDENTIFIERS for each in columns):
        _refuse(f"a name is needed, or one of the properties {', '.join(sorted(IDENTIFIERS))}", shape)


def _condition(given: Mapping[str, object], shape: str) -> Condition:
    quantifier = given.get("matchQuantifier", "any")
    if not isinstance(quantifier, str) or quantifier not in _QUANTIFIERS:
        _refuse("matchQuantifier is any, all or none", shape)
    return Condition(
        pid=_property(given.get("pid"), "pid", shape),
        values=_values(given.get("v"), shape),
        required=given.get("required") is True,
        quantifier=quantifier,
    )


def _property(given: object, what: str, shape: str) -> str:
    """Return the identifier of a property that there is: an answer without it would hide a slip."""
    identifier = _string(given, what, shape)
    if find_property(identifier) is None:
        known = f"the properties of /reconcile/suggest/property{near(identifier, list(PROPERTIES))}"
        _refuse(f"{identifier} is none of {known}", shape)
    return identifier


def _values(given: object, shape: str) -> tuple[Value, ...]:
    several = given if isinstance(given, list) else [given]
    _bounded(len(several), _MOST_COLUMNS, "values in v", shape)
    return tuple(_value(each, shape) for each in several)


def _value(given: object, shape: str) -> Value:
    if isinstance(given, dict):
        identifier = _string(given.get("id"), "the id of a value", shape)
        return Value(text=_string(given.get("name", ""), "the name of a value", shape), iri=entity_iri(identifier))
    if isinstance(given, bool | int | float):
        return Value(text=str(given).lower())
    return Value(text=_string(given, "v", shape))


def _types(given: object, shape: str) -> tuple[str, ...]:
    several = given if isinstance(given, list) else [given] if given else []
    _bounded(len(several), _MOST_COLUMNS, "types", shape)
    named = [each.get("id") if isinstance(each, dict) else each for each in several]
    return tuple(type_iri(_string(each, "type", shape)) for each in named)


def _limit(asked: Mapping[str, object], shape: str) -> int:
    limit = asked.get("limit") or _CANDIDATES
    if isinstance(limit, bool) or not isinstance(limit, int | float) or limit < 1:
        _refuse("limit is a number from 1", shape)
    return int(min(limit, _MOST_CANDIDATES))


def _json(text: str | bytes, shape: str) -> object:
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError) as fault:
        message = f"it is not JSON: {shape}"
        raise BadRequest(message) from fault


def _object(given: object, shape: str) -> Mapping[str, object]:
    if not isinstance(given, dict):
        _refuse("an object of JSON is missing where one should be", shape)
    return cast("Mapping[str, object]", given)


def _string(given: object, what: str, shape: str) -> str:
    if not isinstance(given, str):
        _refuse(f"{what} is a string", shape)
    if len(given) > _LONGEST:
        _refuse(f"{what} has at most {_LONGEST} characters, not {len(given)}", shape)
    return given


def _small_enough(count: int, most: int, what: str) -> None:
    if count > most:
        message = f"there are {count} {what} in one request: send at most {most} at once"
        raise BatchTooLarge(message)


def _bounded(count: int, most: int, what: str, shape: str) -> None:
    if count > most:
        _refuse(f"there are {count} {what}, at most {most} are taken at once", shape)


def _refuse(what: str, shape: str) -> NoReturn:
    message = f"{what}: {shape}"
    raise BadRequest(message)
