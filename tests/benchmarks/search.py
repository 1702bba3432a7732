"""What search costs at a million labels, and what a commit adds for it; how long a thousand names take to be matched.

    python tests/benchmarks/search.py [--labels 1000000] [--home HOME]

The graph is made of syllables by a seeded generator: things of five classes, each with a label in four scripts and an
identifier. Type-ahead is asked for beginnings of random names, two characters and up, and with an error in one of ten.
A commit is a new thing of ten triples. With `--home`, of a home that holds the packaged graph, a messy table of a
thousand names is matched too (see tests/messy.py).
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[1]))
from messy import Messy

from graph.matching import Condition, Question, Value
from graph.search import Index
from graph.search_index import build_search, follow_search
from graph.search_segment import SEARCH_FILES
from graph.terms import BASE, COO, RDF, RDFS
from graph.versions import current
from service.reconciliation.tasks import match_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

CLASSES: Final = ("State", "Organization", "Satellite", "LaunchEvent", "Agreement")
SCRIPTS: Final = {
    "en": [consonant + vowel for consonant in "bcdfghjklmnprstvw" for vowel in "aeiou"],
    "fr": [consonant + vowel for consonant in "bcdfghjklmnprstvw" for vowel in "àéîôû"],
    "ru": [consonant + vowel for consonant in "бвгджзклмнпрстфхш" for vowel in "аеиоу"],
    "zh": list("中国航天局卫星法俄巴西院科学火箭合作协议东方红长征风云资源海洋通信导航北斗天宫神舟嫦娥"),
}
ASKED: Final = 2_000
NOTED: Final = 97  # one in so many triples
COMMITS: Final = 20
NAMES: Final = 1_000


def main() -> None:
    """Make the graph and its index, then print a line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path)
    arguments = parser.parse_args()
    if arguments.labels:
        with tempfile.TemporaryDirectory() as folder:
            large(Path(folder), arguments.labels)
    if arguments.home:
        table(current(arguments.home).directory)


def large(folder: Path, labels: int) -> None:
    """Print what search costs in a large graph."""
    store = ox.Store(folder / "store")
    names: list[str] = []
    store.bulk_extend(noted(graph(labels), names))
    store.flush()
    old = folder / "000001"
    old.mkdir()
    before = time.process_time()
    spent, size = timed(lambda: build_search(store, old)) / 1000, (old / SEARCH_FILES[0]).stat().st_size / 1e6
    busy = time.process_time() - before
    print(f"{labels} labels: index of {size:.0f} MB in {spent:.0f} s, {busy:.0f} s of the processor", flush=True)
    typed_ahead(old, names)
    commits = []
    for number in range(2, 2 + COMMITS):
        new = folder / f"{number:06}"
        new.mkdir()
        change = set(thing(random.Random(-number), f"new-{number}"))  # noqa: S311  (no secret)
        store.extend(ox.Quad(*triple) for triple in change)
        commits.append(timed(lambda: follow_search(store, change, old, new)))  # noqa: B023  (called at once)
        old = new
    print(f"what a commit adds: median {statistics.median(commits):.1f} ms, most {max(commits):.1f} ms")
    typed_ahead(old, names)


def typed_ahead(directory: Path, names: Sequence[str]) -> None:
    """Print how long type-ahead takes."""
    choice = random.Random(1)  # noqa: S311  (no secret)
    asked = [typed(choice, names) for _ in range(ASKED)]
    with Index(directory) as index:
        clock, processor = [], []
        for text in asked:
            before = time.process_time()
            clock.append(timed(lambda: index.search(text, limit=10)))  # noqa: B023  (called at once)
            processor.append((time.process_time() - before) * 1000)
    for name, spent in (("type-ahead", sorted(clock)), ("of the processor", sorted(processor))):
        p50, p95, p99 = (spent[int(len(spent) * share)] for share in (0.5, 0.95, 0.99))
        print(f"{name}: p50 {p50:.2f} ms, p95 {p95:.2f} ms, p99 {p99:.2f} ms, most {spent[-1]:.1f} ms", flush=True)


def typed(choice: random.Random, names: Sequence[str]) -> str:
    """Return the beginning of a name, one in ten with an error."""
    name = choice.choice(names)
    text = name[: choice.randint(2, len(name))]
    if choice.random() < 0.1 and len(text) > 4:
        place = choice.randrange(len(text))
        text = text[:place] + text[place + 1 :]
    return text


def noted(quads: Iterable[ox.Quad], names: list[str]) -> Iterator[ox.Quad]:
    """Yield quads, and note some of the names that pass."""
    for number, quad in enumerate(quads):
        if number % NOTED == 0 and isinstance(quad.object, ox.Literal):
            names.append(quad.object.value)
        yield quad


def graph(labels: int) -> Iterator[ox.Quad]:
    """Yield the triples of the graph."""
    choice = random.Random(0)  # noqa: S311  (no secret)
    for number in range(labels // len(SCRIPTS)):
        yield from (ox.Quad(*triple) for triple in thing(choice, str(number)))


def thing(choice: random.Random, name: str) -> Iterator[ox.Triple]:
    """Yield the triples of a thing."""
    node = ox.NamedNode(f"{BASE}id/system/{name}")
    yield ox.Triple(node, ox.NamedNode(RDF + "type"), ox.NamedNode(COO + choice.choice(CLASSES)))
    yield ox.Triple(node, ox.NamedNode(COO + "noradId"), ox.Literal(str(choice.randrange(10**6))))
    for lang in SCRIPTS:
        yield ox.Triple(node, ox.NamedNode(RDFS + "label"), ox.Literal(words(choice, lang), language=lang))
    for number in range(4):
        yield ox.Triple(
            node, ox.NamedNode(f"{COO}p{number}"), ox.NamedNode(f"{BASE}id/system/{choice.randrange(1000)}")
        )


def words(choice: random.Random, lang: str) -> str:
    """Return a name of one to four words."""
    made = ["".join(choice.choices(SCRIPTS[lang], k=choice.randint(2, 4))) for _ in range(choice.randint(1, 4))]
    return "".join(made) if lang == "zh" else " ".join(made).title()


def table(version: Path) -> None:
    """Print how long a table of a thousand names takes, as one batch."""
    store = ox.Store.read_only(str(version / "store"))
    rows = Messy(version, store).table(0, NAMES)
    questions = [
        Question(
            text=row.text,
            types=(COO + row.kind,),
            conditions=tuple(Condition(pid=pid, values=(Value(text=text),)) for pid, text in row.columns.items()),
        )
        for row in rows
    ]
    task = match_task(questions, list(map(str, range(len(questions)))))
    started = time.process_time()
    spent = statistics.median(timed(lambda: task.run(store, version)) for _ in range(3))
    busy = (time.process_time() - started) / 3
    print(f"{NAMES} names matched: {spent / 1000:.2f} s, {busy:.2f} s of the processor")


def timed(work: Callable[[], object]) -> float:
    """Return how many milliseconds some work takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
