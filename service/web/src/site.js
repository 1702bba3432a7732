// Every page: the search box, and fields that take a thing, suggest some while their names are typed.
import { Names } from "./names.js";
import { nameFields, suggestThings } from "./things.js";

for (const form of document.querySelectorAll("form[role=search][data-search]")) {
  const names = new Names(new URL(form.action).pathname.replace(/\/search$/, ""), new Map());
  const follow = (thing) => location.assign(names.address(thing.id) ?? form.action);
  suggestThings(form.querySelector("input[name=q]"), form.action, {}, follow);
}
nameFields(document);
