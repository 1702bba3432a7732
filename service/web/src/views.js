// Pictures of a result, chosen by its columns; what draws them is fetched when the first is wanted.
import { Codes, isCode } from "./pictures/codes.js";
import { counted } from "./dom.js";
import { BASE } from "./names.js";

const THINGS = `${BASE}id/`;
const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"].map((each) => XSD + each));
const DATES = new Set(["date", "dateTime", "gYear", "gYearMonth"].map((each) => XSD + each));
const CODES = /iso|code|alpha|country|state/i; // names of columns whose short texts are taken for codes
const MOST = 300;
const LOOKED_AT = 200; // rows by which a column is judged

/**
 * Return the views that fit a result beside the table.
 *
 * @param {{vars: string[], rows: Object<string, {type: string, value: string}>[]}} result a SELECT's, as SPARQL JSON
 * @param {{names: import("./names.js").Names, labels: import("./labels.js").Labels}} known
 * @returns {{name: string, label: string, draw: (container: HTMLElement, result: object) => Promise<void>}[]}
 */
export function viewsFor(result, known) {
  const columns = new Columns(result, known);
  return [map(columns), timeline(columns), network(columns), bars(columns)].filter(Boolean);
}

/** What the columns of a result hold. */
class Columns {
  constructor({ vars, rows }, known) {
    this.known = known;
    const looked = rows.slice(0, LOOKED_AT);
    this.vars = vars;
    this.cells = new Map(vars.map((name) => [name, looked.map((row) => row[name]).filter(Boolean)]));
  }

  /** Return the columns of which every cell that is bound fits, the first first. */
  all(fits) {
    return this.vars.filter((name) => this.cells.get(name).length && this.cells.get(name).every(fits));
  }

  number() {
    return this.all((cell) => isNumber(cell)).filter((name) => !this.isYear(name) && !this.isDegrees(name));
  }

  isYear(name) {
    return /year/i.test(name) && this.cells.get(name).every((cell) => /^\d{4}$/.test(cell.value));
  }

  isDegrees(name) {
    return /^(lat(itude)?|long?(itude)?)$/i.test(name);
  }

  dates() {
    return this.all((cell) => DATES.has(cell.datatype) || /^-?\d{4}-\d\d-\d\d/.test(cell.value)).concat(this.vars.filter((name) => this.cells.get(name).length && this.isYear(name)));
  }

  things() {
    return this.all((cell) => cell.type === "uri");
  }

  /** Return the column that names the things of another: `stateName` those of `state`; else the first with text. */
  names(of) {
    const literal = this.all((cell) => cell.type === "literal" && !isNumber(cell) && !DATES.has(cell.datatype));
    const wanted = [`${of}Name`, `${of}Label`, "name", "label"];
    return literal.find((name) => wanted.includes(name)) ?? (of === null ? literal[0] : (literal.find((name) => name.startsWith(of ?? "")) ?? null));
  }

  /** Return where the thing of a cell is shown; null for a cell without one. */
  address(cell) {
    return cell?.type === "uri" ? this.known.names.address(cell.value) : null;
  }
}

function isNumber(cell) {
  return cell.type === "literal" && NUMBERS.has(cell.datatype);
}

function map(columns) {
  const latitude = columns.vars.find((name) => /^lat(itude)?$/i.test(name));
  const longitude = columns.vars.find((name) => /^long?(itude)?$/i.test(name));
  const isPlaced = latitude && longitude && columns.cells.get(latitude).length > 0;
  const [state] = columns.all((cell) => isCode(cell, THINGS)).filter((name) => columns.things().includes(name) || CODES.test(name));
  if (!isPlaced && !state) return null;
  return view("map", "Map", async (container, { rows }) => {
    const { drawMap } = await import("./pictures/map.js");
    const [number] = columns.number();
    const things = columns.things();
    const points = isPlaced ? rows.filter((row) => row[latitude] && row[longitude]).map((row) => point(row, latitude, longitude, columns, things)) : [];
    const places = state && !isPlaced ? await new Codes(columns.known).places(rows, state, columns.names(state), number) : [];
    return [await drawMap(container, { title: "Map of the result", places, points: points.slice(0, MOST) }), left(points.length, "place")].filter(Boolean).join(" ");
  });
}

function point(row, latitude, longitude, columns, [thing]) {
  const names = columns.names(thing ?? null);
  return {
    latitude: Number(row[latitude].value),
    longitude: Number(row[longitude].value),
    name: row[names]?.value ?? row[thing]?.value ?? "",
    lang: row[names]?.["xml:lang"],
    href: columns.address(row[thing]),
  };
}

function timeline(columns) {
  const [date] = columns.dates();
  if (!date) return null;
  return view("timeline", "Timeline", async (container, { rows }) => {
    const { drawTimeline } = await import("./pictures/timeline.js");
    const thing = columns.things()[0] ?? null;
    const names = columns.names(thing);
    const kind = columns.vars.find((name) => /^(kind|type|category)(Name)?$/i.test(name) && columns.cells.get(name).every((cell) => cell.type === "literal"));
    const dated = rows.filter((row) => row[date]);
    const events = dated.map((row) => ({
      date: row[date].value,
      kind: row[kind]?.value ?? date,
      name: row[names]?.value ?? row[thing]?.value ?? row[date].value,
      href: columns.address(row[thing]),
    }));
    const kinds = [...new Set(events.map((each) => each.kind))];
    drawTimeline(container, { title: "Timeline of the result", kinds, events: events.slice(0, MOST), years: [] });
    return left(events.length, "event");
  });
}

function network(columns) {
  const [from, to] = columns.things();
  if (!from || !to) return null;
  return view("network", "Network", async (container, { rows }) => {
    const { drawNetwork } = await import("./pictures/network.js");
    const places = new Map();
    const nodes = [];
    const edges = [];
    const lost = new Set();
    const placeOf = (row, column) => {
      const iri = row[column].value;
      if (!places.has(iri) && nodes.length >= MOST) {
        lost.add(iri);
        return -1;
      }
      if (!places.has(iri)) {
        places.set(iri, nodes.length);
        const name = row[columns.names(column)];
        nodes.push({ id: iri, name: name?.value ?? decoded(iri), lang: name?.["xml:lang"], kind: column, href: columns.address(row[column]) });
      }
      return places.get(iri);
    };
    for (const row of rows) {
      if (!row[from] || !row[to]) continue;
      const [source, target] = [placeOf(row, from), placeOf(row, to)];
      if (source >= 0 && target >= 0 && source !== target) edges.push({ source, target, relation: `${from}, ${to}` });
    }
    drawNetwork(container, { title: "Network of the result", kinds: { [from]: from, [to]: to }, nodes, edges });
    return lost.size ? `${counted(lost.size, "thing is", "things are")} left out.` : "";
  });
}

function bars(columns) {
  const [number] = columns.number();
  const names = columns.names(null) ?? columns.things()[0] ?? columns.vars.find((name) => name !== number);
  if (!number || !names) return null;
  return view("bars", "Bars", async (container, { rows }) => {
    const { drawBars } = await import("./pictures/bars.js");
    const [thing] = columns.things();
    const shown = rows.filter((row) => row[number]).map((row) => ({
      label: row[names]?.value ?? "",
      lang: row[names]?.["xml:lang"],
      value: Number(row[number].value),
      href: columns.address(row[thing]),
    }));
    return drawBars(container, { title: `${number} by ${names}`, bars: shown });
  });
}

/** Return a view that draws itself with buttons to save it, and says below what it leaves out. */
function view(name, label, draw) {
  return {
    name,
    label,
    draw: async (container, result) => {
      const { framed } = await import("./pictures/framed.js");
      await framed(container, name, (place) => draw(place, result));
    },
  };
}

function left(size, what) {
  return size > MOST ? `${counted(size - MOST, `${what} is`, `${what}s are`)} left out.` : "";
}

function decoded(iri) {
  const end = iri.replace(/^.*[/#]/, "") || iri;
  try {
    return decodeURIComponent(end);
  } catch {
    return end;
  }
}
