"""Links to other graphs from what sources give: identifiers of countries and blocks, and those found page by page.

Each record of evidence is written together with the triple that it publishes.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.triples.countries import row_iri, state_iri
from graph.triples.memberships import BLOCKS, MEMBERS, block_iri
from graph.triples.sheet import Sheet, concept, decimal, entity, iri, slug, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.sources.countries import Country
    from graph.sources.memberships import Member

_log = logging.getLogger(__name__)

WIKIDATA: Final = "http://www.wikidata.org/entity/"
GEONAMES: Final = "https://sws.geonames.org/"
EU_COUNTRIES: Final = "http://publications.europa.eu/resource/authority/country/"
_DBPEDIA: Final = "http://dbpedia.org/resource/"
REVIEWED: Final = ox.Literal("2026-11-23", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))
_DOUBTED: Final = {
    ("NLD", "wikidata"): "The table gives the item of the whole Kingdom, of which the country is the largest part.",
}
"""Identifiers that the table has for something wider than the entry: kept as a close match of low confidence."""

_EU_PAGE: Final = (
    "EU Vocabularies: countries and territories",
    "https://op.europa.eu/en/web/eu-vocabularies/countries-and-territories",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A link found on a page that is no table.

    Attributes:
        local: kind and slug of our thing.
        title: of the page; `address` is where it was seen.
    """

    local: tuple[str, str]
    target: str
    external: str
    relation: str
    confidence: str
    title: str
    address: str


def _dbpedia(kind: str, name: str, resource: str, title: str, address: str) -> Found:
    """Return a link to DBpedia, whose resources bear the titles of the English Wikipedia."""
    return Found(local=(kind, name), target="dbpedia", external=_DBPEDIA + resource, relation="skos:closeMatch",
                 confidence="0.8", title=title, address=address)  # fmt: skip


FOUND: Final = (
    _dbpedia("system", "cbers-2b", "CBERS-2B", "Wikipedia: CBERS-2B", "https://en.wikipedia.org/wiki/CBERS-2B"),
    _dbpedia("system", "svom", "Space_Variable_Objects_Monitor", "Wikipedia: Space Variable Objects Monitor",
             "https://en.wikipedia.org/wiki/Space_Variable_Objects_Monitor"),
    _dbpedia("system", "alcomsat-1", "Alcomsat-1", "Wikipedia: Alcomsat-1", "https://en.wikipedia.org/wiki/Alcomsat-1"),
    _dbpedia("actor", "apsco", "Asia-Pacific_Space_Cooperation_Organization", "Wikipedia: APSCO",
             "https://en.wikipedia.org/wiki/Asia-Pacific_Space_Cooperation_Organization"),
    _dbpedia("actor", "cnsa", "China_National_Space_Administration", "Wikipedia mirror: CNSA",
             "http://piglix.com/piglix/China_National_Space_Administration"),
    _dbpedia("actor", "copuos", "United_Nations_Committee_on_the_Peaceful_Uses_of_Outer_Space",
             "Wikipedia mirror: COPUOS", "https://global-en2.nina.az/wikipedia/"
             "United_Nations_Committee_on_the_Peaceful_Uses_of_Outer_Space.html"),
    _dbpedia("agreement", "outer-space-treaty", "Outer_Space_Treaty", "Friendlywiki (Wikipedia): Outer Space Treaty",
             "https://friendlywiki.com/article/index.php?title=Outer_Space_Treaty"),
    _dbpedia("agreement", "artemis-accords", "Artemis_Accords", "WikiMili: Artemis Accords",
             "https://wikimili.com/en/Artemis_Accords"),
    Found(local=("actor", "nasa"), target="wikidata", external=WIKIDATA + "Q23548", relation="skos:exactMatch",
          confidence="0.95", title="Agency registry entry for NASA (ROR + Wikidata copy)",
          address="https://github.com/integrateddatasvc/agency-registry"),
    Found(local=("actor", "nasa"), target="ror", external="https://ror.org/027ka1x80", relation="skos:exactMatch",
          confidence="0.95", title="Agency registry entry for NASA (ROR + Wikidata copy)",
          address="https://github.com/integrateddatasvc/agency-registry"),
    Found(local=("system", "cbers-3"), target="wikidata", external=WIKIDATA + "Q15292905",
          relation="skos:exactMatch", confidence="0.9", title="EPN-VESPA FacilityList test set (Wikidata QIDs)",
          address="https://github.com/epn-vespa/FacilityList"),
)  # fmt: skip
"""Links that the dossier found, with confidence high or medium and an address where each can be read."""


class Linksets:
    """Sheets by target, all against one index of the graph."""

    def __init__(self, sheets: Mapping[str, Sheet]) -> None:
        self._sheets = sheets

    def add_countries(self, countries: Iterable[Country]) -> None:
        """Link every country to Wikidata and GeoNames where the table has a number; states to the EU's table.

        The EU's table takes its codes from ISO 3166-1 alpha-3 where there is one. Territories are left out, since no
        page seen says which of them it lists.
        """
        page = self._page("eu-countries", *_EU_PAGE)
        for country in countries:
            row = row_iri(country.alpha3)
            if country.wikidata:
                self._country(country, "wikidata", WIKIDATA + country.wikidata, "source-asserts-link", row)
            if country.geonames:
                self._country(country, "geonames", f"{GEONAMES}{country.geonames}/", "source-asserts-link", row)
            if country.independent:
                self._country(country, "eu-countries", EU_COUNTRIES + country.alpha3, "shared-identifier", page)

    def add_blocks(self, members: Iterable[Member]) -> None:
        """Link the treaties and bodies of the member list to Wikidata."""
        numbers = {member.block: (member.block_name, member.block_wikidata) for member in members}
        for code, (name, number) in sorted(numbers.items()):
            if code in BLOCKS and number:
                self._link(block_iri(BLOCKS[code]), "wikidata", WIKIDATA + number, relation="skos:exactMatch",
                           grounds="source-asserts-link", confidence="0.9", source=MEMBERS, label=name)  # fmt: skip

    def add_found(self, found: Iterable[Found] = FOUND) -> None:
        """Link what the dossier found, where the graph describes the thing."""
        for link in found:
            local = entity(*link.local)
            known = self._sheets[link.target].known
            if not known.describes(local):
                _log.warning("left out: %s is linked to %s but not described", local, link.external)
                continue
            grounds = "name-and-date-match" if link.target == "dbpedia" else "source-asserts-link"
            page = self._page(link.target, link.title, link.address)
            self._link(local, link.target, link.external, relation=link.relation, grounds=grounds,
                       confidence=link.confidence, source=page, label=link.local[1])  # fmt: skip

    def _country(self, country: Country, target: str, external: str, grounds: str, source: str) -> None:
        note = _DOUBTED.get((country.alpha3, target), "")
        record = self._link(
            state_iri(country.alpha3),
            target,
            external,
            relation="skos:closeMatch" if note else "skos:exactMatch",
            grounds=grounds,
            confidence="0.6" if note else "0.95",
            source=source,
            label=country.label,
        )
        if note:
            self._sheets[target].add(record, "skos:note", text(note))

    def _link(  # noqa: PLR0913 -- the columns of a record
        self, local: str, target: str, external: str, *, relation: str, grounds: str, confidence: str, source: str,
        label: str,
    ) -> str:  # fmt: skip
        sheet = self._sheets[target]
        record = entity("link", f"{local.rpartition('/')[2]}-{target}")
        sheet.describe(record, "coo:IdentityLink", f"{label} in {_TITLES[target]}")
        sheet.add(record, "coo:localResource", local)
        sheet.add(record, "coo:externalResource", external)
        sheet.add(record, "coo:linkPredicate", iri(relation))
        sheet.add(record, "coo:linkJustification", concept("link-justification", grounds))
        sheet.add(record, "coo:confidence", decimal(confidence))
        sheet.add(record, "dcterms:source", source)
        sheet.add(record, "dcterms:date", REVIEWED)
        sheet.add(local, relation, external)
        return record

    def _page(self, target: str, title: str, address: str) -> str:
        """Return the source for a page, described unless the graph has one of that address."""
        sheet = self._sheets[target]
        if known := sheet.known.by_address(address):
            return known
        page = entity("source", re.sub(r"-[^-]*$", "", slug(title)[:61]) if len(slug(title)) > _CUT else slug(title))
        sheet.describe(page, "coo:Source", title)
        sheet.add(page, "schema:url", address)
        return page


_CUT: Final = 60
_TITLES: Final = {
    "dbpedia": "DBpedia",
    "eu-countries": "the EU's table of countries",
    "geonames": "GeoNames",
    "ror": "ROR",
    "wikidata": "Wikidata",
}
TARGETS: Final = tuple(sorted(_TITLES))
"""Names of the link sets, which are the names of their files."""
