"""What differs between two stores, where nobody knows what a change did.

The engine yields quads in one order, whatever was written when: two stores are read side by side, and only where they
part is one asked for what the other has. The result does not depend on that order, only the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.changes import Delta

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pyoxigraph as ox

    from graph.changes import GraphName


def compare(before: ox.Store, after: ox.Store, graphs: Collection[GraphName] | None = None) -> Delta:
    """Return what has to be done to one store to get the other.

    Args:
        before: the one.
        after: the other.
        graphs: that can differ; None: all.
    """
    delta = Delta()
    for graph in [None] if graphs is None else graphs:
        _walk(before, after, graph, delta)
    return delta


def _walk(before: ox.Store, after: ox.Store, graph: GraphName | None, delta: Delta) -> None:
    """Compare one graph, or all quads; a quad is passed over only where both have it."""
    olds = before.quads_for_pattern(None, None, None, graph)
    news = after.quads_for_pattern(None, None, None, graph)
    old, new = next(olds, None), next(news, None)
    while old is not None and new is not None:
        if old == new:
            old, new = next(olds, None), next(news, None)
            continue
        stays, was = old in after, new in before
        if not stays:
            delta.remove((old,))
        if not was:
            delta.add((new,))
        # The one that both have waits until the other store comes to it too.
        if stays == was or not stays:
            old = next(olds, None)
        if stays == was or not was:
            new = next(news, None)
    delta.remove(quad for quad in _with(old, olds) if quad not in after)
    delta.add(quad for quad in _with(new, news) if quad not in before)


def _with(first: ox.Quad | None, others: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
    if first is not None:
        yield first
        yield from others
