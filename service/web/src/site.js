// Every page: the search boxes, and fields that take a thing, suggest some while their names are typed.
import { Names } from "./names.js";
import { nameFields, suggestThings } from "./things.js";

for (const form of document.querySelectorAll("form[role=search]")) {
  const chosen = form.closest("[data-carried]").dataset.carried; // language and version, which links to things keep
  const names = new Names(new URL(form.action).pathname.replace(/\/search$/, ""), new Map(), chosen);
  const follow = (thing) => location.assign(names.address(thing.id) ?? form.action);
  const within = () => Object.fromEntries(["type", "lang", "version"].map((name) => [name, valueOf(form, name)]));
  suggestThings(form.querySelector("input[name=q]"), form.action, within, follow);
}
nameFields(document);

function valueOf(form, name) {
  return form.elements.namedItem(name)?.value ?? "";
}
