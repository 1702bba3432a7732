// The rows of an answer as a table that can be sorted; of a long one only what is in view is drawn.
import { Cursor } from "./cursor.js";
import { element } from "./dom.js";

const ALL_DRAWN = 300; // rows up to which every row is drawn
const BEYOND = 20; // rows drawn above and below what is in view
const PAGE = 10; // rows that PageDown goes on in a table that is drawn whole
const NUMERIC = /#(?:integer|decimal|double|float|int|long|short|byte|nonNegativeInteger|gYear)$/;
const ORDER = new Intl.Collator("en", { numeric: true });
const DIRECTIONS = { none: "ascending", ascending: "descending", descending: "none" };

/**
 * Draw an answer.
 *
 * @param {HTMLElement} container is filled
 * @param {{vars: string[], rows: Object<string, object>[]}} result
 * @param {{names: import("./names.js").Names, labels: import("./labels.js").Labels}} known
 */
export function drawTable(container, result, known) {
  new Table(container, result, known);
}

class Table {
  constructor(container, result, { names, labels }) {
    Object.assign(this, { result, names, labels, rows: result.rows, sorted: null, drawn: new Map(), height: 0 });
    this.isLong = result.rows.length > ALL_DRAWN;
    this.spacers = [0, 1, 2].map(() => spacer(result.vars.length)); // above, within and below the rows that are drawn
    this.body = element("tbody", {}, ...this.spacers);
    this.cursor = new Cursor(this.body, {
      size: () => [this.rows.length, result.vars.length],
      page: () => (this.isLong ? Math.max(Math.floor(this.#room() / this.height) - 1, 1) : PAGE),
      reach: (row) => this.#reach(row),
    });
    const titles = result.vars.map((name, at) => this.#title(name, at));
    const head = element("thead", {}, element("tr", {}, ...titles));
    this.table = element(
      "table",
      { role: "grid", "aria-rowcount": result.rows.length + 1, "data-long": this.isLong, "aria-describedby": "keys" },
      element("caption", { class: "unseen" }, "Answer"),
      head,
      this.body,
    );
    const label = "Rows of the answer";
    this.box = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, this.table);
    const keys = "Arrow keys, Page Up, Page Down, Home and End move about the cells; Tab leaves the table.";
    container.replaceChildren(this.box, element("p", { id: "keys", class: "keys" }, keys));
    if (this.isLong) {
      this.box.style.maxHeight = "75vh";
      this.box.style.overflowY = "auto";
      this.box.addEventListener("scroll", () => this.#draw(), { passive: true });
      new ResizeObserver(() => this.#draw()).observe(this.box);
    }
    this.#draw();
  }

  #title(name, at) {
    const button = element("button", { type: "button", onclick: () => this.#sort(at) }, name);
    return element("th", { scope: "col", "aria-sort": "none" }, button);
  }

  async #sort(at) {
    const titles = [...this.table.tHead.rows[0].cells];
    const direction = DIRECTIONS[titles[at].getAttribute("aria-sort")];
    titles.forEach((title, place) => title.setAttribute("aria-sort", place === at ? direction : "none"));
    const sorting = {};
    this.sorting = sorting;
    this.box.setAttribute("aria-busy", "true");
    const rows = direction === "none" ? this.result.rows : await this.#ordered(this.result.vars[at], direction);
    if (this.sorting !== sorting) return; // another order was chosen meanwhile
    this.box.removeAttribute("aria-busy");
    this.rows = rows;
    this.drawn.clear();
    this.cursor.reset();
    this.body.replaceChildren(...this.spacers);
    this.box.scrollTop = 0;
    this.#draw();
  }

  async #ordered(name, direction) {
    // All things by their labels, or none: of a long table only those that were in view have been looked up.
    const iris = this.result.rows.flatMap((row) => (row[name]?.type === "uri" ? [row[name].value] : []));
    const areNamed = await this.labels.learn(iris);
    const keyed = this.result.rows.map((row) => [this.#key(row[name], areNamed), row]);
    const sign = direction === "ascending" ? 1 : -1;
    const compare = (one, other) =>
      typeof one === "number" && typeof other === "number" ? one - other : ORDER.compare(String(one), String(other));
    // What is not bound stands last, whichever way.
    keyed.sort(([one], [other]) => (one === null || other === null ? (one === null) - (other === null) : sign * compare(one, other)));
    return keyed.map(([, row]) => row);
  }

  #key(term, areNamed) {
    if (!term) return null;
    if (term.type === "uri") return (areNamed && this.labels.known.get(term.value)?.text) || this.names.short(term.value);
    return NUMERIC.test(term.datatype ?? "") && Number.isFinite(Number(term.value)) ? Number(term.value) : term.value;
  }

  /**
   * Draw what is in view and a little more, and the row that Tab comes to. A row that is drawn and still wanted is not
   * touched, so it keeps the focus.
   */
  #draw() {
    const [first, end] = this.#window();
    const kept = this.cursor.row;
    const wanted = Array.from({ length: end - first }, (_, at) => first + at);
    if (kept < first) wanted.unshift(kept);
    if (kept >= end && kept < this.rows.length) wanted.push(kept);
    const isWanted = new Set(wanted);
    for (const [at, row] of this.drawn) {
      if (!isWanted.has(at)) {
        row.remove();
        this.drawn.delete(at);
      }
    }
    const [above, within, below] = this.spacers;
    let next = below;
    for (const at of wanted.toReversed()) {
      if (!this.drawn.has(at)) {
        this.drawn.set(at, this.#row(at));
        next.before(this.drawn.get(at));
      }
      next = this.drawn.get(at);
    }
    this.drawn.get(kept < first ? first : kept)?.before(within);
    this.#space(above, wanted[0] ?? 0);
    this.#space(within, kept < first ? first - kept - 1 : Math.max(kept - end, 0));
    this.#space(below, this.rows.length - 1 - (wanted.at(-1) ?? -1));
    if (this.isLong && !this.height) this.#measure();
  }

  /** Return a row, drawn and in view. */
  #reach(at) {
    if (this.isLong) {
      const top = at * this.height;
      const highest = top + this.height - this.#room();
      this.box.scrollTop = Math.max(Math.min(this.box.scrollTop, top), highest);
      this.#draw();
    }
    return this.drawn.get(at);
  }

  /** Return how many pixels of rows are in view below their titles. */
  #room() {
    return this.box.clientHeight - this.table.tHead.offsetHeight;
  }

  /** Fix the sizes of a long table, so that nothing moves while it is scrolled. */
  #measure() {
    this.height = this.drawn.get(0).getBoundingClientRect().height; // 0 while the table is not shown
    if (!this.height) return;
    for (const title of this.table.tHead.rows[0].cells) title.style.width = `${title.getBoundingClientRect().width}px`;
    this.table.style.tableLayout = "fixed";
    this.#draw();
  }

  #space(spacer, count) {
    spacer.hidden = count === 0;
    spacer.firstChild.style.height = `${count * this.height}px`;
  }

  #window() {
    if (!this.isLong) return [0, this.rows.length];
    if (!this.height) return [0, Math.min(this.rows.length, 2 * BEYOND)];
    const top = Math.floor(this.box.scrollTop / this.height);
    const fitting = Math.ceil(this.box.clientHeight / this.height);
    return [Math.max(0, top - BEYOND), Math.min(this.rows.length, top + fitting + BEYOND)];
  }

  #row(at) {
    const row = this.rows[at];
    const drawn = element("tr", { "aria-rowindex": at + 2 }, ...this.result.vars.map((name) => this.#cell(row[name])));
    this.cursor.mark(drawn, at);
    return drawn;
  }

  #cell(term) {
    if (!term) return element("td");
    if (term.type === "uri") return element("td", {}, this.#thing(term.value));
    const isNumber = NUMERIC.test(term.datatype ?? "");
    const text = term.type === "triple" ? JSON.stringify(term.value) : term.type === "bnode" ? `_:${term.value}` : term.value;
    const cell = element("td", { lang: term["xml:lang"], class: isNumber && "number" }, text);
    if (this.isLong) cell.title = text; // it may be cut short
    return cell;
  }

  #thing(iri) {
    const href = this.names.address(iri);
    const link = element(href ? "a" : "span", { href, "data-iri": iri }, this.names.short(iri));
    this.labels.want(iri, ({ text, lang }) => {
      link.textContent = text;
      if (lang) link.lang = lang;
    });
    return link;
  }
}

/** Return a row that stands for those that are not drawn. */
function spacer(columns) {
  const cell = element("td", { colspan: columns });
  cell.style.padding = "0";
  cell.style.border = "0";
  return element("tr", { "aria-hidden": "true", hidden: true }, cell);
}
