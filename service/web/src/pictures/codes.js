// From states as results name them, by IRI or ISO code, to the numeric codes that the shapes of the map have.
const QUERY = `PREFIX coo: <https://w3id.org/coorbit/ont#>
SELECT ?state ?two ?three ?code WHERE { ?state coo:isoNumeric ?code ; coo:isoAlpha2 ?two ; coo:isoAlpha3 ?three }
ORDER BY ?state`;
const STATE = /^actor\/[a-z]{3}$/;
const CODE = /^(?:[A-Z]{2}|[A-Z]{3}|\d{3})$/;

/** Say whether a cell may name a state. */
export function isCode(cell, base) {
  if (cell.type === "uri") return cell.value.startsWith(base) && STATE.test(cell.value.slice(base.length));
  return CODE.test(cell.value) && !cell.datatype?.endsWith("integer");
}

/** States by what a result may call them, asked for once a page. */
export class Codes {
  static known = null;

  constructor(root) {
    this.root = root;
  }

  /** Return what a map shows of the rows: a state each, with the sum of a column, or how many rows name it. */
  async places(rows, state, names, number) {
    Codes.known ??= this.read().catch((error) => {
      Codes.known = null;
      throw error;
    });
    const known = await Codes.known;
    const found = new Map();
    for (const row of rows) {
      const code = row[state] && known.get(row[state].value);
      if (!code) continue;
      const place = found.get(code.code) ?? { code: code.code, name: row[names]?.value ?? row[state].value, lang: row[names]?.["xml:lang"], href: code.href, number: 0 };
      place.number += number ? Number(row[number]?.value ?? 0) : 1;
      found.set(code.code, place);
    }
    return [...found.values()];
  }

  async read() {
    const response = await fetch(`${this.root}/sparql?query=${encodeURIComponent(QUERY)}`, { headers: { Accept: "application/sparql-results+json" } });
    if (!response.ok) throw new Error(`the codes of states could not be fetched: ${response.status}`);
    const known = new Map();
    for (const row of (await response.json()).results.bindings) {
      const path = new URL(row.state.value).pathname.replace(/^\/coorbit/, "");
      const told = { code: row.code.value, href: this.root + path };
      for (const name of ["state", "two", "three", "code"]) known.set(row[name].value, told);
    }
    return known;
  }
}
