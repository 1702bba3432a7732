// The rows of an answer as a table that can be sorted; of a long one only what is in view is drawn.
import { element } from "./dom.js";

const ALL_DRAWN = 300; // rows up to which every row is drawn
const BEYOND = 20; // rows drawn above and below what is in view
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
    this.above = spacer(result.vars.length);
    this.below = spacer(result.vars.length);
    this.body = element("tbody", {}, this.above, this.below);
    const titles = result.vars.map((name, at) => this.#title(name, at));
    const head = element("thead", {}, element("tr", {}, ...titles));
    this.table = element(
      "table",
      { "aria-rowcount": result.rows.length + 1, "data-long": this.isLong },
      element("caption", { class: "unseen" }, "Answer"),
      head,
      this.body,
    );
    const label = "Rows of the answer";
    this.box = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, this.table);
    container.replaceChildren(this.box);
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

  #sort(at) {
    const titles = [...this.table.tHead.rows[0].cells];
    const direction = DIRECTIONS[titles[at].getAttribute("aria-sort")];
    titles.forEach((title, place) => title.setAttribute("aria-sort", place === at ? direction : "none"));
    this.rows = direction === "none" ? this.result.rows : this.#ordered(this.result.vars[at], direction);
    this.drawn.clear();
    this.body.replaceChildren(this.above, this.below);
    this.box.scrollTop = 0;
    this.#draw();
  }

  #ordered(name, direction) {
    const keyed = this.result.rows.map((row) => [this.#key(row[name]), row]);
    const sign = direction === "ascending" ? 1 : -1;
    const compare = (one, other) =>
      typeof one === "number" && typeof other === "number" ? one - other : ORDER.compare(String(one), String(other));
    // What is not bound stands last, whichever way.
    keyed.sort(([one], [other]) => (one === null || other === null ? (one === null) - (other === null) : sign * compare(one, other)));
    return keyed.map(([, row]) => row);
  }

  #key(term) {
    if (!term) return null;
    if (term.type === "uri") return this.labels.known.get(term.value)?.text ?? this.names.short(term.value);
    return NUMERIC.test(term.datatype ?? "") && Number.isFinite(Number(term.value)) ? Number(term.value) : term.value;
  }

  /** Draw what is in view and a little more; a row that is drawn and still wanted is not touched, so it keeps the focus. */
  #draw() {
    const [first, end] = this.#window();
    for (const [at, row] of this.drawn) {
      if (at < first || at >= end) {
        row.remove();
        this.drawn.delete(at);
      }
    }
    let next = this.below;
    for (let at = end - 1; at >= first; at -= 1) {
      if (!this.drawn.has(at)) {
        this.drawn.set(at, this.#row(at));
        next.before(this.drawn.get(at));
      }
      next = this.drawn.get(at);
    }
    this.#space(this.above, first);
    this.#space(this.below, this.rows.length - end);
    if (this.isLong && !this.height) this.#measure();
  }

  /** Fix the sizes of a long table, so that nothing moves while it is scrolled. */
  #measure() {
    this.height = this.above.nextElementSibling.getBoundingClientRect().height; // 0 while the table is not shown
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
    return element("tr", { "aria-rowindex": at + 2 }, ...this.result.vars.map((name) => this.#cell(row[name])));
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
