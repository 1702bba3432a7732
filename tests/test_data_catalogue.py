"""The catalogues of the packaged graph: identifiers that are unique, values that are single, credit that is kept."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox

from graph.resources import resource_dir
from graph.terms import PREFIXES
from graph.writer import read_rdf


def test_packaged_identifiers_are_unique() -> None:
    """No two resources of the packaged graph share an identifier; codes of GCAT are unique within a kind of thing."""
    bearers: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    coo = PREFIXES["coo"]
    names = {"cosparId", "noradId", "isoAlpha2", "isoAlpha3", "isoNumeric", "m49Code", "gcatCode"}
    for path in sorted(resource_dir("data").glob("*/*.ttl")):
        for quad in read_rdf(path):
            name = quad.predicate.value.removeprefix(coo)
            if name in names and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal):
                kind = quad.subject.value.split("/")[-2] if name == "gcatCode" else ""
                bearers[f"{kind} {name}".strip(), quad.object.value].add(quad.subject.value)
    assert {key: sorted(shared) for key, shared in bearers.items() if len(shared) > 1} == {}
    assert len(bearers) > 6000


def test_packaged_catalogue_bears_its_credit() -> None:
    """The file itself names licence and author for each table of GCAT, so that the credit goes with a copy of it."""
    text = (resource_dir("data") / "catalogue" / "gcat-cooperation.ttl").read_text(encoding="utf-8")
    for table in ("launchlog", "psatcat", "orgs", "sites"):
        block = text.partition(f"\nsrc:gcat-{table}\n")[2].partition("\n.\n")[0]
        assert "dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;" in block
        assert "Jonathan McDowell, https://planet4589.org" in block


def test_packaged_values_are_single() -> None:
    """The merged graph has one value of each property that has one, whichever file says it."""
    values: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    single = {
        PREFIXES["coo"] + name
        for name in ("cosparId", "noradId", "onDate", "launchVehicle", "launchedFrom", "launchOutcome", "registeredBy")
    }
    for path in sorted(resource_dir("data").glob("*/*.ttl")):
        for quad in read_rdf(path):
            if quad.predicate.value in single:
                values[str(quad.subject), quad.predicate.value].add(str(quad.object))
    assert {key: sorted(both) for key, both in values.items() if len(both) > 1} == {}
