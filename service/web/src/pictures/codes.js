// From states as results name them, by IRI or ISO code, to the numeric codes that the shapes of the map have.
import { ask } from "../endpoint.js";
import { endOf } from "../names.js";

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

  /** @param {{names: import("../names.js").Names, labels: import("../labels.js").Labels}} known */
  constructor({ names, labels }) {
    Object.assign(this, { names, endpoint: labels.endpoint });
  }

  /**
   * Return what a map shows of the rows: a state each, with the sum of a column, or how many rows name it. What has
   * no code, such as a state that is no more, has an empty one: the map tells of it.
   */
  async places(rows, state, names, number) {
    Codes.known ??= this.read().catch((error) => {
      Codes.known = null;
      throw error;
    });
    const known = await Codes.known;
    const found = new Map();
    for (const row of rows) {
      if (!row[state]) continue;
      const { code, href } = known.get(row[state].value) ?? { code: "", href: null };
      const key = code || row[state].value;
      const place = found.get(key) ?? { code, name: row[names]?.value ?? endOf(row[state].value), lang: row[names]?.["xml:lang"], href, number: 0 };
      place.number += number ? Number(row[number]?.value ?? 0) : 1;
      found.set(key, place);
    }
    return [...found.values()];
  }

  async read() {
    const { result } = await ask(this.endpoint, QUERY);
    const known = new Map();
    for (const row of result.rows) {
      const told = { code: row.code.value, href: this.names.address(row.state.value) };
      for (const name of ["state", "two", "three", "code"]) known.set(row[name].value, told);
    }
    return known;
  }
}
