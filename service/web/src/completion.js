// What the editor offers while a query is typed: keywords, variables, prefixes, classes and properties of the dataset.
import { pickedCompletion } from "@codemirror/autocomplete";

import { ask } from "./endpoint.js";

const MOST = 100;
const TYPED = /[\p{L}\p{N}_-]*:?[\p{L}\p{N}_.-]*$/u;
const VARIABLE = /[?$][\p{L}\p{N}_]*$/u;
const DECLARATION = /^\s*(?:PREFIX|BASE)\b/i;
const COMMENT = /^\s*(?:#|$)/;
const KEYWORDS = (
  "SELECT DISTINCT REDUCED CONSTRUCT DESCRIBE ASK FROM NAMED WHERE OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH AS " +
  "ORDER BY ASC DESC GROUP HAVING LIMIT OFFSET PREFIX BASE UNDEF NOT EXISTS IN LATERAL " +
  "COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT STR LANG LANGMATCHES DATATYPE BOUND IRI BNODE RAND ABS CEIL FLOOR ROUND " +
  "CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES " +
  "SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISBLANK " +
  "ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE"
).split(" ");

// VoID counts what is there; the ontology says what it is called. Both lie in the dataset itself.
const TERMS = `PREFIX void: <http://rdfs.org/ns/void#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?kind ?term ?count ?label ?definition WHERE {
  GRAPH <https://w3id.org/coorbit/graph/description> {
    { ?partition void:class ?term ; void:entities ?count . BIND ("class" AS ?kind) }
    UNION
    { ?partition void:property ?term ; void:triples ?count . BIND ("property" AS ?kind) }
  }
  OPTIONAL { ?term rdfs:label ?label }
  OPTIONAL { ?term skos:definition ?definition FILTER (LANG(?definition) = "en") }
}`;

/**
 * Return what completes words of a query.
 *
 * @param {string} endpoint address to ask for the terms of the dataset, once
 * @param {import("./names.js").Names} names prefixes of the dataset
 * @returns {import("@codemirror/autocomplete").CompletionSource}
 */
export function completions(endpoint, names) {
  let terms = null;
  return async (context) => {
    const variable = context.matchBefore(VARIABLE);
    if (variable) return { from: variable.from, options: variables(context, variable), filter: true };
    const typed = context.matchBefore(TYPED);
    if (!typed || (typed.from === typed.to && !context.explicit)) return null;
    if (/[<"'@^\\]/.test(context.state.sliceDoc(typed.from - 1, typed.from))) return null;
    terms ??= termsOf(endpoint, names).catch(() => []);
    const options = fitting(typed.text, await terms, names);
    return context.aborted || options.length === 0 ? null : { from: typed.from, options, filter: false };
  };
}

/** Ask which classes and properties there are; labels of several languages come as several rows. */
async function termsOf(endpoint, names) {
  const { result } = await ask(endpoint, TERMS);
  const byName = new Map();
  for (const { kind, term, count, label, definition } of result.rows) {
    const split = names.split(term.value);
    if (!split) continue;
    const name = split.join(":");
    const known = byName.get(name) ?? { name, prefix: split[0], kinds: new Map(), labels: new Map() };
    known.kinds.set(kind.value, Number(count.value));
    if (label) known.labels.set(label["xml:lang"] ?? "", label.value);
    known.definition = definition?.value ?? known.definition;
    byName.set(name, known);
  }
  return [...byName.values()];
}

function variables(context, typed) {
  const found = new Set(context.state.doc.toString().match(/[?$][\p{L}\p{N}_]+/gu));
  found.delete(typed.text);
  return [...found].map((label) => ({ label, type: "variable" }));
}

/** Return what fits the typed text: what begins with it first, then what holds it, in name or label. */
function fitting(text, terms, names) {
  const sought = text.toLowerCase();
  const prefixes = text.includes(":") ? [] : [...names.prefixes.keys()].map((name) => ({ name: `${name}:` }));
  const keywords = text.includes(":") ? [] : KEYWORDS.map((name) => ({ name }));
  const ranked = [
    ...keywords.map((each) => [rank(sought, [each.name], 0), keyword(each.name)]),
    ...prefixes.map((each) => [rank(sought, [each.name], 1), prefix(each.name, names)]),
    ...terms.map((each) => [rank(sought, searched(each), 2), term(each, names)]),
  ];
  const found = ranked.filter(([place]) => place < Infinity).sort(([one], [other]) => one - other);
  return found.slice(0, MOST).map(([, option]) => option);
}

function searched({ name, labels }) {
  return [name, name.replace(/^.*:/, ""), ...labels.values()];
}

function rank(sought, texts, kind) {
  const lower = texts.map((text) => text.toLowerCase());
  if (lower.some((text) => text.startsWith(sought))) return kind;
  return sought.length > 1 && lower.some((text) => text.includes(sought)) ? kind + 10 : Infinity;
}

function keyword(name) {
  return { label: name, type: "keyword" };
}

function prefix(name, names) {
  return { label: name, type: "namespace", detail: names.prefixes.get(name.slice(0, -1)) };
}

function term({ name, prefix, kinds, labels, definition }, names) {
  const label = labels.get(navigator.language.split("-")[0]) ?? labels.get("en") ?? "";
  const counts = [...kinds].map(([kind, count]) => `${kind}, ${count.toLocaleString("en")} times`).join("; ");
  return {
    label: name,
    type: "class",
    detail: label,
    info: [definition, counts].filter(Boolean).join(" \u2014 "),
    apply: (view, completion, from, to) => insert(view, completion, from, to, prefix, names),
  };
}

/** Insert a name, and the PREFIX line that it needs anywhere else: here the service knows it, other endpoints do not. */
function insert(view, completion, from, to, prefix, names) {
  const { doc } = view.state;
  const changes = [{ from, to, insert: completion.label }];
  if (!new RegExp(`\\bPREFIX\\s+${prefix}:`, "i").test(doc.toString())) {
    changes.push({ from: placeOfPrefixes(doc), insert: `PREFIX ${prefix}: <${names.prefixes.get(prefix)}>\n` });
  }
  const added = changes[1]?.insert.length ?? 0;
  view.dispatch({
    changes,
    selection: { anchor: from + completion.label.length + added },
    annotations: pickedCompletion.of(completion),
    userEvent: "input.complete",
  });
}

/** Return where a PREFIX line goes: behind those there are, else behind the comments at the top. */
function placeOfPrefixes(doc) {
  let place = 0;
  for (let line = 1; line < doc.lines; line += 1) {
    const { text, to } = doc.line(line);
    if (DECLARATION.test(text) || (COMMENT.test(text) && text.trim())) place = to + 1;
    else if (text.trim()) break;
  }
  return place;
}
