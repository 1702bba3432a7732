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
function shown({ label, match, types }) {
  const kind = types.map((iri) => words(iri)).join(", ");
  const other = match?.text && match.text !== label ? ` (${match.text})` : "";
  return [element("span", {}, label + other), " ", element("small", {}, kind)];
}

function words(iri) {
  return iri
    .replace(/^.*[#/]/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
    .toLowerCase();
}
