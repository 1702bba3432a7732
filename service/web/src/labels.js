// What things are called, asked of the dataset itself: many names at once for tables, more of one for its card.
import { ask } from "./endpoint.js";

const AT_ONCE = 150; // names in one query
const AT_ONCE_FOR_ALL = 1000; // where nothing can be shown before all are known
const WAIT_MS = 30; // rows are drawn many at a time
const RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const DEFINITIONS = ["http://www.w3.org/2004/02/skos/core#definition", "http://www.w3.org/2000/01/rdf-schema#comment"];
const PREFIXES = `PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
`;

/** Labels of things in the reader's languages. */
export class Labels {
  /**
   * @param {string} endpoint address to ask
   * @param {readonly string[]} languages tags, the best first
   */
  constructor(endpoint, languages) {
    this.endpoint = endpoint;
    this.languages = [...new Set([...languages.map((tag) => tag.split("-")[0].toLowerCase()), "en", ""])];
    this.known = new Map(); // IRI to label, null where there is none
    this.cards = new Map();
    this.waiting = new Map(); // IRI to those who want its label
    this.timer = 0;
  }

  /** Call back with the label of a thing, at once where it is known; not at all where it has none. */
  want(iri, told) {
    if (this.known.has(iri)) {
      if (this.known.get(iri)) told(this.known.get(iri));
      return;
    }
    this.waiting.set(iri, [...(this.waiting.get(iri) ?? []), told]);
    this.timer ||= setTimeout(() => this.#askAll(), WAIT_MS);
  }

  /**
   * Return what a card tells of a thing.
   *
   * @returns {Promise<{label: Label|null, types: Label[], definition: Label|null}>} with `Label` as `{text, lang}`
   */
  card(iri) {
    if (!this.cards.has(iri)) this.cards.set(iri, this.#askCard(iri));
    return this.cards.get(iri);
  }

  /** Look up what many things are called, so that `known` has them all; say whether that could be done. */
  async learn(iris) {
    const unknown = [...new Set(iris)].filter((iri) => !this.known.has(iri));
    try {
      for (let from = 0; from < unknown.length; from += AT_ONCE_FOR_ALL) await this.#learn(unknown.slice(from, from + AT_ONCE_FOR_ALL));
    } catch {
      return false;
    }
    return true;
  }

  async #askAll() {
    const waiting = [...this.waiting];
    this.waiting.clear();
    this.timer = 0;
    for (let from = 0; from < waiting.length; from += AT_ONCE) {
      const part = waiting.slice(from, from + AT_ONCE);
      try {
        await this.#learn(part.map(([iri]) => iri));
      } catch {
        return; // names in place of labels will do
      }
      for (const [iri, callers] of part) {
        const label = this.known.get(iri);
        if (label) callers.forEach((told) => told(label));
      }
    }
  }

  async #learn(iris) {
    const found = await this.#askLabels(iris);
    for (const iri of iris) this.known.set(iri, this.#best(found.get(iri) ?? []));
  }

  async #askLabels(iris) {
    const values = iris.map((iri) => `<${iri}>`).join(" ");
    const query = `${PREFIXES}SELECT ?iri ?label WHERE { VALUES ?iri { ${values} } ?iri rdfs:label|skos:prefLabel ?label }`;
    const { result } = await ask(this.endpoint, query);
    const found = new Map();
    for (const { iri, label } of result.rows) found.set(iri.value, [...(found.get(iri.value) ?? []), label]);
    return found;
  }

  async #askCard(iri) {
    const query = `${PREFIXES}SELECT ?property ?value ?name WHERE {
  VALUES ?property { rdfs:label skos:prefLabel rdf:type skos:definition rdfs:comment }
  <${iri}> ?property ?value
  OPTIONAL { ?value rdfs:label ?name }
}`;
    const { result } = await ask(this.endpoint, query);
    const of = (properties) => result.rows.filter((row) => properties.includes(row.property.value));
    const types = new Map();
    for (const { value, name } of of([RDF_TYPE])) types.set(value.value, [...(types.get(value.value) ?? []), ...(name ? [name] : [])]);
    const labels = result.rows.filter((row) => /#(?:label|prefLabel)$/.test(row.property.value));
    return {
      label: this.#best(labels.map((row) => row.value)),
      types: [...types].map(([type, names]) => this.#best(names) ?? { text: type.replace(/^.*[#/]/, ""), lang: "" }),
      definition: this.#best(of(DEFINITIONS).map((row) => row.value)),
    };
  }

  /** Return the label in the language that the reader likes best; null where there is none. */
  #best(literals) {
    const place = (literal) => {
      const at = this.languages.indexOf((literal["xml:lang"] ?? "").split("-")[0].toLowerCase());
      return at < 0 ? this.languages.length : at;
    };
    const found = literals.toSorted((one, other) => place(one) - place(other))[0];
    return found ? { text: found.value, lang: found["xml:lang"] ?? "" } : null;
  }
}
