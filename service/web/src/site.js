// Every page: the search box suggests things while their names are typed.
import { suggest } from "./combobox.js";
import { element } from "./dom.js";
import { Names } from "./names.js";

const MOST = 8;

for (const form of document.querySelectorAll("form[role=search][data-search]")) enhance(form);

function enhance(form) {
  const field = form.querySelector("input[name=q]");
  const names = new Names(new URL(form.action).pathname.replace(/\/search$/, ""), new Map());
  suggest(
    field,
    (text, signal) => find(form.action, text, signal),
    shown,
    (thing) => location.assign(names.address(thing.id) ?? form.action),
  );
}

async function find(action, text, signal) {
  const address = new URL(action);
  address.searchParams.set("q", text);
  address.searchParams.set("limit", MOST);
  const response = await fetch(address, { headers: { Accept: "application/json" }, signal });
  return response.ok ? (await response.json()).results : [];
}

/** Return the label of a thing, the name that fits where it is another one, and what kind of thing it is. */
function shown({ label, languages, match, types }) {
  const kind = types.map((iri) => words(iri)).join(", ");
  const other = match?.text && match.text !== label ? [" (", spoken(match.text, match.languages), ")"] : [];
  return [spoken(label, languages), ...other, " ", element("small", {}, kind)];
}

/** Return a name in its own language; one that is the same in several, English among them, is English. */
function spoken(text, languages = []) {
  return element("span", { lang: languages.includes("en") ? null : (languages[0] ?? null) }, text);
}

function words(iri) {
  return iri
    .replace(/^.*[#/]/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();
}
