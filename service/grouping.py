"""SELECT clauses that group: the variable in one that no group has a value for (SPARQL 1.1, 11.4).

The engine says only that there is one, and at the end of the query that holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from service.lexer import Lexeme

_AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_OPEN: Final = frozenset({"(", "{"})
_CLOSED: Final = frozenset({")", "}"})


class Ungrouped(NamedTuple):
    """A variable that a SELECT cannot have, and what to do about it."""

    variable: Lexeme
    sentence: str


class _Select(NamedTuple):
    """A SELECT by its tokens: those before its pattern, and those behind."""

    clause: Sequence[Lexeme]
    modifiers: Sequence[Lexeme]
    end: int


def ungrouped(read: Sequence[Lexeme]) -> Ungrouped | None:
    """Return the first variable of a SELECT that is neither grouped nor in an aggregate; None where there is none.

    Args:
        read: the tokens of a query in which each fits.
    """
    starts = [place for place, each in enumerate(read) if each.word == "SELECT"]
    for select in sorted((_select(read, start) for start in starts), key=lambda each: each.end):
        if _groups(select) and (found := _loose(select)) is not None:
            return found
    return None


def _select(read: Sequence[Lexeme], start: int) -> _Select:
    clause = list(_until(read[start + 1 :], {"{", "WHERE", "FROM"}))
    opening = next((place for place in range(start + 1 + len(clause), len(read)) if read[place].text == "{"), len(read))
    closing = _closing(read, opening)
    modifiers = list(_until(read[closing + 1 :], {"}"}))
    return _Select(clause, modifiers, closing + len(modifiers))


def _groups(select: _Select) -> bool:
    words = {each.word for each in (*select.clause, *select.modifiers)}
    return bool(words & (_AGGREGATES | {"GROUP", "HAVING"}))


def _loose(select: _Select) -> Ungrouped | None:
    keys, within = _keys(select.modifiers)
    made: set[str] = set()
    for item in _items(select.clause):
        for each in _outside(item):
            name = each.text[1:]
            if name not in keys:
                return Ungrouped(each, _sentence(each.text, is_made=name in made, is_within=name in within, keys=keys))
        if len(item) > 1:
            made.add(item[-2].text[1:])
    return None


def _sentence(name: str, *, is_made: bool, is_within: bool, keys: frozenset[str]) -> str:
    """Return what is wrong with a variable, and what to do."""
    if is_made:
        return f"`{name}` is made in this SELECT, which groups: write its expression again in place of its name"
    if is_within:
        return f"`{name}` is only inside an expression of GROUP BY: name that by AS there, and select its name"
    if keys:
        ways = f"add it to GROUP BY, or take one of its values by SAMPLE({name})"
        return f"`{name}` is neither in GROUP BY nor inside an aggregate: {ways}"
    ways = f"add GROUP BY {name}, or take one of its values by SAMPLE({name})"
    return f"`{name}` stands beside an aggregate, and nothing is grouped by it: {ways}"


def _keys(modifiers: Sequence[Lexeme]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the variables that GROUP BY names, and those that are only inside its expressions."""
    start = next((place for place, each in enumerate(modifiers) if each.word == "GROUP"), len(modifiers))
    items = list(_items(list(_until(modifiers[start + 2 :], {"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"}))))
    keys: set[str] = set()
    within: set[str] = set()
    for place, item in enumerate(items):
        is_call = place > 0 and items[place - 1][-1].kind in {"word", "prefixed", "iri"}
        bare = [each for each in item if each.text not in {"(", ")"}]
        variables = [each.text[1:] for each in item if each.kind == "variable"]
        if (len(bare) == 1 and not is_call) or (len(bare) > 1 and bare[-2].word == "AS"):
            keys.update(variables[-1:])
        within.update(variables)
    return frozenset(keys), frozenset(within - keys)


def _items(read: Sequence[Lexeme]) -> Iterator[Sequence[Lexeme]]:
    """Yield tokens, what stands in brackets as one item with its brackets."""
    place = 0
    while place < len(read):
        end = _closing(read, place) if read[place].text in _OPEN else place
        yield read[place : end + 1]
        place = end + 1


def _outside(item: Sequence[Lexeme]) -> Iterator[Lexeme]:
    """Yield the variables of an item that are in no aggregate and no pattern, without the name that AS gives."""
    place = 0
    while place < len(item):
        each = item[place]
        if each.word in _AGGREGATES or each.text == "{":
            place = _closing(item, place if each.text == "{" else place + 1)
        elif each.word == "AS":
            place += 1
        elif each.kind == "variable":
            yield each
        place += 1


def _until(read: Sequence[Lexeme], ends: set[str]) -> Iterator[Lexeme]:
    """Yield the tokens before one of some words or brackets that stands in no bracket."""
    depth = 0
    for each in read:
        if depth == 0 and (each.text in ends or each.word in ends):
            return
        depth += (each.text in _OPEN) - (each.text in _CLOSED)
        yield each


def _closing(read: Sequence[Lexeme], opening: int) -> int:
    """Return the place of the bracket that closes one; the last place where none does."""
    depth = 0
    for place in range(opening, len(read)):
        depth += (read[place].text in _OPEN) - (read[place].text in _CLOSED)
        if depth == 0:
            return place
    return len(read) - 1
