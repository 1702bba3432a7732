"""`/examples`: the example queries told of as RDF and pages, answered with parameters, described with code."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pyoxigraph as ox
import pytest
from html_pages import read_page
from small_homes import publish_quads, read

from graph.changes import Delta
from graph.consequences import refuse_what_is_made
from graph.examples import example_quads, packaged_examples
from graph.terms import EXAMPLES_GRAPH, PREFIXES, SH
from graph.write_errors import WriteRefused
from service.formats import GRAPHS, SOLUTIONS

if TYPE_CHECKING:
    from conftest import Serve

    from graph.versions import Version
    from service.formats import Format

EXAMPLES = {question.name: question for question in packaged_examples()}
LOCAL = {name: question for name, question in EXAMPLES.items() if not question.services}
OPEN = [name for name, question in LOCAL.items() if question.parameters]
ANSWERS = Path(__file__).parent / "fixtures" / "answers"
AGREEMENTS = "/examples/agreements-in-force-on-a-date"


def stored(name: str) -> str:
    """Return the stored answer of a question."""
    return (ANSWERS / f"{name}.tsv").read_text(encoding="utf-8")


def test_the_endpoint_has_the_examples(client: httpx.Client, version: Version) -> None:
    """Editors ask the endpoint for its examples: each is there as an executable, in a graph of its own."""
    query = f"""SELECT ?sq ?comment ?query WHERE {{ GRAPH <{EXAMPLES_GRAPH}> {{
      ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select ?query ; schema:target ?target }} }}"""
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    found = {row["sq"]["value"].rpartition("/")[2]: row["query"]["value"] for row in rows}
    assert found == {name: question.text for name, question in EXAMPLES.items()}
    assert version.manifest.graphs[EXAMPLES_GRAPH] == len(example_quads())
    inside = client.get("/sparql", params={"query": "ASK { ?sq a sh:SPARQLExecutable }"}).json()
    assert inside["boolean"] is False


def test_nobody_writes_the_examples() -> None:
    """They come with the package."""
    delta = Delta()
    delta.add(example_quads()[:1])
    with pytest.raises(WriteRefused, match="comes with the package"):
        refuse_what_is_made(delta)


@pytest.mark.parametrize("into", GRAPHS, ids=lambda each: each.name)
def test_the_list_is_the_graph(client: httpx.Client, into: Format) -> None:
    """By Accept and by `format`: what the graph of examples holds, with the address of this endpoint as target."""
    response = client.get("/examples", headers={"Accept": into.media_type})
    assert response.headers["content-type"] == into.content_type
    assert client.get("/examples", params={"format": into.name}).content == response.content
    site = str(client.base_url).rstrip("/")
    found = {quad.triple for quad in ox.parse(response.content, format=ox.RdfFormat.from_media_type(into.media_type))}
    target = ox.NamedNode(PREFIXES["schema"] + "target")
    assert {str(triple.object) for triple in found if triple.predicate == target} == {f"<{site}/sparql>"}
    told = ox.Store()
    told.extend(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in found)
    wanted = ox.Store()
    wanted.extend(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in example_quads())
    assert {q for q in told if q.predicate != target} == {q for q in wanted if q.predicate != target}


def test_the_list_as_page_and_json(client: httpx.Client) -> None:
    """A page by topic for people, JSON for programs; an entity tag, HEAD, 406."""
    page = client.get("/examples", headers={"Accept": "text/html"}).text
    for question in EXAMPLES.values():
        assert f'<a href="/examples/{question.name}">' in page
        assert all(f'<h2 id="{tag}">' in page for tag in question.tags)
    response = client.get("/examples", headers={"Accept": "application/json"})
    listed = {each["name"]: each for each in response.json()["examples"]}
    assert set(listed) == set(EXAMPLES)
    assert listed["partners-of-china"]["parameters"][0]["type"] == "coo:State"
    again = client.get("/examples", headers={"Accept": "application/json", "If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head("/examples").status_code == 200
    assert client.get("/examples", headers={"Accept": "image/png"}).status_code == 406


def test_an_example_is_an_executable_with_parameters(client: httpx.Client) -> None:
    """Its name as an IRI ends as its address; parameters have type, default and meaning."""
    response = client.get("/examples/apsco-members-by-grade")
    assert response.headers["content-type"].startswith("text/turtle")
    store = ox.Store()
    store.load(response.content, ox.RdfFormat.TURTLE)
    query = """SELECT ?example ?name ?of ?default WHERE {
      ?example a sh:SPARQLSelectExecutable ; sh:parameter ?p . ?p sh:name ?name ; sh:defaultValue ?default
      { ?p sh:class ?of } UNION { ?p sh:datatype ?of } } ORDER BY ?name"""
    rows = store.query(query, prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)
    found = [tuple(str(term) for term in row) for row in rows]
    iri = "<https://w3id.org/coorbit/examples/apsco-members-by-grade>"
    day = '"2018-04-19"^^<http://www.w3.org/2001/XMLSchema#date>'
    assert found == [
        (iri, '"body"', "<https://w3id.org/coorbit/ont#Actor>", f"<{PREFIXES['actor']}apsco>"),
        (iri, '"day"', "<http://www.w3.org/2001/XMLSchema#date>", day),
    ]
    assert (ox.NamedNode(SH + "prefixes")) in {quad.predicate for quad in store}


@pytest.mark.parametrize("name", OPEN)
def test_defaults_give_the_stored_answer(client: httpx.Client, name: str) -> None:
    """Without parameters and with each default given: the stored answer, byte for byte."""
    assert client.get(f"/examples/{name}/run", params={"format": "tsv"}).text == stored(name)
    values = {each.name: each.default for each in EXAMPLES[name].parameters}
    for end in ("", "/run"):
        given = client.get(f"/examples/{name}{end}", params={**values, "format": "tsv"})
        assert given.text == stored(name)


@pytest.mark.parametrize("into", SOLUTIONS, ids=lambda each: each.name)
def test_results_in_each_format(client: httpx.Client, into: Format) -> None:
    """By Accept and by `format`, with and without `/run`; the second time from the cache; 304 to who has it."""
    params = {"day": "1990-01-01"}
    response = client.get(AGREEMENTS, params=params, headers={"Accept": into.media_type})
    assert response.headers["content-type"] == into.content_type
    assert client.get(f"{AGREEMENTS}/run", params=params | {"format": into.name}).content == response.content
    again = client.get(AGREEMENTS, params=params, headers={"Accept": into.media_type})
    assert again.headers["server-timing"] == "cache;desc=hit"
    tag = {"Accept": into.media_type, "If-None-Match": response.headers["etag"]}
    assert client.get(AGREEMENTS, params=params, headers=tag).status_code == 304
    assert client.get(AGREEMENTS, params={"day": "1990-01-02"}, headers=tag).status_code == 200
    plain = client.get(AGREEMENTS, headers={"Accept": into.media_type})  # the defaults
    assert plain.headers["content-type"] == into.content_type


def test_a_parameter_changes_the_answer(client: httpx.Client) -> None:
    """Another date gives other agreements, another state other partners; columns stay."""
    early = client.get(AGREEMENTS, params={"day": "1970-01-01", "format": "json"}).json()
    assert early["head"]["vars"] == list(EXAMPLES["agreements-in-force-on-a-date"].columns)
    names = [row["name"]["value"] for row in early["results"]["bindings"]]
    assert names == ["Outer Space Treaty", "Rescue Agreement"]
    france = client.get("/examples/partners-of-china", params={"country": "actor:fra", "format": "csv"}).text
    assert "China" in france
    whole = f"{PREFIXES['actor']}fra"
    assert client.get("/examples/partners-of-china", params={"country": whole, "format": "csv"}).text == france


@pytest.mark.parametrize(
    ("path", "params", "said"),
    [
        pytest.param(AGREEMENTS, {"day": "tomorrow"}, "a calendar date, such as 2018-04-19", id="no date"),
        pytest.param("/examples/partners-of-china", {"country": "actor:esa"}, "IRI of a coo:State", id="no state"),
        pytest.param("/examples/partners-of-china", {"country": "urn:x> ?s ?p"}, "IRI of a coo:State", id="no IRI"),
        pytest.param(AGREEMENTS, {"date": "2018-04-19"}, "it takes day, format", id="unknown parameter"),
        pytest.param(AGREEMENTS, [("day", "2018-04-19")] * 2, "given twice", id="twice"),
        pytest.param(AGREEMENTS, {"version": "x"}, "version= takes", id="no version"),
        pytest.param(AGREEMENTS, {"day": "2018-04-19", "format": "pdf"}, "format= takes", id="no format"),
    ],
)
def test_a_wrong_request_is_told_what_was_expected(client: httpx.Client, path: str, params: Any, said: str) -> None:  # noqa: ANN401  (what httpx takes)
    """400 with what was expected."""
    response = client.get(f"{path}/run", params=params)
    assert response.status_code == 400
    assert said in response.json()["detail"]


def test_a_value_is_never_a_part_of_the_query(client: httpx.Client) -> None:
    """SPARQL in a value is a text like any other."""
    value = 'http://www.wikidata.org/entity/")) } UNION { ?thing ?name ?item } #'
    response = client.get("/examples/wikidata-links", params={"site": value, "format": "json"})
    assert response.json()["results"]["bindings"] == []


def test_versions_and_formats_of_a_run(client: httpx.Client) -> None:
    """A version named is for good, one that never was is 404; RDF is no format of an answer."""
    fixed = client.get(AGREEMENTS, params={"version": 1, "format": "csv"})
    assert "immutable" in fixed.headers["cache-control"]
    assert client.get(AGREEMENTS, params={"version": 99}).status_code == 404
    refused = client.get(f"{AGREEMENTS}/run", headers={"Accept": "text/turtle"})
    assert (refused.status_code, "text/csv" in refused.json()["available"]) == (406, True)
    assert client.head(f"{AGREEMENTS}/run").status_code == 200
    assert client.get("/examples/nothing").status_code == 404


def test_the_page_of_an_example(client: httpx.Client) -> None:
    """Its query, a field for each parameter, its rows, code; a wrong value is told on the page, nothing is markup."""
    headers = {"Accept": "text/html"}
    page = client.get("/examples/apsco-members-by-grade", headers=headers).text
    assert '<label for="body">' in page
    assert 'type="date" value="2018-04-19"' in page
    assert "<th" not in page
    ran = client.get("/examples/apsco-members-by-grade/run", params={"day": "2010-01-01"}, headers=headers)
    assert '<th scope="col">memberName</th>' in ran.text
    assert 'type="date" value="2010-01-01"' in ran.text
    assert "no-cache" in ran.headers.get("cache-control", "no-cache")
    wrong = client.get(
        "/examples/wikidata-links/run", params={"site": "<script>x</script>", "surely": "0.5"}, headers=headers
    )
    assert wrong.status_code == 200
    assert "<script>x" not in wrong.text
    stranger = client.get("/examples/partners-of-china", params={"country": "actor:esa"}, headers=headers)
    assert stranger.status_code == 400
    assert "the IRI of a coo:State" in unescape(stranger.text)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        pytest.param("/examples/partners-of-china", {"country": "actor:fra"}, id="thing"),
        pytest.param(AGREEMENTS, {"day": "1970-01-01", "version": "1"}, id="date, version"),
        pytest.param("/examples/partners-of-china/run", {}, id="defaults"),
        pytest.param("/examples/wikidata-links", {"site": '")) } UNION { ?thing ?name ?item } #'}, id="no query"),
    ],
)
def test_the_page_of_an_answer_has_its_query_and_files(client: httpx.Client, path: str, values: dict[str, str]) -> None:
    """What is printed, and what "Change it and ask" opens, gives the rows shown; so does each download."""
    page = read_page(client.get(path, params=values, headers={"Accept": "text/html"}).text)
    expected = client.get(path, params=values | {"format": "csv"}).text
    addresses = {each.text: each.attributes["href"] for each in page.named("a")}
    printed = page.named("pre")[0].text
    (query,) = httpx.URL(addresses["Change it and ask"]).params.get_list("query")
    assert query.strip() == printed.strip()
    version = {"version": values["version"]} if "version" in values else {}
    assert client.get("/sparql", params={"query": query, "format": "csv", **version}).text == expected
    assert client.get(addresses["csv"]).text == expected
    for each in SOLUTIONS:
        answer = client.get(addresses[each.name])
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, each.media_type)


def test_each_example_is_in_the_api_description(client: httpx.Client) -> None:
    """An entry each: parameters with types and examples, the columns of the result, code in four languages."""
    paths = client.get("/openapi.json").json()["paths"]
    for name, question in EXAMPLES.items():
        entry = paths[f"/examples/{name}"]["get"]
        told = {each["name"]: each for each in entry["parameters"]}
        assert {each.name for each in question.parameters} <= told.keys()
        assert all("example" in told[each.name] and "type" in told[each.name]["schema"] for each in question.parameters)
        content = entry["responses"]["200"]["content"][SOLUTIONS[0].media_type]["schema"]
        row = content["properties"]["results"]["properties"]["bindings"]["items"]["properties"]
        assert tuple(row) == question.columns
        assert [each["lang"] for each in entry["x-codeSamples"]] == ["Shell", "Python", "R", "JavaScript"]


def code_of(page: str, label: str) -> str:
    """Return a piece of code as a page shows it."""
    return page.partition(f"<h3>{label}</h3>\n<pre>")[2].partition("</pre>")[0]


@pytest.mark.parametrize("name", ["apsco-members-by-grade", "wikidata-links"])
def test_the_code_runs(client: httpx.Client, name: str) -> None:
    """The curl and the Python code of a page run as they stand and give the rows."""
    page = unescape(client.get(f"/examples/{name}", headers={"Accept": "text/html"}).text)
    curl, python, r, javascript = (code_of(page, label) for label in ("curl", "Python", "R", "JavaScript"))
    expected = client.get(f"/examples/{name}/run", params={"format": "csv"})
    asked = subprocess.run(["/bin/sh", "-c", curl], capture_output=True, check=True)
    assert asked.stdout == expected.content
    printed = subprocess.run([sys.executable, "-c", python], capture_output=True, check=True, text=True)
    assert len(printed.stdout.splitlines()) == len(stored(name).splitlines()) - 1
    for code in (r, javascript):
        assert json.dumps(f"{str(client.base_url).rstrip('/')}/examples/{name}/run") in code


@pytest.mark.slow
@pytest.mark.parametrize(
    ("label", "command"),
    [("JavaScript", ["node", "--input-type=module", "-e"]), ("R", ["Rscript", "-e"])],
    ids=["JavaScript", "R"],
)
def test_the_code_of_other_languages_runs(client: httpx.Client, label: str, command: list[str]) -> None:
    """As it stands, with parameters, where there is an interpreter: each row of the answer is printed."""
    interpreter = shutil.which(command[0])
    if interpreter is None:
        pytest.skip(f"there is no {command[0]} here")
    page = client.get("/examples/partners-of-china", headers={"Accept": "text/html"}).text
    code = code_of(unescape(page), label)
    run = subprocess.run([interpreter, *command[1:], code], capture_output=True, check=False, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    answer = client.get("/examples/partners-of-china/run", params={"format": "json"}).json()["results"]["bindings"]
    assert answer
    last = answer[-1].values()
    assert all(str(term["value"])[-20:] in run.stdout for term in last)


def test_a_plain_dataset_has_no_examples(tmp_path: Path, serve: Serve) -> None:
    """They ask about space cooperation; other data are another matter."""
    home = tmp_path / "home"
    publish_quads(home, read('<http://e.test/s> <http://e.test/p> "x" .'), kind="plain")
    with serve(home) as client:
        assert client.get("/examples", headers={"Accept": "application/json"}).json() == {"examples": []}
        assert client.get("/examples/partners-of-china").status_code == 404
