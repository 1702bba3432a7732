"""`/explore`: the figures of each picture are those of its query; filters; what is refused; no markup of others."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictured import cells, data_of, rows_behind

from graph.request_errors import BadRequest
from graph.terms import BASE, PREFIXES
from service.explore.answer import write_picture
from service.explore.asking import asked
from service.explore.cooperation import cooperation_page
from service.explore.network import network_page
from service.explore.picture import COOPERATION, MOST_EXPANDED, MOST_SHOWN, NETWORK, SUBJECTS, TIMELINE, Picture
from service.explore.requests import read_picture
from service.explore.timeline import timeline_page

if TYPE_CHECKING:
    import httpx

    from graph.versions import Version
    from service.entity.description import Term
    from service.formats import Format

ID = BASE + "id/"
CHINA, FRANCE, CFOSAT = ID + "actor/chn", ID + "actor/fra", ID + "system/cfosat"


class Counting:
    """A store that counts what it is asked."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self.asked: list[str] = []

    def query(self, query: str, *, substitutions: dict[ox.Variable, Term] | None = None) -> object:
        """Evaluate a query, and note it."""
        self.asked.append(query)
        return self._store.query(query, substitutions=substitutions)

    def quads_for_pattern(self, *pattern: Any) -> object:  # noqa: ANN401  (passed on)
        """Look something up."""
        return self._store.quads_for_pattern(*pattern)


class Page:
    """What a picture's page is written to."""

    def __init__(self) -> None:
        self.text = ""

    def __call__(self, _chosen: Format, /, **_about: object) -> Page:
        """Take the beginning of the answer."""
        return self

    def write(self, data: bytes, /) -> int:
        """Take the page."""
        self.text += data.decode()
        return len(data)

    def flush(self) -> None:
        """Do nothing."""


@pytest.fixture(scope="module")
def stored(version: Version) -> ox.Store:
    """The packaged dataset as a query process has it open."""
    return ox.Store.read_only(str(version.store))


@pytest.mark.parametrize(
    "bounds", ["", "&kind=agreement", "&kind=launch+for+the+partner&from=1990&to=1999", "&from=2018"]
)
def test_the_figures_of_cooperation_are_those_of_its_query(client: httpx.Client, bounds: str) -> None:
    """Table and script have, of each partner and kind, what the query gives over all years."""
    text = client.get(f"/explore/cooperation?state=actor/chn{bounds}").text
    expected: Counter[tuple[str, str]] = Counter()
    for row in rows_behind(client, text):
        expected[row["partnerName"], row["kind"]] += int(row["number"])
    assert expected
    shown = {(row[0], row[1]): int(row[2]) for row in cells(text, "Partners of China, by kind")}
    assert shown == expected
    drawn = {(place["name"], kind): n for place in data_of(text)["places"] for kind, n in place["kinds"].items()}
    assert drawn == expected
    assert f"{sum(expected.values()):,}" in text


def test_bounds_of_cooperation_are_kept(client: httpx.Client) -> None:
    """A kind and years leave nothing else; the links to other states keep them."""
    address = "/explore/cooperation?state=chn&kind=launch+for+the+partner&from=1990&to=1999"
    text = client.get(address).text
    data = data_of(text)
    assert data["places"]
    assert {kind for place in data["places"] for kind in place["kinds"]} == {"launch for the partner"}
    assert {1990 <= year <= 1999 for place in data["places"] for year, _ in place["years"]} == {True}
    assert all("kind=launch+for+the+partner&from=1990&to=1999" in place["href"] for place in data["places"])
    assert "<option selected>launch for the partner</option>" in text
    assert 'name="from" inputmode="numeric" pattern="[0-9]{4}" size="4" value="1990"' in text


def test_all_states_are_shown_where_none_is_chosen(client: httpx.Client) -> None:
    """How many partners each has, as the question counts them; with the codes that shapes of a map have."""
    text = client.get("/explore/cooperation").text
    expected = {row["stateName"]: row["partners"] for row in rows_behind(client, text)}
    assert dict(cells(text, "States by number of partners")) == expected
    codes = {place["name"]: place["code"] for place in data_of(text)["places"]}
    assert (codes["China"], codes["Brazil"]) == ("156", "076")


@pytest.mark.parametrize(
    "bounds", ["kind=launch+for+the+partner&from=1990&to=1999", "kind=agreement", "from=2018", "to=1970"]
)
def test_bounds_hold_where_no_state_is_chosen(client: httpx.Client, bounds: str) -> None:
    """Each state has as many partners as its own map shows within the same bounds; the form keeps them."""
    text = client.get(f"/explore/cooperation?state=&{bounds}").text
    expected = {row["stateName"]: row["partners"] for row in rows_behind(client, text)}
    assert expected
    assert dict(cells(text, "States by number of partners")) == expected
    places = data_of(text)["places"]
    for place in (places[0], places[-1]):
        assert html.unescape(place["href"]).endswith(bounds)
        assert len(data_of(client.get(place["href"]).text)["places"]) == place["number"]
    kind = parse_qs(bounds).get("kind", ["agreement"])[0]
    assert (f"<option selected>{kind}</option>" in text) == ("kind" in bounds)
    assert "within these bounds" in text
    nothing = client.get("/explore/cooperation?kind=agreement&from=1901&to=1901").text
    assert "No cooperation within these bounds" in nothing
    assert "Brazil</option>" in nothing


def test_the_figures_of_a_timeline_are_those_of_its_query(client: httpx.Client) -> None:
    """Events of an actor in their order, and counted by year."""
    text = client.get("/explore/timeline?actor=actor/esa&from=2000").text
    rows = rows_behind(client, text)
    assert [row[0] for row in cells(text, "Events in the order of their dates")] == [row["date"] for row in rows]
    years = Counter(row["date"][:4] for row in rows)
    assert {row[0]: int(row[-1]) for row in cells(text, "Events by year")} == years
    assert min(years) >= "2000"
    assert [each["name"] for each in data_of(text)["events"]] == [row["name"] for row in rows]


def test_a_long_timeline_says_what_it_leaves_out(client: httpx.Client) -> None:
    """All are counted, the latest are listed; a year leads to its own."""
    text = client.get("/explore/timeline").text
    rows = rows_behind(client, text)
    assert len(rows) > MOST_SHOWN
    assert f"The latest {MOST_SHOWN} of {len(rows):,}; {len(rows) - MOST_SHOWN:,} are left out" in text
    assert len(cells(text, "Events in the order of their dates")) == MOST_SHOWN
    data = data_of(text)
    assert sum(n for year in data["years"] for n in year["numbers"].values()) == len(rows)
    assert data["events"] == []
    (year,) = [each for each in data["years"] if each["year"] == 2018]
    of_year = data_of(client.get(year["href"]).text)
    assert Counter(each["kind"] for each in of_year["events"]) == year["numbers"]


def test_the_number_of_queries_is_fixed(stored: ox.Store) -> None:
    """Whatever the state, thing or actor; a thing that is expanded costs two more. Values are bound, not pasted."""
    pictures = [
        (cooperation_page, Picture(kind=COOPERATION), 3),
        (cooperation_page, Picture(kind=COOPERATION, first=2018), 4),
        *((cooperation_page, Picture(kind=COOPERATION, about=iri), 4) for iri in (CHINA, FRANCE)),
        *((timeline_page, Picture(kind=TIMELINE, about=iri), 1) for iri in ("", CHINA)),
        *((network_page, Picture(kind=NETWORK, about=iri), 2) for iri in (CHINA, CFOSAT)),
        (network_page, Picture(kind=NETWORK, about=CFOSAT, expanded=(FRANCE,)), 4),
    ]
    for make, picture, expected in pictures:
        store = Counting(stored)
        make(store, picture)  # type: ignore[arg-type]
        assert len(store.asked) == expected, picture
        assert not any(picture.about and picture.about in query for query in store.asked)


def test_the_text_of_a_question_with_values_gives_what_bound_values_give(stored: ox.Store) -> None:
    """What the query page is given is the same question."""
    for name, values in (
        ("cooperation-of-a-state", {"country": FRANCE, "wanted": "agreement", "firstYear": "1960"}),
        ("dated-events-of-an-actor", {"actor": ID + "actor/cnes", "lastYear": "2000"}),
        ("partner-counts-within-years", {"wanted": "agreement", "firstYear": "0"}),
        ("dated-events", {"wanted": "membership", "firstYear": "1990", "lastYear": "2010"}),
    ):
        question = asked(name, **values)
        columns = question.question.columns
        bound = [tuple(str(row[each]) for each in columns) for row in question.rows(stored)]
        plain: Any = stored.query(question.text())
        assert bound
        assert bound == [tuple(str(row[each]) for each in columns) for row in plain]


def test_pictures_without_a_subject_have_their_forms(client: httpx.Client) -> None:
    """The overview and an empty network ask what is to be shown; a parameter without a value is none."""
    assert 'action="/explore/network"' in client.get("/explore").text
    assert 'name="about"' in client.get("/explore/network").text
    assert data_of(client.get("/explore/cooperation?state=&kind=&from=&to=").text)["state"] is None
    assert client.head("/explore/timeline").status_code == 200


@pytest.mark.parametrize(
    ("address", "status", "expected"),
    [
        ("cooperation?state=actor/xyz", 404, "is no State"),
        ("cooperation?state=actor/esa", 404, "is no State"),
        ("cooperation?state=a%20b", 400, "such as actor/chn"),
        ("cooperation?state=chn&state=fra", 400, "given twice"),
        ("cooperation?state=chn&from=18", 400, "from= takes a year of four digits"),
        ("cooperation?state=chn&to=20%C2%B28", 400, "to= takes a year of four digits"),
        ("cooperation?state=chn&from=2019&to=2018", 400, "turn them round"),
        ("cooperation?state=chn&kind=%22%20%7D", 400, "kind= takes one of the kinds"),
        ("cooperation?state=chn&kind=marriage", 400, "joint development, "),
        ("timeline?kind=marriage", 400, "launch, agreement"),
        ("cooperation?state=chn&color=red", 400, "is no parameter of this page"),
        ("cooperation?version=x", 400, "number of one version"),
        ("cooperation?version=99", 404, "99"),
        ("network?about=system/none", 404, "nothing is said of"),
        ("network?about=" + "a" * 1100, 400, "such as actor/chn"),
        ("network?about=actor/chn&expand=actor/none", 404, "nothing is said of"),
        ("network?about=actor/chn" + "".join(f"&expand=actor/{n}" for n in range(MOST_EXPANDED + 1)), 400, "at most 8"),
        ("timeline?actor=system/cfosat", 404, "is no Actor"),
        ("timeline?lang=xx", 400, "lang= takes one of"),
    ],
)
def test_what_cannot_be_shown_is_told(client: httpx.Client, address: str, status: int, expected: str) -> None:
    """The status, and a page that says what to do."""
    response = client.get(f"/explore/{address}", headers={"Accept": "text/html"})
    assert response.status_code == status, response.text
    assert expected in html.unescape(response.text)


def test_a_version_is_kept_by_links_and_forms(client: httpx.Client) -> None:
    """A page of a version that the address names stays for good, and leads to pages of the same."""
    for path in ("cooperation?state=chn&", "network?about=actor/chn&", "timeline?actor=actor/chn&", "?"):
        address = f"/explore/{path}version=1" if path != "?" else "/explore?version=1"
        response = client.get(address)
        assert response.status_code == 200
        assert '<input type="hidden" name="version" value="1">' in response.text
        _, _, below = response.text.partition("<h1>")
        links = re.findall(r'href="(/(?:explore|id|query)[/?][^"]*)"', below.partition("</main>")[0])
        assert [each for each in links if "version=1" not in each] == []
    fixed = client.get("/explore/network?about=actor/chn&version=1")
    assert fixed.headers["cache-control"] == "no-cache"  # it names scripts of this release
    now = client.get("/explore/network?about=actor/chn")
    assert now.headers["cache-control"] == "no-cache"
    again = client.get("/explore/network?about=actor/chn", headers={"If-None-Match": now.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_plain_dataset_has_no_pictures(plain: httpx.Client) -> None:
    """The questions are of the published one."""
    response = plain.get("/explore/cooperation")
    assert response.status_code == 404
    assert "plain one" in response.text


class Elements(HTMLParser):
    """The elements of a page as a browser sees them."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()
        self.scripts: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "script":
            self.scripts.add(dict(attrs).get("type") or "")


NASTY = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 1234567*8 }}"


@pytest.fixture(scope="module")
def odd() -> ox.Store:
    """A few facts with markup wherever text can stand."""
    store = ox.Store()
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    label = ox.Literal(NASTY, language="en")
    store.update(f"""{prefixes}INSERT DATA {{
      actor:one a coo:State , coo:Actor ; rdfs:label {label} ; coo:representsState actor:one ;
        coo:isoNumeric {ox.Literal(NASTY)} ; coo:cooperatesWith actor:two .
      actor:two a coo:State , coo:Actor ; rdfs:label {label} ; coo:representsState actor:two .
      coo:cooperatesWith rdfs:label {label} .
      agr:one a coo:Agreement ; rdfs:label {label} ; coo:hasPartyActor actor:one , actor:two ;
        coo:instrumentKind ik:protocol ; coo:signedOn "2018-01-01"^^xsd:date .
    }}""")
    return store


@pytest.mark.parametrize("kind", SUBJECTS)
def test_no_markup_of_others_gets_into_a_picture(odd: ox.Store, kind: str) -> None:
    """Labels, names of relations and codes stay text, in the page and in the figures for the script."""
    for about in ("", ID + "actor/one"):
        page = Page()
        write_picture(odd, Picture(kind=kind, about=about), page)
        seen = Elements()
        seen.feed(page.text)
        assert "img" not in seen.names
        assert {each for each in seen.attributes if each.startswith("on")} == set()
        assert seen.scripts <= {"application/json", "module"}
        assert seen.names.count("script") == page.text.count("<script")
        assert "9876536" not in page.text
        if about and kind != TIMELINE:
            assert NASTY in json.dumps(data_of(page.text), ensure_ascii=False).replace('\\"', '"')


@given(st.text(max_size=60), st.sampled_from(["state", "kind", "from", "to", "about", "expand", "actor", "version"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    """No other error comes of it, and what is read is a name that the engine takes."""
    for kind in SUBJECTS:
        try:
            picture = read_picture(kind, _encoded(name, text))
        except BadRequest:
            continue
        assert all(ox.NamedNode(each) for each in (picture.about, *picture.expanded) if each)


def _encoded(name: str, text: str) -> bytes:
    return f"{name}=".encode() + "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass")).encode()


def test_names_come_in_the_readers_language(client: httpx.Client) -> None:
    """By `lang`, which links keep, or as the browser likes; what has no name in that language keeps its English one."""
    chosen = client.get("/explore/cooperation?state=chn&lang=fr").text
    assert 'lang="fr"' in chosen
    assert ">Brésil</a>" in chosen
    assert "Cooperation of Chine" in chosen
    liked = client.get("/explore/network?about=actor/bra", headers={"Accept-Language": "zh"})
    assert "巴西" in liked.text
    assert "Accept-Language" in liked.headers["vary"]
    assert "巴西" not in client.get("/explore/network?about=actor/bra").text
    events = html.unescape(client.get("/explore/timeline?from=2018&to=2018&lang=ru").text)
    assert "Launch of CFOSAT" in events
    joined = html.unescape(client.get("/explore/timeline?kind=membership&lang=ru").text)
    assert ", member of " in joined


def test_names_with_accents_stand_among_the_others(client: httpx.Client) -> None:
    """In a list by name É stands with E, not behind Z."""
    page = client.get("/explore/cooperation?lang=fr").text
    names = [html.unescape(each) for each in re.findall(r"<option value=\"[^\"]*\"[^>]*>([^<]+)</option>", page)]
    states = [each for each in names if each[0] in "EÉFZ"]
    accented = [each for each in states if each[0] == "É"]
    assert accented
    assert all(states.index(each) < states.index("France") for each in accented)
