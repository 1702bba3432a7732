// Moving about the cells of a table by keys, by the grid pattern of WAI-ARIA: the whole table is one stop of Tab.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** The cell of a table that Tab comes to; a cell stands for the link in it, if there is one. */
export class Cursor {
  /**
   * @param {HTMLTableSectionElement} body whose rows say by `aria-rowindex` which ones they are, the first by 2
   * @param {{size: () => [number, number], page: () => number, reach: (row: number) => HTMLTableRowElement}} table how many
   *   rows and columns there are, how many rows a page has, and what brings a row into view, drawn
   */
  constructor(body, table) {
    Object.assign(this, { table, row: 0, column: 0 });
    body.addEventListener("keydown", (event) => this.#follow(event));
    body.addEventListener("focusin", ({ target }) => this.#stand(target.closest("td")));
  }

  /** Begin at the top again. */
  reset() {
    this.row = 0;
  }

  /** Have Tab come to the cell of the cursor alone, as far as a newly drawn row goes. */
  mark(row, at) {
    [...row.cells].forEach((cell, column) => {
      focusable(cell).tabIndex = at === this.row && column === this.column ? 0 : -1;
    });
  }

  #follow(event) {
    const to = event.altKey || event.metaKey || event.shiftKey ? null : this.#target(event);
    if (!to) return;
    event.preventDefault();
    const [rows, columns] = this.table.size();
    const row = Math.min(Math.max(to[0], 0), rows - 1);
    const cell = this.table.reach(row).cells[Math.min(Math.max(to[1], 0), columns - 1)];
    focusable(cell).focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #target({ key, ctrlKey }) {
    const [rows, columns] = this.table.size();
    const { row, column } = this;
    if (key === "Home") return [ctrlKey ? 0 : row, 0];
    if (key === "End") return [ctrlKey ? rows - 1 : row, columns - 1];
    if (ctrlKey) return null;
    if (key === "PageUp") return [row - this.table.page(), column];
    if (key === "PageDown") return [row + this.table.page(), column];
    return key in STEPS ? [row + STEPS[key][0], column + STEPS[key][1]] : null;
  }

  /** Stand on the cell that got the focus, by whatever way. */
  #stand(cell) {
    if (!cell) return;
    const row = cell.closest("tr");
    const before = row.parentElement.querySelector("[tabindex='0']");
    if (before) before.tabIndex = -1;
    this.row = Number(row.getAttribute("aria-rowindex")) - 2;
    this.column = cell.cellIndex;
    focusable(cell).tabIndex = 0;
  }
}

function focusable(cell) {
  return cell.querySelector("a") ?? cell;
}
