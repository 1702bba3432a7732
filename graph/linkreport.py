"""The report on the state of the links, for a person and as Turtle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.terms import BASE, GRAPHS, PREFIXES, RDF, RDFS, XSD, local_name
from graph.writer import canonical_turtle

if TYPE_CHECKING:
    from graph.links import LinkHealth
    from graph.writer import Term

_DQV: Final = "http://www.w3.org/ns/dqv#"


def health_text(health: LinkHealth) -> str:
    """Return the report for a person, a line a count and a line a finding."""
    lines = [f"{target}: {count} links, {local_name(relation)}" for (target, relation), count in health.counts.items()]
    lines.append(f"addresses asked: {health.asked}" if health.asked else "addresses asked: none (offline)")
    lines += [f"{finding.target}: {finding.node}: {finding.sentence}" for finding in health.findings]
    lines.append("links are sound" if health.sound else f"{len(health.findings)} findings")
    return "\n".join(lines) + "\n"


def health_turtle(health: LinkHealth) -> str:
    """Return the report as Turtle: a dqv:QualityMeasurement a target and relation, a sh:ValidationResult a finding."""
    base = BASE + "report/links"
    triples: list[ox.Triple] = []

    def add(subject: str, predicate: str, value: Term) -> None:
        triples.append(ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value))

    for (target, relation), count in health.counts.items():
        node = f"{base}#{target}-{local_name(relation)}"
        add(node, RDF + "type", ox.NamedNode(_DQV + "QualityMeasurement"))
        add(node, _DQV + "computedOn", ox.NamedNode(f"{GRAPHS}links/{target}"))
        add(node, _DQV + "isMeasurementOf", ox.NamedNode(f"{base}#links-by-relation"))
        add(node, _DQV + "value", ox.Literal(str(count), datatype=ox.NamedNode(XSD + "integer")))
        add(node, RDFS + "label", ox.Literal(f"Links to {target} by {local_name(relation)}", language="en"))
    add(base, RDF + "type", ox.NamedNode(PREFIXES["sh"] + "ValidationReport"))
    add(base, PREFIXES["sh"] + "conforms", ox.Literal(health.sound))
    for number, finding in enumerate(health.findings, start=1):
        node = f"{base}#finding-{number}"
        add(base, PREFIXES["sh"] + "result", ox.NamedNode(node))
        add(node, RDF + "type", ox.NamedNode(PREFIXES["sh"] + "ValidationResult"))
        add(node, PREFIXES["sh"] + "focusNode", ox.NamedNode(finding.node))
        add(node, PREFIXES["sh"] + "resultMessage", ox.Literal(finding.sentence, language="en"))
        add(node, PREFIXES["sh"] + "resultSeverity", ox.NamedNode(PREFIXES["sh"] + "Violation"))
    return canonical_turtle(triples, prefixes={**PREFIXES, "dqv": _DQV})
