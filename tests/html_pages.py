"""Reading pages as a reader's program does: what elements they have, in what order, and under which names."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Final

_VOID: Final = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_FIELDS: Final = frozenset({"input", "select", "textarea"})
_DATA: Final = frozenset({"application/json", "application/ld+json"})
"""Types of script elements that no browser runs."""


@dataclass(slots=True)
class Element:
    """An element of a page: its name, attributes, and the text in it."""

    name: str
    attributes: dict[str, str]
    text: str = ""
    inside: tuple[str, ...] = ()


@dataclass(slots=True)
class Read:
    """A page that was read.

    Attributes:
        elements: in their order.
        texts: in their order, each with the language that it is said to be in.
        faults: what is wrong with the nesting.
    """

    elements: list[Element] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def named(self, *names: str) -> list[Element]:
        """Return the elements of some names."""
        return [each for each in self.elements if each.name in names]

    def one(self, name: str) -> Element:
        """Return the only element of a name."""
        (found,) = self.named(name)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.read.faults.append(f"<{tag}> has an attribute twice: {names}")
        element = Element(tag, {name: value or "" for name, value in attrs}, inside=tuple(e.name for e in self._open))
        self.read.elements.append(element)
        if tag not in _VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].name != tag:
            self.read.faults.append(f"</{tag}> at {self.getpos()} closes {[each.name for each in self._open][-2:]}")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        languages = [each.attributes["lang"] for each in self._open if "lang" in each.attributes]
        is_read = not any(each.name in {"script", "title"} for each in self._open)
        if data.strip() and is_read:
            self.read.texts.append((data, languages[-1] if languages else ""))
        for each in self._open:
            each.text += data


def read_page(text: str) -> Read:
    """Read a page; every element that is opened has to be closed, but for those that hold nothing."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.read


def faults_of(page: Read) -> list[str]:
    """Return what is wrong with a page for who reads it by a program: headings, labels, landmarks, ids."""
    return [*page.faults, *_headings(page), *_ids(page), *_labels(page), *_landmarks(page), *_inline(page)]


def _headings(page: Read) -> list[str]:
    levels = [int(each.name[1]) for each in page.named(*_HEADINGS)]
    faults = [] if levels.count(1) == 1 and levels[:1] == [1] else [f"the headings are {levels}: one h1, the first"]
    faults += [f"h{one} is followed by h{other}" for one, other in pairwise(levels) if other > one + 1]
    return faults + [f"an empty <{each.name}>" for each in page.named(*_HEADINGS) if not each.text.strip()]


def _ids(page: Read) -> list[str]:
    ids = [each.attributes["id"] for each in page.elements if "id" in each.attributes]
    faults = [f"the id {each} is there twice" for each in sorted({each for each in ids if ids.count(each) > 1})]
    for each in page.elements:
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls"):
            faults += [f"{name}={one} names no id" for one in each.attributes.get(name, "").split() if one not in ids]
    return faults


def _labels(page: Read) -> list[str]:
    labelled = {each.attributes.get("for") for each in page.named("label")}
    fields = [each for each in page.elements if each.name in _FIELDS and each.attributes.get("type") != "hidden"]
    faults = [
        f"a field without a label: {each.attributes}"
        for each in fields
        if each.attributes.get("id") not in labelled
        and "aria-label" not in each.attributes
        and "label" not in each.inside
    ]
    named = [each for each in page.named("a", "button", "summary") if "aria-label" not in each.attributes]
    return faults + [f"an empty <{each.name}>: {each.attributes}" for each in named if not each.text.strip()]


def _landmarks(page: Read) -> list[str]:
    faults = [] if len(page.named("main")) == 1 else ["there is not one <main>"]
    found = [
        each for each in page.elements if each.name == "nav" or each.attributes.get("role") in {"search", "region"}
    ]
    names = [(each.attributes.get("role", each.name), each.attributes.get("aria-label", "")) for each in found]
    labelled = {id(each) for each in found if "aria-labelledby" in each.attributes}
    faults += [
        f"{name} has no label"
        for (name, label), each in zip(names, found, strict=True)
        if not label and id(each) not in labelled
    ]
    return faults + [f"two landmarks are {each}" for each in sorted(set(names)) if names.count(each) > 1 and each[1]]


def _inline(page: Read) -> list[str]:
    """Tell what the policy would refuse: inline scripts and styles, handlers, what another host is asked for."""
    faults = [
        f"an inline style in <{each.name}>"
        for each in page.elements
        if "style" in each.attributes or each.name == "style"
    ]
    for each in page.elements:
        faults += [f"a handler in <{each.name}>" for name in each.attributes if name.startswith("on")]
        if each.name == "script" and each.attributes.get("type") not in _DATA and "src" not in each.attributes:
            faults.append("an inline script")
        loaded = each.attributes.get("src", "") + (
            each.attributes.get("href", "")
            if each.name == "link" and "stylesheet" in each.attributes.get("rel", "")
            else ""
        )
        if loaded.startswith(("http:", "https:", "//")):
            faults.append(f"<{each.name}> loads {loaded}")
    return faults
