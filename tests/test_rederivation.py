"""What rules derive, brought up from changes: always what a build from the same content derives."""

from __future__ import annotations

import random
from typing import Any

import pyoxigraph as ox
import pytest

from graph.merge import merge_change
from graph.rederivation import groups, rederive
from graph.rules import derive, packaged_rules
from graph.store import graph_iri, in_memory, merged
from graph.terms import COO, DERIVED_GRAPH, GRAPHS, ONTOLOGY, ONTOLOGY_GRAPH, OWL, PREFIXES, RDFS

RULES = packaged_rules()
GRAPH_NAMES = [ox.NamedNode(f"{GRAPHS}catalogue/{name}") for name in "xy"]
CLASSES = ["State", "InternationalOrganization", "Organization", "CooperationActivity", "JointProject", "Undertaking"]
# Three states with a body each, an agency below it and another below that; a body that no state is told of.
FACTS = """
actor:s1 a coo:State . actor:s2 a coo:State . actor:s3 a coo:State .
actor:b1 coo:agencyOf actor:s1 . actor:b2 coo:agencyOf actor:s2 . actor:b3 coo:basedIn actor:s3 .
actor:a1 coo:parentOrganization actor:b1 . actor:c1 coo:parentOrganization actor:a1 .
actor:a2 coo:parentOrganization actor:b2 . actor:c1 coo:agencyOf actor:s2 . actor:a2 coo:basedIn actor:s1 .
actor:b1 coo:parentOrganization actor:a1 . actor:i a coo:InternationalOrganization ; coo:basedIn actor:s3 .
actor:a1 coo:representsState actor:s3 . actor:a1 coo:cooperatesWith actor:a2 .
und:one a coo:CooperationActivity ; coo:hasParticipation sit:1 , sit:2 , sit:3 ; coo:hasParticipant actor:s3 .
und:two a coo:JointProject ; coo:hasParticipation sit:4 , sit:5 ; coo:underAgreement agr:one .
agr:one coo:hasParty sit:1 , sit:6 ; coo:governs und:two . agr:two coo:hasParty sit:5 , sit:2 .
sit:1 coo:role role:partner ; coo:participant actor:a1 . sit:2 coo:role role:partner ; coo:participant actor:a2 .
sit:3 coo:role role:observer ; coo:participant actor:b3 . sit:4 coo:role role:customer ; coo:onBehalfOf actor:c1 .
sit:5 coo:role role:partner ; coo:participant actor:b3 ; coo:onBehalfOf actor:s3 . sit:3 coo:role role:partner .
sit:6 coo:role role:signatory ; coo:participant actor:b2 , actor:c1 ; coo:onBehalfOf actor:s2 .
sit:7 coo:memberActor actor:a1 ; coo:memberBody actor:a2 . sit:8 coo:memberActor actor:b3 ; coo:memberBody actor:c1 .
sys:one coo:owner actor:a1 , actor:b2 . sys:two coo:owner actor:b3 , actor:i , actor:c1 .
sys:one coo:predecessor sys:two . occ:one coo:launchedObject sys:one . actor:c1 coo:basedIn "a state" .
sys:three coo:owner actor:a1 , actor:s1 . sys:four coo:owner actor:a2 , actor:s1 .
agr:three coo:hasParty sit:9 , sit:10 .
und:three a coo:CooperationActivity ; coo:hasParticipation sit:11 , sit:12 . sit:9 coo:role role:partner .
sit:11 coo:role role:partner ; coo:participant actor:a2 , actor:i .
sit:12 coo:role role:partner ; coo:participant actor:s2 , actor:s3 .
sit:9 coo:participant actor:c1 , actor:b3 . und:three coo:underAgreement agr:two .
sit:10 coo:role role:partner ; coo:participant actor:s1 , actor:s3 .
"""


def facts() -> list[ox.Quad]:
    """Return all that may be said, each in one graph or the other, some in both."""
    text = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items()) + FACTS
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    part = ox.NamedNode(f"{PREFIXES['sit']}6")

    def hidden(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Any:  # noqa: ANN401  (any part of a triple)
        return ox.BlankNode("part") if term == part else term  # a participation without a name

    places = enumerate(sorted(triples, key=str))
    return [
        ox.Quad(hidden(t.subject), t.predicate, hidden(t.object), graph)
        for number, t in places
        for graph in ([GRAPH_NAMES[number % 2]] if number % 5 else GRAPH_NAMES)
    ]


def term(name: str) -> ox.NamedNode:
    """Return one of our terms."""
    return ox.NamedNode(COO + name)


def ontology() -> list[ox.Quad]:
    """Return an ontology of a few classes, one above another, and of inverse properties."""
    graph = ox.NamedNode(ONTOLOGY_GRAPH)
    triples = [(term(name), ox.NamedNode(RDFS + "isDefinedBy"), ox.NamedNode(ONTOLOGY)) for name in CLASSES]
    above = ox.NamedNode(RDFS + "subClassOf")
    chains = [("JointProject", "CooperationActivity"), ("CooperationActivity", "Undertaking")]
    triples += [
        (term(one), above, term(other)) for one, other in [*chains, ("InternationalOrganization", "Organization")]
    ]
    inverse = {"governs": "underAgreement", "successor": "predecessor", "launchedIn": "launchedObject"}
    inverse["participatesIn"] = "hasParticipant"
    triples += [(term(one), ox.NamedNode(OWL + "inverseOf"), term(other)) for one, other in inverse.items()]
    return [ox.Quad(*triple, graph) for triple in triples]


def commit(store: ox.Store, added: set[ox.Quad], removed: set[ox.Quad]) -> None:
    """Change the content of a store and bring up all that follows."""
    parent = ox.Store()
    parent.extend(store)
    for quad in removed:
        store.remove(quad)
    store.extend(added)
    before_content = {quad.triple for quad in parent.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    net = merge_change(store, added, removed)
    rederive(parent, store, RULES, net)
    after = {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert (net.added, net.removed) == (after - before_content, before_content - after)


def derived_as_by_a_build(store: ox.Store, step: object) -> set[ox.Triple]:
    """Return what is derived in a store, after holding it and the default graph against what a build makes."""
    said = merged([quad for quad in store if graph_iri(quad) not in {"", DERIVED_GRAPH}])
    derived = derive(in_memory(said), RULES)
    found = {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.NamedNode(DERIVED_GRAPH))}
    default = {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())}
    assert found == derived, (step, found ^ derived)
    assert default == said | derived
    return derived


def test_what_follows_each_fact_leaves_and_comes_back_with_it() -> None:
    """Of all facts together each one is taken away and said again."""
    store = ox.Store()
    every = sorted(facts(), key=str)
    commit(store, {*ontology(), *every}, set())
    whole = derived_as_by_a_build(store, "all")
    for quad in every:
        same = {each for each in every if each.triple == quad.triple}
        commit(store, set(), same)
        derived_as_by_a_build(store, f"without {quad.triple}")
        commit(store, same, set())
        assert derived_as_by_a_build(store, f"again {quad.triple}") == whole


@pytest.mark.parametrize("seed", range(8))
def test_what_follows_a_change_is_what_a_build_derives(seed: int) -> None:
    """After any changes default graph and derived graph are those of the same content, read and derived anew."""
    choice = random.Random(seed)  # noqa: S311  (reproducible data)
    every = facts()
    store = ox.Store()
    commit(store, {*ontology(), *(quad for quad in every if choice.random() < 0.8)}, set())
    derived: set[ox.Triple] = set()
    changes = 0
    for step in range(60):
        here = {quad for quad in every if quad in store}
        back = [quad for quad in every if quad not in here]
        gone = choice.sample(sorted(here, key=str), choice.randrange(3))
        added = [quad for quad in back if choice.random() < 1 / (2 + len(back))]
        commit(store, set(added), set(gone))
        before, derived = derived, derived_as_by_a_build(store, step)
        changes += len(before ^ derived)
    assert changes > 50, "hardly anything followed: the test showed nothing"


def test_a_deleted_fact_takes_its_derived_relations_with_it() -> None:
    """Two owners of one payload cooperate; when one is taken back they do not, and who still has a reason does."""
    store = ox.Store()
    a, b, c = (ox.NamedNode(PREFIXES["actor"] + name) for name in "abc")
    payload = ox.NamedNode(PREFIXES["sys"] + "one")
    owners = [ox.Quad(payload, term("owner"), each, GRAPH_NAMES[0]) for each in (a, b, c)]
    commit(store, set(owners), set())
    pair = ox.Quad(a, term("cooperatesWith"), b, ox.NamedNode(DERIVED_GRAPH))
    assert pair in store
    commit(store, set(), {owners[1]})
    assert pair not in store
    assert ox.Quad(a, term("cooperatesWith"), c, ox.NamedNode(DERIVED_GRAPH)) in store


def test_rules_that_derive_the_same_stand_together() -> None:
    """What one of them takes away another may still say; what they read of others comes before."""
    names = [{rule.name for rule in group} for group in groups(RULES)]
    cooperation = {rule.name for rule in RULES if COO + "cooperatesWith" in rule.derives}
    assert cooperation in names
    assert names.index({"own-state", "parent-state"}) < names.index(cooperation)
