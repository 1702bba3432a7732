"""Evaluation of an update, and what is known of its effect afterwards."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.changes import Delta, Touched, insert_quads, remove_quads
from graph.errors import UpdateFailed
from graph.query_errors import QueryFailed
from service.queries import syntax_error
from service.targets import targets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.targets import Data

_log = logging.getLogger(__name__)


def run_update(
    store: ox.Store, text: str, *, base_iri: str, prefixes: dict[str, str] | None = None
) -> Delta | Touched | None:
    """Run an update; all of its operations take effect, or none.

    Args:
        store: to be changed; one that nobody keeps when this fails.
        text: of the update, which fetches nothing.
        base_iri: against which its relative IRIs are read.
        prefixes: that need no PREFIX line; None: there are none.

    Returns:
        What it did, where its text says that; else the graphs that it can have touched; None: all.

    Raises:
        QuerySyntaxError: the text is no SPARQL update.
        UpdateFailed: the state of the dataset does not allow it.
        QueryFailed: its evaluation broke off.
    """
    known = targets(text, base=base_iri)
    prefixes = prefixes or {}
    if known.data is not None:
        _evaluate(ox.Store(), text, base_iri, prefixes)  # the whole is checked before a part is done
        return _data(store, known.data, base_iri, prefixes)
    _evaluate(store, text, base_iri, prefixes)
    return None if known.graphs is None else Touched(graphs=known.graphs)


def _data(store: ox.Store, operations: Iterable[Data], base_iri: str, prefixes: dict[str, str]) -> Delta:
    """Insert and delete data: the engine reads it into an empty store, so that it comes as it would be stored."""
    delta = Delta()
    for operation in operations:
        quads = ox.Store()
        _evaluate(quads, operation.text, base_iri, prefixes)
        if operation.inserts:
            insert_quads(store, quads, delta)
        else:
            remove_quads(store, quads, delta)
    return delta


def _evaluate(store: ox.Store, text: str, base_iri: str, prefixes: dict[str, str]) -> None:
    try:
        store.update(text, base_iri=base_iri, prefixes=prefixes)
    except SyntaxError as fault:
        raise syntax_error(text, str(fault), kind="update", base=base_iri, prefixes=prefixes) from fault
    except RuntimeError as fault:
        if str(fault).startswith("The graph "):
            message = f"{fault}: nothing was changed; SILENT passes over this"
            raise UpdateFailed(message) from fault
        raise _failed(fault) from fault
    except (OSError, ValueError) as fault:
        raise _failed(fault) from fault


def _failed(fault: Exception) -> QueryFailed:
    _log.warning("update failed error=%s", fault)
    return QueryFailed("the evaluation of the update broke off: nothing was changed")
