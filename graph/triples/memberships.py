"""Lists of members to triples: parties of agreements, members of bodies, and where two versions of a list differ."""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from graph.triples.members import Bodies
from graph.triples.sheet import Sheet, concept, dataset_source, entity, iri, statement, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.sources.gcat import Body
    from graph.sources.memberships import Difference, Member

_log = logging.getLogger(__name__)

MEMBERS: Final = entity("source", "space-memberships")
COMPARISON: Final = entity("source", "space-memberships-compared")
_GIVES: Final = (
    "coo:beginEarliest", "coo:beginLatest", "coo:dateAsStated", "coo:endEarliest", "coo:endLatest", "coo:memberActor",
    "coo:memberBody", "coo:membershipKind", "coo:participant", "coo:role",
)  # fmt: skip
_KINDS: Final = {
    "associate": "associate-member",
    "associated": "associate-member",
    "founding_member": "founding-member",
    "member": "full-member",
    "observer": "observer-member",
    "participant": "cooperating-state",
}
_HAS_MEMBER: Final = "org:hasMember"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What a block code of the list stands for.

    Attributes:
        slug: last part of the IRI.
        kind: class of an agreement or of a body.
        role: role of a member of an agreement; empty for a body.
        incomplete: why the list is not complete, as far as is known; empty if nothing is.
    """

    slug: str
    kind: str
    role: str = ""
    incomplete: str = ""


_DIFFER: Final = "The versions of December 2025 and July 2026 of the list differ; who is in neither may yet be in."

BLOCKS: Final[dict[str, Block]] = {
    "OUTERTREATY": Block(slug="outer-space-treaty", kind="coo:Agreement", role="party"),
    "RESCUEAGREEMENT": Block(slug="rescue-agreement", kind="coo:Agreement", role="party", incomplete=_DIFFER),
    "LIABILITYCONVENTION": Block(
        slug="liability-convention",
        kind="coo:Agreement",
        role="party",
        incomplete="The list names 80 parties and calls itself incomplete; with its earlier version it has 97."
        " A state not listed is not known to stand apart.",
    ),
    "REGISTRATIONCONVENTION": Block(
        slug="registration-convention", kind="coo:Agreement", role="party", incomplete=_DIFFER
    ),
    "MOONAGREEMENT": Block(slug="moon-agreement", kind="coo:Agreement", role="party"),
    "ARTEMISACCORDS": Block(slug="artemis-accords", kind="coo:Agreement", role="signatory"),
    "COPUOS": Block(slug="copuos", kind="coo:Organization", incomplete=_DIFFER),
    "CEOS": Block(slug="ceos", kind="coo:Organization"),
    "CCSDS": Block(slug="ccsds", kind="coo:Organization"),
    "COSPASSARSAT": Block(slug="cospas-sarsat", kind="coo:Organization"),
    "ARABSAT": Block(slug="arabsat", kind="coo:InternationalOrganization"),
    "ESA": Block(
        slug="esa",
        kind="coo:InternationalOrganization",
        incomplete="The list has the full members only; associate and cooperating states are missing.",
    ),
}


def block_iri(block: Block) -> str:
    """Return the IRI of the agreement or the body."""
    return entity("agreement" if block.role else "actor", block.slug)


def add_members(
    sheet: Sheet, members: Iterable[Member], differences: Iterable[Difference], listed: Mapping[str, Body]
) -> None:
    """Describe all memberships of the list, the two datasets, and what only the earlier version has.

    Args:
        sheet: where they are described.
        members: the list of July 2026.
        differences: the comparison with December 2025.
        listed: GCAT's organizations, for the names of agencies.
    """
    _add_datasets(sheet)
    bodies = Bodies(sheet=sheet, listed=listed)
    names: dict[str, str] = {}
    for member in members:
        if (block := BLOCKS.get(member.block)) is None:
            _log.warning("left out: the block %s of the member list is not known", member.block)
            continue
        if member.block not in names:
            names[member.block] = member.block_name
            _add_block(sheet, block, member.block_name)
        for actor in _actors(bodies, member):
            _add_member(sheet, block, member, actor)
    _add_earlier(sheet, bodies, differences, names)


def _actors(bodies: Bodies, member: Member) -> list[str]:
    state = bodies.state(member.member)
    if member.agencies:
        return [bodies.actor(agency, home=state) for agency in member.agencies]
    return [state or bodies.actor(member.member, home=None)]


def _add_block(sheet: Sheet, block: Block, name: str) -> None:
    subject = block_iri(block)
    sheet.describe(subject, block.kind, name)
    if block.kind == "coo:Agreement" and not sheet.known.values(subject, iri("coo:instrumentKind")):
        sheet.add(subject, "coo:instrumentKind", concept("instrument-kind", "treaty"))
    if block.incomplete:
        sheet.incomplete(subject, block.incomplete)


def _add_member(sheet: Sheet, block: Block, member: Member, actor: str) -> None:
    slug_of_actor = actor.rpartition("/")[2]
    if block.role:
        held = entity("situation", f"{block.slug}-{slug_of_actor}-{block.role}")
    else:
        held = entity("situation", f"{block.slug}-member-{slug_of_actor}")
    if sheet.known.describes(held):
        return
    key = f"{member.block} {member.member}"
    row = sheet.row(MEMBERS, key, name=f"{block.slug}-{member.member.lower()}", what="Member list")
    if block.role:
        sheet.add(block_iri(block), "coo:hasParty", held)
        sheet.add(held, "rdf:type", iri("coo:AgreementParty"))
        sheet.add(held, "coo:participant", actor)
        sheet.add(held, "coo:role", concept("role", block.role))
    else:
        sheet.add(held, "rdf:type", iri("coo:Membership"))
        sheet.add(held, "coo:memberActor", actor)
        sheet.add(held, "coo:memberBody", block_iri(block))
        sheet.add(held, "coo:membershipKind", concept("membership-kind", _KINDS[member.status]))
    sheet.add(held, "coo:fromRow", row)
    if len(member.agencies) <= 1:
        sheet.period(held, begin=member.joined, end=member.left)
    elif member.joined:
        shared = f"The row gives {member.joined.wording} for {', '.join(member.agencies)} together."
        sheet.add(held, "skos:note", text(shared))
    if member.note:
        sheet.add(held, "skos:note", text(f"Listed as: {member.note}."))


def _add_earlier(sheet: Sheet, bodies: Bodies, differences: Iterable[Difference], names: Mapping[str, str]) -> None:
    """Claim what only the earlier version has: unreviewed, as the later one may have dropped or lost it."""
    counts: defaultdict[str, int] = defaultdict(int)
    for difference in differences:
        block = BLOCKS.get(difference.block)
        if block is None or difference.in_new or not difference.in_old:
            continue
        if (actor := bodies.state(difference.member)) is None:
            _log.warning("left out: no actor has the code %s in the comparison of lists", difference.member)
            continue
        counts[difference.block] += 1
        _claim_earlier(sheet, block, difference, actor, names.get(difference.block, difference.block))
    _log.info("claims from the earlier list: %s", ", ".join(f"{name} {n}" for name, n in sorted(counts.items())))


def _claim_earlier(sheet: Sheet, block: Block, difference: Difference, actor: str, name: str) -> None:
    predicate = "coo:hasPartyActor" if block.role else _HAS_MEMBER
    key = f"{difference.block} {difference.member}"
    row = sheet.row(
        COMPARISON, key, name=f"{block.slug}-{difference.member.lower()}", what="Comparison of member lists"
    )
    made = sheet.claim(
        f"{block.slug}-{actor.rpartition('/')[2]}-list-2025-12",
        statement(block_iri(block), predicate, ox.NamedNode(actor)),
        status="unreviewed",
        label=f"{difference.member} belonged to the {name} by the list of December 2025",
    )
    sheet.add(made, "coo:reportedIn", COMPARISON)
    sheet.add(made, "dcterms:source", row)
    sheet.add(made, "skos:note", text("The list of July 2026 does not have it; which of the two is right is open."))


def _add_datasets(sheet: Sheet) -> None:
    for dataset, label, file in (
        (MEMBERS, "Members of space treaties and bodies, July 2026", "space-memberships-2026-07.csv"),
        (COMPARISON, "Two versions of the member lists compared", "members-2025-12-vs-2026-07.csv"),
    ):
        sheet.describe(dataset, "coo:ReferenceDataset", label)
        sheet.add(dataset, "dcterms:identifier", ox.Literal(file))
        sheet.add(dataset, "dcterms:license", "https://opensource.org/license/mit")
        sheet.add(dataset, "dcterms:rights", text("MIT; the members are facts collected by datenoio/internacia-db"))
        sheet.add(dataset, "schema:url", "https://github.com/datenoio/internacia-db")
    dataset_source(sheet, MEMBERS, gives=_GIVES)
    sheet.add(MEMBERS, "dcat:version", ox.Literal("2026-07"))
