"""Which language a reader gets names in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from html_pages import read_page
from hypothesis import given
from hypothesis import strategies as st

from graph.request_errors import BadRequest
from service.languages import LANGUAGES, Language, preferred, rank, read_language, told_of

if TYPE_CHECKING:
    import httpx

LETTERS = {"zh": re.compile("[\u4e00-\u9fff]"), "ru": re.compile("[\u0400-\u04ff]")}
PATHS = [
    "/explore/cooperation",
    "/explore/cooperation?state=chn",
    "/explore/network?about=actor/cnsa&expand=actor/fra",
    "/explore/timeline?actor=actor/chn",
    "/search?q=brazil",
    "/id/actor/bra",
    "/id/actor/chn?relation=coo:participant",
    "/voc/role/co-builder",
    "/query?query=SELECT+%3Fs+WHERE+%7B+%3Fs+a+coo:State+%7D+LIMIT+20",
    "/examples/partners-of-china/run",
]
"""Pages with names of things in the reader's language."""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA, en;q=0.9", "fr"),
        ("de, fr;q=0.5, en;q=0.3", "fr"),
        ("de", "en"),
        ("zh-Hant-TW,zh;q=0.9,en-US;q=0.8", "zh"),
        ("en;q=0.5, ru;q=0.5", "en"),
        ("*", "en"),
        ("en;q=0, *", "zh"),
        ("fr;q=0", "en"),
        ("PT-br", "pt"),
        ("es;q=oops", "es"),
        ("<script>, ru", "ru"),
    ],
)
def test_the_browser_chooses_among_those_there_are(header: str, expected: str) -> None:
    """By weight and first subtag (RFC 4647, 3.4); English where none fits, or where it is liked as well."""
    assert preferred(header) == expected


@given(st.text(max_size=60))
def test_any_header_gives_a_language(header: str) -> None:
    """Whatever a client sends."""
    assert preferred(header) in LANGUAGES


def test_the_address_goes_before_the_browser() -> None:
    """`lang=` is kept in links; what the browser asks for is not."""
    assert read_language([("q", "x"), ("lang", "RU")], "fr") == Language("ru", is_chosen=True)
    assert read_language([("q", "x")], "fr") == Language("fr", is_chosen=False)


@pytest.mark.parametrize("values", [["de"], [""], ["zh-Hant"], ["fr", "fr"], ["<script>"]])
def test_a_wrong_tag_is_told_what_is_expected(values: list[str]) -> None:
    """400, with the tags that there are."""
    with pytest.raises(BadRequest, match="lang= takes one of en, zh, fr, es, pt, ru"):
        read_language([("lang", each) for each in values], "")


def test_labels_are_ranked_by_their_language() -> None:
    """The reader's, a variety of it, English, none, any other; tags without regard to case."""
    tags = ["ar", None, "en-GB", "en", "PT-br", "pt"]
    assert sorted(tags, key=lambda tag: rank(tag, "pt")) == ["pt", "PT-br", "en", "en-GB", None, "ar"]
    assert sorted(tags, key=lambda tag: rank(tag, "en"))[:3] == ["en", "en-GB", None]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], ""),
        (["zh"], "zh"),
        (["es", "en"], ""),
        (["en-gb", "fr"], ""),
        (["es", "fr"], "fr"),
        (["es", "fr-ca"], "fr-ca"),
        (["pt", "es"], "pt"),
    ],
)
def test_what_is_english_too_is_english(tags: list[str], expected: str) -> None:
    """A page says of a name that it is in another language only where it is; of several, in the reader's."""
    assert told_of(tags, "fr") == expected


@pytest.mark.parametrize("tag", ["zh", "ru"])
@pytest.mark.parametrize("path", PATHS)
def test_a_name_says_in_which_language_it_is(client: httpx.Client, path: str, tag: str) -> None:
    """Whatever is written in the letters of a language stands in an element with a `lang` of its own (WCAG 3.1.2)."""
    page = read_page(client.get(path, headers={"Accept": "text/html", "Accept-Language": tag}).text)
    letters = LETTERS[tag]
    written = [(text.strip(), lang) for text, lang in page.texts if letters.search(text)]
    assert [text for text, _ in written if text not in LANGUAGES.values()]
    assert [text for text, lang in written if lang in {"", "en"}] == []
    assert [text for text, lang in page.texts if lang == tag and not letters.search(text)] == []
