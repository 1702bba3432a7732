"""The generated graph: satellites, agencies, agreements and launches in the vocabulary of ontology/core.ttl.

One seed gives one file, byte by byte, so that figures of two days or two machines can be compared.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graph.terms import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SEED: Final = 20261123
STATES: Final = 190
AGENCIES: Final = 1_500
LAUNCHES: Final = 9_000
SATELLITES: Final = 47_200
AGREEMENTS: Final = 6_000

_MISSIONS: Final = ("astronomy", "communications", "earth-observation", "navigation", "space-science", "technology")
_ORBITS: Final = ("leo", "meo", "geo", "heo")
_OUTCOMES: Final = ("success", "success", "success", "failure")
_KINDS: Final = ("memorandum-of-understanding", "contract", "treaty", "cooperation-programme")
_NAMES: Final = ("Aurora", "Beacon", "Comet", "Dawn", "Echo", "Falcon", "Gaia", "Helios", "Iris", "Juno")
_PLACES: Final = 60
_VEHICLES: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A generated file: its number of triples and its SHA-256."""

    triples: int
    sha256: str


def write_graph(path: Path) -> Generated:
    """Write the generated graph as N-Triples and say what was written."""
    digest = hashlib.sha256()
    count = 0
    with path.open("wb") as file:
        for line in _Generator().lines():
            data = line.encode()
            digest.update(data)
            file.write(data)
            count += 1
    return Generated(triples=count, sha256=digest.hexdigest())


def satellites() -> list[str]:
    """Return the IRI of each generated satellite."""
    return [_iri("sys", f"sat-{number:05}")[1:-1] for number in range(SATELLITES)]


def _iri(prefix: str, name: str) -> str:
    return f"<{PREFIXES[prefix]}{name}>"


_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_LABEL: Final = f"<{PREFIXES['rdfs']}label>"
_ALT_LABEL: Final = f"<{PREFIXES['skos']}altLabel>"
_Facts = list[tuple[str, str]]


class _Generator:
    """Draws every thing in a fixed order from one stream of random numbers."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)  # noqa: S311  (data, not secrets)

    def lines(self) -> Iterator[str]:
        """Yield each triple as a line of N-Triples; none twice."""
        for make, total in (
            (self._state, STATES),
            (self._agency, AGENCIES),
            (self._launch, LAUNCHES),
            (self._satellite, SATELLITES),
            (self._agreement, AGREEMENTS),
        ):
            for number in range(total):
                for subject, facts in make(number):
                    for predicate, value in dict.fromkeys(facts):
                        yield f"{subject} {predicate} {value} .\n"

    def _below(self, limit: int) -> int:
        """Draw a number; only `random()` promises the same stream in every Python."""
        return int(self._random.random() * limit)

    def _one(self, choices: Sequence[str]) -> str:
        return choices[self._below(len(choices))]

    def _hub(self, limit: int) -> int:
        """Draw a number, small ones far more often: a few agencies run most satellites."""
        return int(limit * self._random.random() ** 3)

    def _date(self, first_year: int) -> str:
        year, month, day = first_year + self._below(60), 1 + self._below(12), 1 + self._below(28)
        return f'"{year}-{month:02}-{day:02}"^^<{PREFIXES["xsd"]}date>'

    def _state(self, number: int) -> Iterator[tuple[str, _Facts]]:
        yield (
            _iri("actor", f"state-{number:03}"),
            [
                (_TYPE, _iri("coo", "State")),
                (_LABEL, f'"State {number:03}"@en'),
                (_iri("coo", "isoNumeric"), f'"{number:03}"'),
            ],
        )

    def _agency(self, number: int) -> Iterator[tuple[str, _Facts]]:
        facts = [
            (_TYPE, _iri("coo", "SpaceAgency")),
            (_LABEL, f'"{self._one(_NAMES)} Space Agency {number:04}"@en'),
            (_iri("coo", "acronym"), f'"{self._one(_NAMES)[:3].upper()}{number}"'),
            (_iri("coo", "agencyOf"), _iri("actor", f"state-{self._hub(STATES):03}")),
            (_iri("coo", "foundedOn"), self._date(1950)),
        ]
        if number:  # a tree, so that a path upwards ends
            facts.append((_iri("coo", "parentOrganization"), _iri("actor", f"agency-{self._hub(number):04}")))
        yield _iri("actor", f"agency-{number:04}"), facts

    def _launch(self, number: int) -> Iterator[tuple[str, _Facts]]:
        vehicle = self._hub(_VEHICLES)
        launch = _iri("occ", f"launch-{number:05}")
        participation = _iri("sit", f"launch-{number:05}-provider")
        yield (
            launch,
            [
                (_TYPE, _iri("coo", "LaunchEvent")),
                (_LABEL, f'"Launch {number:05} on Carrier {vehicle}"@en'),
                (_iri("coo", "fromRow"), _iri("src", f"log-{number:05}")),
                (_iri("coo", "launchOutcome"), _iri("out", self._one(_OUTCOMES))),
                (_iri("coo", "launchVehicle"), _iri("sys", f"carrier-{vehicle}")),
                (_iri("coo", "launchedFrom"), _iri("place", f"site-{self._hub(_PLACES)}")),
                (_iri("coo", "onDate"), self._date(1960)),
                (_iri("coo", "hasParticipation"), participation),
            ],
        )
        yield participation, self._part("Participation", "launch-provider")

    def _satellite(self, number: int) -> Iterator[tuple[str, _Facts]]:
        satellite = _iri("sys", f"sat-{number:05}")
        launch = _iri("occ", f"launch-{self._below(LAUNCHES):05}")
        name = f"{self._one(_NAMES)}-{1 + self._below(999)} {self._one('ABCDEFGH')}"
        agency = _iri("actor", f"agency-{self._hub(AGENCIES):04}")
        facts = [
            (_TYPE, _iri("coo", "Satellite")),
            (_LABEL, f'"{name}"@en'),
            (_iri("coo", "cosparId"), f'"{1960 + number // 860}-{number % 860:03}A"'),
            (_iri("coo", "noradId"), f'"{number + 10}"'),
            (_iri("coo", "fromRow"), _iri("src", f"log-{number:05}")),
            (_iri("coo", "fromRow"), _iri("src", f"catalogue-{number:05}")),
            (_iri("coo", "missionType"), _iri("mis", self._one(_MISSIONS))),
            (_iri("coo", "orbitClass"), _iri("orb", self._one(_ORBITS))),
            (_iri("coo", "operator"), agency),
            (_iri("coo", "owner"), agency),
            (_iri("coo", "registeredBy"), _iri("actor", f"state-{self._hub(STATES):03}")),
            (_iri("coo", "launchedIn"), launch),
        ]
        if self._below(10) < 7:
            facts.append((_iri("coo", "manufacturer"), _iri("actor", f"agency-{self._hub(AGENCIES):04}")))
        if self._below(10) < 3:
            facts.append((_ALT_LABEL, f'"Object {number}"@en'))
        yield satellite, facts
        yield launch, [(_iri("coo", "launchedObject"), satellite)]

    def _agreement(self, number: int) -> Iterator[tuple[str, _Facts]]:
        parties = [_iri("sit", f"agreement-{number:04}-party-{party}") for party in range(2 + self._hub(5))]
        yield (
            _iri("agr", f"agreement-{number:04}"),
            [
                (_TYPE, _iri("coo", "Agreement")),
                (_LABEL, f'"{self._one(_NAMES)} Agreement {number:04}"@en'),
                (_iri("coo", "field"), _iri("mis", self._one(_MISSIONS))),
                (_iri("coo", "instrumentKind"), _iri("ik", self._one(_KINDS))),
                (_iri("coo", "signedOn"), self._date(1960)),
                *((_iri("coo", "hasParty"), party) for party in parties),
            ],
        )
        for party in parties:
            yield party, self._part("AgreementParty", "signatory")

    def _part(self, kind: str, role: str) -> _Facts:
        return [
            (_TYPE, _iri("coo", kind)),
            (_iri("coo", "participant"), _iri("actor", f"agency-{self._hub(AGENCIES):04}")),
            (_iri("coo", "role"), _iri("role", role)),
        ]
