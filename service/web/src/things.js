// Things by their names, for fields: what the search of the service suggests while something is typed.
import { suggest } from "./combobox.js";
import { element } from "./dom.js";
import { endOf } from "./names.js";

const MOST = 8;

/**
 * Have a field suggest things.
 *
 * @param {HTMLInputElement} field what is typed in
 * @param {string} action address of the search
 * @param {() => Object<string, string>} within returns parameters of it, such as `type`; empty ones are left out
 * @param {(thing: {id: string, label: string}) => void} choose is told which one was chosen
 */
export function suggestThings(field, action, within, choose) {
  suggest(field, (text, signal) => find(action, { ...within(), q: text, limit: MOST }, signal), shown, choose);
}

/**
 * Have the fields that take a thing suggest some, of the classes that they name in `data-things`; the end of the name
 * of the one that is chosen is filled in.
 *
 * @param {ParentNode} part of the page
 */
export function nameFields(part) {
  const search = document.querySelector("form[role=search][data-search]");
  for (const field of part.querySelectorAll("input[data-things]")) {
    const version = field.form.elements.namedItem("version")?.value ?? "";
    suggestThings(field, search.action, () => ({ type: field.dataset.things, version }), (thing) => {
      field.value = endOf(thing.id);
    });
    field.labels[0]?.append("; names are suggested");
  }
}

async function find(action, parameters, signal) {
  const address = new URL(action);
  for (const [name, value] of Object.entries(parameters)) if (value) address.searchParams.set(name, value);
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
