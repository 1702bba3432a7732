"""What is asked for a page of an entity, how often, and what the page then shows."""

from __future__ import annotations

import asyncio
import html
import re
from typing import TYPE_CHECKING, Any

import httpx
import pyoxigraph as ox
import pytest
from small_homes import publish_quads, read

from graph.terms import BASE, CURATED_GRAPH, PREFIXES, RDFS
from service.app import create_app
from service.entity.description import describe
from service.entity.drawing import spot, timeline
from service.entity.page import EntityPage, entity_page
from service.entity.view import LISTED_AT_ONCE, View
from service.rendering import render
from service.settings import Settings
from service.site import Site

if TYPE_CHECKING:
    from pathlib import Path

    from graph.versions import Version
    from service.entity.description import Term
    from service.exchange import Exchange
    from service.jobs import Job

MOST = "id/source/gcat-launchlog"
"""The thing to which most others of the packaged graph point."""

WAYS = {
    "id/actor/chn": [
        "/explore/network?about=actor/chn",
        "/explore/cooperation?state=actor/chn",
        "/explore/timeline?actor=actor/chn",
    ],
    "id/actor/esa": ["/explore/network?about=actor/esa", "/explore/timeline?actor=actor/esa"],
    "id/system/cfosat": ["/explore/network?about=system/cfosat"],
    "id/link/chn-wikidata": [],
    "voc/role/partner": [],
}
"""Pictures of some things."""


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self.asked: list[str] = []

    def query(self, query: str, *, substitutions: dict[ox.Variable, Term]) -> object:
        """Evaluate a query, and note it."""
        self.asked.append(query)
        return self._store.query(query, substitutions=substitutions)


def view_of(path: str, into: str = "html", **other: str | int | Site) -> View:
    """Return a view of a thing in version 1."""
    return View(iri=BASE + path, into=into, version=1, created="2026-11-23T12:00:00+00:00", **other)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def stored(version: Version) -> ox.Store:
    """The packaged dataset as a query process has it open."""
    return ox.Store.read_only(str(version.store))


def page_of(store: ox.Store, path: str) -> EntityPage:
    """Gather the page of a thing."""
    view = view_of(path)
    return entity_page(describe(store, view), view)


def test_the_entity_with_the_most_relations_is_the_one_meant(stored: ox.Store) -> None:
    """The counts below speak of the worst case of the packaged graph."""
    query = (
        "SELECT ?o WHERE { ?s ?p ?o FILTER (STRSTARTS(STR(?o), ?base)) } GROUP BY ?o ORDER BY DESC(COUNT(*)) LIMIT 1"
    )
    (row,) = stored.query(query.replace("?base", f'"{BASE}id/"'))  # type: ignore[misc]
    assert row["o"].value == BASE + MOST


@pytest.mark.parametrize("into", ["html", "turtle"])
def test_the_queries_are_the_same_whatever_the_entity(stored: ox.Store, into: str) -> None:
    """A fixed list: for the thing with the most relations, one with most values, a link and a concept alike."""
    lists = []
    for path in (MOST, "id/actor/usa", "id/link/chn-wikidata", "voc/role/partner"):
        store = Counting(stored)
        describe(store, view_of(path, into))
        lists.append(store.asked)
    assert lists == [lists[0]] * len(lists)
    assert len(lists[0]) == (7 if into == "html" else 4)
    assert not any(BASE + "id/" in query for query in lists[0])  # bound, and not pasted


def test_a_list_takes_three_queries(stored: ox.Store) -> None:
    """What points to a thing is counted, and one page of it read, wherever in the list it is."""
    for page in (1, 50):
        store = Counting(stored)
        relation = PREFIXES["coo"] + "rowOf"
        found = describe(store, view_of(MOST, relation=relation, page=page))
        assert (len(store.asked), len(found.pointers or ())) == (3, LISTED_AT_ONCE)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_list_is_sorted_by_name_over_its_pages(stored: ox.Store, language: str) -> None:
    """In the reader's language; nothing is left out, nothing comes twice."""
    relation = PREFIXES["coo"] + "registeredBy"
    query = f"SELECT (COUNT(*) AS ?n) {{ ?s <{relation}> <{BASE}id/actor/usa> }}"
    count = int(next(iter(stored.query(query)))["n"].value)  # type: ignore[arg-type]
    names: list[str] = []
    iris = set()
    for page in range(1, -(-count // LISTED_AT_ONCE) + 1):
        view = view_of("id/actor/usa", relation=relation, page=page, site=Site(language=language))
        listed = entity_page(describe(stored, view), view).listed
        assert listed is not None
        names += [each.text.casefold() for each in listed.pointers]
        iris |= {each.iri for each in listed.pointers}
    assert names == sorted(names)
    assert LISTED_AT_ONCE < len(names) == len(iris) == count


def test_a_page_is_one_round_trip(home: Path) -> None:
    """One job for a page, none for the same again, one for one that is unknown; for the front page likewise."""
    jobs: list[Job] = []

    async def run() -> list[tuple[int, int]]:
        app = create_app(Settings(home=home))
        parts = app.state.running
        evaluate = parts.pool.evaluate

        async def counted(job: Job, **others: object) -> Exchange:
            jobs.append(job)
            return await evaluate(job, **others)  # type: ignore[no-any-return]

        parts.pool.evaluate = counted
        seen = []
        async with app.router.lifespan_context(app):
            while parts.stage != "ready":  # noqa: ASYNC110  (it tells by this alone)
                await asyncio.sleep(0.01)
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                for path in (f"/{MOST}.html", f"/{MOST}.html", f"/{MOST}.ttl", "/id/actor/chnn", "/", "/"):
                    response = await client.get(path)
                    seen.append((response.status_code, len(jobs)))
        return seen

    assert asyncio.run(run()) == [(200, 1), (200, 1), (200, 2), (404, 3), (200, 4), (200, 4)]


def test_facts_have_their_sources_and_claims_beside_them(stored: ox.Store) -> None:
    """A value names the claims that state it and the catalogues that give it; a claim of another one is beside it."""
    facts = {fact.property.text: fact for fact in page_of(stored, "id/occurrence/launch-2018-083").facts}
    date = facts["on date"]
    assert [each.value.text for each in date.values] == ["2018-10-29"]
    assert [said.claim.text for said in date.values[0].claims] == ["CFOSAT left the ground on 2018-10-29 (UTC)"]
    assert [each.text for each in date.values[0].catalogues] == ["GCAT launch log, December 2024"]
    (other,) = date.differing
    assert other.value is not None
    assert (other.value.text, other.status and other.status.text) == ("2018-10-28", "refuted")
    assert facts["has participant"].values[0].origins == ["derived by a rule"]
    assert facts["has participation"].values[0].value.text.endswith(", launch provider")


def test_a_claim_that_curators_did_not_take_over_is_shown(stored: ox.Store) -> None:
    """A property of which the dataset follows no claim is told as claimed."""
    facts = [fact for fact in page_of(stored, "id/system/cbers-4a").facts if fact.property.text == "ordinal in series"]
    assert facts
    assert not facts[0].values
    assert len(facts[0].differing) > 1


def test_names_come_in_every_language_the_english_first(stored: ox.Store) -> None:
    """Each label is told with its language."""
    names = [(each.lang, each.text) for each in page_of(stored, "id/actor/chn").names if each.kind == "name"]
    assert names[0] == ("en", "China")
    assert ("zh", "中国") in names
    assert {"ar", "es", "fr", "ru"} <= {lang for lang, _ in names}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param("id/actor/mmr", "Burma", id="another name"),
        pytest.param("id/actor/chn", "People's Republic of China", id="formal name"),
    ],
)
def test_names_that_sources_use_stand_beside_the_labels(stored: ox.Store, path: str, name: str) -> None:
    """A record of usage gives a name, and who uses it; the source is named by its title and linked."""
    (used,) = [each for each in page_of(stored, path).names if each.text == name]
    assert (used.lang, used.kind) == ("en", "name used by a source")
    (source,) = used.sources
    assert source.href.startswith("/id/source/")
    assert source.text != source.iri
    page = render("entity.html", root="", page=page_of(stored, path))
    assert name in html.unescape(page.decode())


def test_a_name_whose_use_has_ended_is_a_former_one(tmp_path: Path) -> None:
    """The end of the record of usage says so; its note tells more."""
    graph = read(f"""<{CURATED_GRAPH}> {{
      <{BASE}id/actor/a> a <{BASE}ont#Actor> ; <{BASE}ont#hasNameUsage> <{BASE}id/situation/n> .
      <{BASE}id/situation/n> <{BASE}ont#nameForm> "Old"@en ; <{BASE}ont#endLatest> "1989-06-18" ;
        <{PREFIXES["skos"]}note> "until the law of 1989"@en . }}""")
    made = publish_quads(tmp_path / "home", graph)
    (name,) = page_of(ox.Store.read_only(str(made.store)), "id/actor/a").names
    assert (name.kind, name.text) == ("former name; until the law of 1989", "Old")


def test_links_to_other_graphs_have_their_evidence(stored: ox.Store) -> None:
    """Each published link names its record, why it is believed and how far."""
    links = {each.target.iri: each for each in page_of(stored, "id/actor/chn").links}
    wikidata = links["http://www.wikidata.org/entity/Q148"]
    assert (wikidata.record and wikidata.record.iri) == f"{BASE}id/link/chn-wikidata"
    assert (wikidata.confidence, wikidata.reasons[0].text) == ("0.95", "link given by a source")
    assert len(links) == len(page_of(stored, "id/actor/chn").links)


def test_what_points_to_a_thing_is_grouped_with_counts(stored: ox.Store) -> None:
    """The largest first; where they are few they are named, else a link leads to the list."""
    few, many = page_of(stored, "id/system/cfosat"), page_of(stored, MOST)
    assert [len(group.pointers) for group in few.groups] == [group.count for group in few.groups]
    assert [group.count for group in many.groups] == sorted((group.count for group in many.groups), reverse=True)
    assert not any(group.pointers for group in many.groups)


def test_a_thing_without_a_label_is_named_by_what_it_connects(stored: ox.Store) -> None:
    """A participation is called by its launch, the actor and the role."""
    page = page_of(stored, "id/situation/launch-2018-083-chn-launch-provider")
    assert page.title.text == "Launch of CFOSAT: China, launch provider"


def test_json_ld_cannot_end_its_element_and_says_the_same(tmp_path: Path) -> None:
    """What stands in the script element is JSON-LD of names, types and identifiers, without a `<` of the data."""
    label = "</script><script>alert(1)</script>&amp;"
    text = f'GRAPH <{BASE}graph/x> {{ <{BASE}id/a/b> <{RDFS}label> "{label}"@en ; <urn:p> <{BASE}id/a/c> , 7 }}'
    version = publish_quads(tmp_path / "home", read(text))
    data = page_of(ox.Store.read_only(str(version.store)), "id/a/b").data
    assert not re.search("[<>&]", data)
    triples = {quad.triple for quad in ox.parse(data, format=ox.RdfFormat.JSON_LD)}
    this = ox.NamedNode(f"{BASE}id/a/b")
    assert triples == {
        ox.Triple(this, ox.NamedNode(f"{RDFS}label"), ox.Literal(label, language="en")),
        ox.Triple(this, ox.NamedNode("urn:p"), ox.Literal(7)),
    }


def test_pictures_say_what_the_tables_say(stored: ox.Store) -> None:
    """A bar a year, as high as its count; a mark at its degrees; nothing is drawn of what is none."""
    chart = page_of(stored, "id/system/lv-falcon-9").timeline
    assert chart is not None
    highest = max(chart.bars, key=lambda bar: bar.count)
    assert (highest.height, highest.y) == (chart.height, 0)
    assert timeline({2018: 3}) is None
    place = page_of(stored, "id/place/jiuquan").spot
    assert place is not None
    assert (place.x, place.y) == (280.31, 48.69)
    assert spot("91", "0") is spot("north", "0") is spot("", "") is spot("nan", "0") is None


def test_a_plain_dataset_is_described_too(tmp_path: Path) -> None:
    """Foreign data under the base have pages: no class, no label in English, no catalogue."""
    version = publish_quads(tmp_path / "home", read(f'<{BASE}id/a/b> <urn:p> "x"@fr , <urn:o> , _:b .'), kind="plain")
    page = page_of(ox.Store.read_only(str(version.store)), "id/a/b")
    assert [len(fact.values) for fact in page.facts] == [3]
    assert page.title.text == f"{BASE}id/a/b"


def test_where_all_values_have_one_origin_it_is_told_once(stored: ox.Store) -> None:
    """Values are sorted by the names that are shown; each keeps its origin, but the page does not repeat it."""
    facts = {fact.property.text: fact for fact in page_of(stored, "id/actor/chn").facts}
    fact = facts["cooperates with"]
    names = [each.value.text.casefold() for each in fact.values]
    assert names == sorted(names)
    assert fact.has_one_origin
    text = render("entity.html", root="", page=page_of(stored, "id/actor/chn")).decode()
    assert text.count("derived by a rule") < len(facts)
    assert not facts["ISO alpha-3 code"].has_one_origin


def test_a_page_leads_to_the_pictures_of_its_entity(stored: ox.Store) -> None:
    """A state has all three, another actor two, a satellite its network; what no picture shows has none."""
    ways = {path: [address for _, address in page_of(stored, path).ways] for path in WAYS}
    assert ways == WAYS


def test_a_small_network_is_drawn_of_what_the_page_names(stored: ox.Store) -> None:
    """The entity and its neighbours, each with its relation, where they are few; none for a hub."""
    drawn: Any = page_of(stored, "id/system/cfosat").network
    assert drawn["nodes"][0]["name"] == "CFOSAT"
    names = [each["name"] for each in drawn["nodes"]]
    edges = {(names[each["source"]], each["relation"], names[each["target"]]) for each in drawn["edges"]}
    assert ("CFOSAT", "carries", "SWIM") in edges
    assert ("Launch of CFOSAT", "launched object", "CFOSAT") in edges
    assert "/id/actor/cnes" in {each["href"] for each in drawn["nodes"]}
    assert page_of(stored, "id/actor/chn").network is None
    assert page_of(stored, "voc/role/partner").network is None
