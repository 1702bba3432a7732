"""The names of Coorbit and of the vocabularies it uses: namespaces, prefixes, graph names.

They stand in one table so that writer, queries, pages and tests agree on every prefix.
"""

from __future__ import annotations

import re
from typing import Final

BASE: Final = "https://w3id.org/coorbit/"
ONTOLOGY: Final = BASE + "ont"
COO: Final = ONTOLOGY + "#"
SHAPES: Final = BASE + "shapes"

OWL: Final = "http://www.w3.org/2002/07/owl#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SH: Final = "http://www.w3.org/ns/shacl#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
VOID: Final = "http://rdfs.org/ns/void#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: Final[dict[str, str]] = {
    "coo": COO,
    "sps": SHAPES + "#",
    "graph": BASE + "graph/",
    "actor": BASE + "id/actor/",
    "agr": BASE + "id/agreement/",
    "clm": BASE + "id/claim/",
    "lnk": BASE + "id/link/",
    "occ": BASE + "id/occurrence/",
    "place": BASE + "id/place/",
    "sit": BASE + "id/situation/",
    "src": BASE + "id/source/",
    "sys": BASE + "id/system/",
    "und": BASE + "id/undertaking/",
    "ast": BASE + "voc/activity-status/",
    "coop": BASE + "voc/cooperation-kind/",
    "cst": BASE + "voc/claim-status/",
    "evk": BASE + "voc/event-kind/",
    "ik": BASE + "voc/instrument-kind/",
    "knd": BASE + "voc/counted-kind/",
    "lj": BASE + "voc/link-justification/",
    "mem": BASE + "voc/membership-kind/",
    "mis": BASE + "voc/mission-type/",
    "mod": BASE + "voc/modality/",
    "mode": BASE + "voc/speech-mode/",
    "ock": BASE + "voc/organization-change-kind/",
    "orb": BASE + "voc/orbit-class/",
    "out": BASE + "voc/launch-outcome/",
    "role": BASE + "voc/role/",
    "use": BASE + "voc/intended-use/",
    "dbo": "http://dbpedia.org/ontology/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "owl": OWL,
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": "https://schema.org/",
    "sh": SH,
    "skos": SKOS,
    "vann": "http://purl.org/vocab/vann/",
    "void": VOID,
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "wd": "http://www.wikidata.org/entity/",
    "xsd": XSD,
}
"""Prefix to namespace, of our own names first. One for the writer, the query editor and the example queries."""

GRAPHS: Final = BASE + "graph/"
ONTOLOGY_GRAPH: Final = GRAPHS + "ontology"
SHAPES_GRAPH: Final = GRAPHS + "shapes"
CURATED_GRAPH: Final = GRAPHS + "curated"
DERIVED_GRAPH: Final = GRAPHS + "derived"
EXAMPLES_GRAPH: Final = GRAPHS + "examples"
DESCRIPTION_GRAPH: Final = GRAPHS + "description"

NOT_IN_DEFAULT_GRAPH: Final = frozenset({SHAPES_GRAPH, EXAMPLES_GRAPH, DESCRIPTION_GRAPH})
"""Named graphs that the default graph, the merge of all others, leaves out."""

MADE_GRAPHS: Final = frozenset({DERIVED_GRAPH, EXAMPLES_GRAPH, DESCRIPTION_GRAPH})
"""Named graphs that are no content: digest, differences and the way back leave them out, and nobody writes them."""

BESIDE_DATASET: Final = frozenset({EXAMPLES_GRAPH, DESCRIPTION_GRAPH})
"""Named graphs that a dump of the dataset leaves out."""


def compact(iri: str) -> str:
    """Return an IRI as a prefixed name by the longest namespace that fits; the IRI itself where none does."""
    fitting = [(len(namespace), prefix) for prefix, namespace in PREFIXES.items() if iri.startswith(namespace)]
    if not fitting:
        return iri
    length, prefix = max(fitting)
    return f"{prefix}:{iri[length:]}"


def local_name(iri: str) -> str:
    """Return what follows the last `#` or `/` of an IRI."""
    return re.split(r"[#/]", iri)[-1]
