"""The example queries as the service offers them: what a request asks of one, and what is told of them.

One address has all that there is of an example. Without parameters it is the example itself: a page, RDF, or the
answer for the defaults, by what the client takes; formats of RDF and of results have no name in common but JSON and
XML, which are results here. With a parameter, or with `/run` behind it, it is the answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlencode

import pyoxigraph as ox

from graph.errors import ExampleUnknown
from graph.examples import example_triples, packaged_examples
from graph.parameters import Binding, shown
from graph.request_errors import BadRequest
from graph.terms import PREFIXES
from service.answering import job_of, key_of
from service.formats import GRAPHS, HTML, JSON, SOLUTIONS, rdf_format
from service.negotiation import choose
from service.parameters import Asked, read_pairs, read_parameters
from service.samples import samples

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graph.questions import Question
    from graph.versions import Version
    from service.answering import Accepted
    from service.cache import Key
    from service.formats import Format
    from service.jobs import Job
    from service.samples import Sample
    from service.settings import Settings

LISTED: Final = (GRAPHS[0], JSON, *GRAPHS[1:], HTML)
"""Formats of the list; a client that takes all alike gets the first."""

DESCRIBED: Final = (GRAPHS[0], *SOLUTIONS, *GRAPHS[1:], HTML)
"""Formats of one example; those of `SOLUTIONS` are of its answer."""

ANSWERED: Final = (*SOLUTIONS, HTML)
"""Formats of an answer."""

_PREFIXES: Final = {name: PREFIXES[name] for name in ("coo", "dcterms", "rdf", "rdfs", "schema", "sh", "xsd")}
_COMMON: Final = ("format", "timeout", "version", "lang")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a request asks of an example.

    Attributes:
        question: the example.
        asked: the query with its format, time limit and version.
        values: parameters by name as the request gives them.
        bindings: what the parameters stand for; empty where the request gives none: the text has the defaults.
        is_page: whether `format` names the page.
    """

    question: Question
    asked: Asked
    values: Mapping[str, str]
    bindings: tuple[Binding, ...]
    is_page: bool

    @property
    def is_plain(self) -> bool:
        """Whether the request says nothing but in which format."""
        return not self.values and self.asked.version is None and self.asked.timeout_s is None

    @property
    def text(self) -> str:
        """The query that gives the same rows as it stands."""
        return self.question.text_with(self.bindings)

    def path(self, into: Format) -> str:
        """Return the path, with parameters, of the answer in a format."""
        kept = [("version", self.asked.version), ("timeout", self.asked.timeout_s), ("format", into.name)]
        given = [*self.values.items(), *((name, value) for name, value in kept if value is not None)]
        return f"/examples/{self.question.name}/run?{urlencode(given)}"

    def into(self, formats: tuple[Format, ...], accept: str) -> Format | None:
        """Return the format that the request names, else the one that its client likes best."""
        if self.is_page:
            return HTML
        if self.asked.format_name is None:
            return choose(formats, accept)
        names = self.asked.format_name
        return next((each for each in formats if names in {each.name, each.media_type}), None)


@cache
def catalogue() -> Mapping[str, Question]:
    """Return the examples by name; they come with the package, so they are read once."""
    return {question.name: question for question in packaged_examples()}


def examples_of(version: Version) -> Mapping[str, Question]:
    """Return the examples that a version can answer: a plain dataset is not what they ask about."""
    return catalogue() if version.manifest.kind == "published" else {}


def find(name: str, version: Version) -> Question:
    """Return an example by its name.

    Raises:
        ExampleUnknown: there is none.
    """
    found = examples_of(version).get(name)
    if found is None:
        raise ExampleUnknown(name)
    return found


def read_run(question: Question, query_string: bytes) -> Run:
    """Read what a request asks of an example.

    Raises:
        BadRequest: a parameter is not known, is given twice, or cannot be read.
        ParameterRefused: a value is not of its parameter's type.
    """
    values: dict[str, str] = {}
    known = (*(each.name for each in question.parameters), *_COMMON)
    for name, value in read_pairs(query_string):
        if name not in known:
            message = f"{name[:100]!r} is no parameter of {question.name}: it takes {', '.join(known)}"
            raise BadRequest(message)
        if name in values:
            message = f"{name} is given twice: give it once"
            raise BadRequest(message)
        values[name] = value
    given = {name: value for name, value in values.items() if name not in _COMMON}
    common = {name: value for name, value in values.items() if name in _COMMON and (name, value) != ("format", "html")}
    asked = read_parameters(urlencode(common), query=question.open_text if given else question.text)
    return Run(
        question=question,
        asked=asked,
        values=given,
        bindings=_bound(question, given),
        is_page=values.get("format") == HTML.name,
    )


def _bound(question: Question, given: Mapping[str, str]) -> tuple[Binding, ...]:
    if not given:
        return ()
    return tuple(
        Binding(parameter=each, term=each.term(given[each.name]) if each.name in given else each.default_term())
        for each in question.parameters
    )


def key_of_run(run: Run, accepted: Accepted, version: Version, base_iri: str) -> Key:
    """Return what the answer to an example depends on; with the defaults it is that of its text at the endpoint."""
    key = key_of(run.asked, accepted, version, base_iri)
    return key._replace(bindings=tuple((each.parameter.name, str(each.term)) for each in run.bindings))


def job_of_run(run: Run, key: Key, version: Version, settings: Settings) -> Job:
    """Return the job that answers an example; it calls other endpoints only where the operator allows all of them."""
    services = run.question.services
    may_call = bool(services) and set(services) <= set(settings.service_allow)
    job = job_of(key, version, merge_quads=settings.merge_quads, may_call=may_call, chosen=run.asked.version)
    return job._replace(bindings=run.bindings, dropped=run.question.added if run.bindings else ())


def list_format(accept: str, name: str | None) -> Format | None:
    """Return the format of the list that a request wants."""
    if name is None:
        return choose(LISTED, accept)
    return next((each for each in LISTED if name in {each.name, each.media_type}), None)


def example_samples(question: Question, site: str) -> tuple[Sample, ...]:
    """Return code that asks an example at a site, with each parameter at its default."""
    values = {each.name: shown(each.default_term()) for each in question.parameters}
    return samples(f"{site}/examples/{question.name}/run", values)


def as_rdf(questions: Iterable[Question], into: Format, site: str) -> bytes:
    """Return examples as RDF, to be asked at the endpoint of a site."""
    triples = example_triples(questions, endpoint=f"{site}/sparql")
    return cast("bytes", ox.serialize(triples, format=rdf_format(into), prefixes=_PREFIXES))


def as_json(questions: Iterable[Question], site: str) -> bytes:
    """Return what is told of examples for programs that read no RDF."""
    listed = [
        {
            "name": each.name,
            "url": f"{site}/examples/{each.name}",
            "question": each.question,
            "answers": each.answers,
            "query": each.text,
            "tags": each.tags,
            "columns": each.columns,
            "parameters": [
                {
                    "name": parameter.name,
                    "type": parameter.type,
                    "default": parameter.default,
                    "description": parameter.meaning,
                }
                for parameter in each.parameters
            ],
        }
        for each in questions
    ]
    return json.dumps({"examples": listed}, indent=1, ensure_ascii=False).encode()


def by_tag(questions: Iterable[Question]) -> dict[str, list[Question]]:
    """Return examples by their tags, both sorted; one with several tags stands under each."""
    groups: dict[str, list[Question]] = {}
    for each in sorted(questions, key=lambda question: question.question):
        for tag in each.tags:
            groups.setdefault(tag, []).append(each)
    return dict(sorted(groups.items()))


def tag_of(body: bytes) -> str:
    """Return the entity tag of a document that depends on the package and the address alone."""
    return f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
