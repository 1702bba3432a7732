"""Parameters of an example where it is evaluated: the things they name looked up, their columns taken out again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, cast

import pyoxigraph as ox

from graph.parameters import shown
from graph.request_errors import ParameterRefused
from graph.terms import RDF

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from graph.parameters import Binding

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples

_TYPE: Final = ox.NamedNode(RDF + "type")


def refuse_strangers(store: ox.Store, bindings: Iterable[Binding]) -> None:
    """Refuse a value that is not a thing of its parameter's class: a slip would give no rows and no error.

    Raises:
        ParameterRefused: the default graph does not say that it is one.
    """
    for each in bindings:
        if isinstance(each.term, ox.NamedNode) and each.parameter.class_iri:
            quad = ox.Quad(each.term, _TYPE, ox.NamedNode(each.parameter.class_iri), ox.DefaultGraph())
            if quad not in store:
                raise ParameterRefused(each.parameter.name, shown(each.term), each.parameter.expected)


def without(results: Results, names: Collection[str]) -> Results:
    """Return solutions without some of their variables, which the engine selects because it binds nothing else.

    The whole answer is held meanwhile, within the memory that a query may have.
    """
    if not names or not isinstance(results, ox.QuerySolutions):
        return results
    content = json.loads(cast("bytes", results.serialize(format=ox.QueryResultsFormat.JSON)))
    content["head"]["vars"] = [name for name in content["head"]["vars"] if name not in names]
    for row in content["results"]["bindings"]:
        for name in names:
            row.pop(name, None)
    return ox.parse_query_results(json.dumps(content), format=ox.QueryResultsFormat.JSON)
