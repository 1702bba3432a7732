"""Linksets as SSSOM TSV, held to the required slots and the values of SSSOM 1.1 (https://w3id.org/sssom/)."""

from __future__ import annotations

import csv
import re
from typing import Final

import pyoxigraph as ox
import pytest

from graph.links import packaged_linksets
from graph.sssom import sssom_lines
from graph.terms import GRAPHS

SETS: Final = {path.stem: path for path in packaged_linksets()}
OF_SETS: Final = frozenset({"sssom_version", "mapping_set_id", "mapping_set_version", "mapping_set_title", "license"})
OF_MAPPINGS: Final = frozenset(
    {
        *("record_id", "subject_id", "subject_label", "predicate_id", "object_id", "mapping_justification"),
        *("confidence", "mapping_date", "mapping_source", "comment"),
    }
)
REQUIRED: Final = ("subject_id", "predicate_id", "object_id", "mapping_justification")
JUSTIFICATIONS: Final = frozenset(
    f"semapv:{name}"
    for name in (
        *("LexicalMatching", "LogicalReasoning", "CompositeMatching", "UnspecifiedMatching", "MappingReview"),
        *("SemanticSimilarityThresholdMatching", "LexicalSimilarityThresholdMatching", "MappingChaining"),
        *("ManualMappingCuration", "MappingInversion", "StructuralMatching", "InstanceBasedMatching"),
        "BackgroundKnowledgeBasedMatching",
    )
)
_ENTITY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*:[^\s|]+")


@pytest.mark.parametrize("name", SETS)
def test_a_linkset_has_what_sssom_requires(name: str) -> None:
    """Metadata and columns are slots of the standard, those required are filled, justifications are of its list."""
    store = ox.Store()
    store.load(path=SETS[name], format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(f"{GRAPHS}links/{name}"))
    lines = list(sssom_lines(store, name, version=1))
    head = [line.removeprefix("#").rstrip("\n") for line in lines if line.startswith("#")]
    metadata = dict(line.split(": ", 1) for line in head if not line.startswith(" ") and line != "curie_map:")
    assert set(metadata) == OF_SETS
    assert metadata["mapping_set_id"] == f"{GRAPHS}links/{name}"
    assert re.fullmatch(r"https?://\S+", metadata["license"])
    prefixes = dict(line.strip().split(": ", 1) for line in head if line.startswith(" "))
    assert prefixes["semapv"] == "https://w3id.org/semapv/vocab/"
    rows = list(csv.DictReader(lines[len(head) :], delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows
    for row in rows:
        assert set(row) == OF_MAPPINGS
        assert all(_ENTITY.fullmatch(row[slot]) and row[slot].partition(":")[0] in prefixes for slot in REQUIRED)
        assert row["mapping_justification"] in JUSTIFICATIONS
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["mapping_date"])
