// The example queries beside the editor: by topic, and found by their words.
import { counted, element } from "./dom.js";

/**
 * Fill a part of the page with the examples of the service, once it is opened.
 *
 * @param {HTMLDetailsElement} details opened by the reader
 * @param {string} address of the list
 * @param {(query: string) => void} choose is told the query of an example
 */
export function offerExamples(details, address, choose) {
  details.addEventListener("toggle", async () => {
    const container = details.querySelector("[data-list]");
    if (!details.open || container.childElementCount) return;
    container.replaceChildren(element("p", { role: "status" }, "Loading"));
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      draw(container, (await response.json()).examples, choose);
    } catch {
      container.replaceChildren();
      details.open = false; // so that opening it again tries again
    }
  });
}

function draw(container, examples, choose) {
  const field = element("input", { type: "search", id: "examples-words", autocomplete: "off" });
  const count = element("span", { role: "status" });
  const groups = topics(examples).map(([topic, members]) => group(topic, members, choose));
  field.addEventListener("input", () => {
    count.textContent = ` ${counted(filter(groups, field.value), "example")}`;
  });
  container.replaceChildren(
    element("p", {}, element("label", { for: field.id }, "Find an example by its words"), " ", field, count),
    ...groups.map(({ part }) => part),
  );
}

/** Return the examples by topic, both in the order of their names; one with several topics stands under each. */
function topics(examples) {
  const found = new Map();
  for (const each of examples) for (const tag of each.tags) found.set(tag, [...(found.get(tag) ?? []), each]);
  return [...found].sort(([one], [other]) => one.localeCompare(other));
}

function group(topic, members, choose) {
  const entries = members
    .toSorted((one, other) => one.question.localeCompare(other.question))
    .map((each) => {
      const button = element("button", { type: "button", onclick: () => choose(each.query) }, each.question);
      const words = `${topic} ${each.name} ${each.question} ${each.answers}`.toLowerCase();
      return { name: each.name, item: element("li", {}, button), words };
    });
  const list = element("ul", { class: "queries" }, ...entries.map(({ item }) => item));
  const part = element("details", {}, element("summary", {}, `${topic} (${members.length})`), list);
  return { part, entries };
}

/** Show the examples that hold all words, and return how many they are. */
function filter(groups, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Set();
  for (const { part, entries } of groups) {
    for (const entry of entries) {
      entry.item.hidden = !words.every((word) => entry.words.includes(word));
      if (!entry.item.hidden) found.add(entry.name);
    }
    part.hidden = entries.every(({ item }) => item.hidden);
    part.open = words.length > 0 && !part.hidden;
  }
  return found.size;
}
