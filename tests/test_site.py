"""What stands around a page: links keep language and version where they were chosen."""

from __future__ import annotations

import pytest

from service.site import Site

HERE = Site(
    root="/coorbit",
    path="/id/actor/chn",
    parameters=(("relation", "coo:role"),),
    language="fr",
    is_chosen=True,
    has_names=True,
    version=3,
    is_fixed=True,
)


def test_links_to_data_keep_language_and_version() -> None:
    """Those to other pages keep the language alone; a fragment stays at the end."""
    assert HERE.within("/id/actor/bra") == "/coorbit/id/actor/bra?lang=fr&version=3"
    assert HERE.within("/ont#State") == "/coorbit/ont?lang=fr&version=3#State"
    assert HERE.to("/about/limits") == "/coorbit/about/limits?lang=fr"
    assert HERE.to("/query?query=ASK") == "/coorbit/query?query=ASK&lang=fr"
    assert Site(language="fr").within("/ont#State") == "/ont#State"


def test_a_page_leads_to_itself_in_other_languages_and_now() -> None:
    """With all other parameters of its address."""
    assert HERE.in_language("ru") == "/coorbit/id/actor/chn?relation=coo%3Arole&version=3&lang=ru"
    assert HERE.now() == "/coorbit/id/actor/chn?relation=coo%3Arole&lang=fr"
    assert [tag for tag, _, _ in HERE.languages()] == ["en", "zh", "fr", "es", "pt", "ru"]
    assert HERE.kept() == [("relation", "coo:role"), ("lang", "fr")]


@pytest.mark.parametrize(
    ("path", "link", "expected"),
    [
        ("/query", "/query", "page"),
        ("/examples/x", "/examples", "true"),
        ("/examples", "/example", ""),
        ("/query", "/", ""),
        ("/", "/", "page"),
    ],
)
def test_the_current_page_is_marked(path: str, link: str, expected: str) -> None:
    """As this page, or as one below."""
    assert Site(path=path).is_at(link) == expected
