"""Search in an index: what is found for what is typed, in which order, and what an identifier means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searching import SMALL, store_of

from graph.errors import NoSearch, VersionDamaged
from graph.query_errors import QueryTimeout
from graph.search import Index
from graph.search_index import build_search
from graph.search_segment import BASE_FILE
from graph.terms import BASE, COO

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The index of a small graph."""
    directory = tmp_path_factory.mktemp("000007")
    build_search(store_of(SMALL), directory)
    opened = Index(directory)
    yield opened
    opened.close()


def found(index: Index, text: str, **asked: object) -> list[str]:
    """Return the slugs of what is found."""
    hits = index.search(text, **asked)  # type: ignore[arg-type]
    return [hit.found.iri.rpartition("/")[2] for hit in hits]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("chin", "chn"),
        ("CHINA", "chn"),
        ("中国", "chn"),
        ("中", "chn"),
        ("国家航", "cnsa"),
        ("Кита", "chn"),
        ("cote d'iv", "civ"),
        ("Elfenbeinkuste", "civ"),
        ("cnsa", "cnsa"),
        ("national china", "cnsa"),
        ("chi nat spa", "cnsa"),
        ("burma", "mmr"),
        ("ziyuan", "cbers-4a"),
        ("cbers4a", "cbers-4a"),
        ("cbers 4", "cbers-4"),
        ("2019-093E", "cbers-4a"),
        ("2019093", "cbers-4a"),
        ("44883", "cbers-4a"),
        ("CN", "chn"),
        ("Chnia", "chn"),
        ("Mianmar", "mmr"),
        ("administrashun nationl", "cnsa"),
    ],
)
def test_what_is_typed_is_found(index: Index, text: str, first: str) -> None:
    """Labels in every language, acronyms, other and former names, identifiers, beginnings, and with errors."""
    assert found(index, text)[:1] == [first]


def test_records_are_not_found(index: Index) -> None:
    """Rows, links and usages of names are found by the things that they are about."""
    assert found(index, "row") == []
    assert found(index, "china in wikidata") == []


@pytest.mark.parametrize("text", ["zzzzzz", "?!", " ", '"', "a AND b", "NEAR(", "'; DROP TABLE name --", "*", "\u4e00"])
def test_what_is_nothing_finds_nothing(index: Index, text: str) -> None:
    """No text is read as a query of its own."""
    assert found(index, text) == []


@given(st.text(max_size=60), st.sampled_from(["", "zh", "en-GB"]), st.sampled_from([(), (COO + "State",), ("x:y",)]))
def test_no_text_breaks_it(index: Index, text: str, lang: str, types: tuple[str, ...]) -> None:
    """Whatever is typed, there are at most as many hits as asked for, by falling score from 0 to 100, each once."""
    hits = index.search(text, types=types, lang=lang, limit=3)
    assert len(hits) <= 3
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 <= hit.score <= 100 for hit in hits)
    assert len({hit.found.iri for hit in hits}) == len(hits)


def test_a_type_is_kept_to(index: Index) -> None:
    """A class, those above it included, bounds what is found; an unknown one finds nothing."""
    assert found(index, "ch", types=[COO + "State"]) == ["chn", "chl"]
    assert found(index, "ch", types=[COO + "SpaceAgency"]) == ["cnsa"]
    assert set(found(index, "ch", types=[COO + "Actor"])) == {"chn", "chl", "cnsa"}
    assert found(index, "ch", types=["http://e.test/Unknown"]) == []


def test_a_language_is_kept_to(index: Index) -> None:
    """Names of other languages do not count; a region of a language does."""
    assert found(index, "elfenbein", lang="fr") == []
    assert found(index, "chine", lang="fr-CA") == ["chn"]


def test_a_whole_name_comes_before_a_beginning(index: Index) -> None:
    """The score says how well the name fits, and then how likely the thing is looked for."""
    scores = [hit.score for hit in index.search("china")]
    assert found(index, "china") == ["chn", "cnsa"]
    assert scores[0] > 85 > scores[1]


@pytest.mark.parametrize(
    ("identifier", "slugs"),
    [
        ("http://www.wikidata.org/entity/Q148", ["chn"]),
        ("https://www.wikidata.org/wiki/Q148", ["chn"]),
        ("Q148", ["chn"]),
        ("iso:156", ["chn"]),
        ("2019-093E", ["cbers-4a"]),
        ("norad:44883", ["cbers-4a"]),
        ("iso:44883", []),
        ("cospar:2014-079a", ["cbers-4"]),
        (BASE + "id/actor/cnsa", ["cnsa"]),
        ("http://e.test/unknown", []),
    ],
)
def test_an_identifier_means_a_thing(index: Index, identifier: str, slugs: list[str]) -> None:
    """IRIs of other graphs by any of their addresses, codes with and without their scheme, and our own IRIs."""
    assert [each.iri.rpartition("/")[2] for each in index.resolve(identifier)] == slugs


def test_a_link_comes_with_its_record(index: Index) -> None:
    """The evidence of a link is its record of the linkset, with the confidence that it gives."""
    (evidence,) = index.resolve("Q148")
    assert evidence.relation == "skos:exactMatch"
    assert evidence.record == BASE + "id/link/chn-wikidata"
    assert evidence.confidence == "0.95"


def test_labels_come_in_a_language(index: Index) -> None:
    """A thing is told under its label in the language asked for, else under its English one."""
    iris = [BASE + "id/actor/chn", BASE + "id/actor/chl", BASE + "id/actor/none"]
    for lang in ("zh", "zh-Hans"):
        assert [each.label for each in index.things(iris, lang).values()] == ["中国", "Chile"]


def test_a_search_ends_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past its time it is given up in the middle of a query of the database; the next look has time of its own."""
    monkeypatch.setattr("graph.search_file._STEPS", 1)
    build_search(store_of(SMALL), tmp_path)
    with Index(tmp_path) as index:
        with pytest.raises(QueryTimeout):
            index.search("a", timeout_s=-1.0)
        assert index.search("china")
        assert index.resolve("Q148")


def test_a_version_without_an_index_is_told(tmp_path: Path) -> None:
    """A directory without an index is none that is damaged; one that cannot be read is."""
    with pytest.raises(NoSearch):
        Index(tmp_path)
    (tmp_path / BASE_FILE).write_bytes(b"no database, by any means" * 100)
    with pytest.raises(VersionDamaged):
        Index(tmp_path)
