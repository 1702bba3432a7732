// Suggestions below a field, by the combobox pattern of WAI-ARIA: the focus stays in the field.
import { counted, element } from "./dom.js";

const WAIT_MS = 120; // after a key, before the service is asked
let boxes = 0;

/**
 * Have a field suggest what begins as it does.
 *
 * @param {HTMLInputElement} field what is typed in
 * @param {(text: string, signal: AbortSignal) => Promise<object[]>} find returns suggestions
 * @param {(suggestion: object) => Node[]} show returns what stands in the list for one
 * @param {(suggestion: object) => void} choose is told which one was chosen
 */
export function suggest(field, find, show, choose) {
  new Combobox(field, find, show, choose);
}

class Combobox {
  constructor(field, find, show, choose) {
    Object.assign(this, { field, find, show, choose, found: [], active: -1, timer: 0, asking: null });
    const id = `suggestions-${(boxes += 1)}`;
    this.list = element("ul", { role: "listbox", id, "aria-label": "Suggestions", hidden: true });
    this.told = element("span", { role: "status", class: "unseen" });
    for (const [name, value] of Object.entries({
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-controls": id,
      "aria-expanded": "false",
    })) {
      field.setAttribute(name, value);
    }
    const holder = element("span", { class: "combobox" });
    field.replaceWith(holder);
    holder.append(field, this.list, this.told);
    field.addEventListener("input", () => this.typed());
    field.addEventListener("keydown", (event) => this.pressed(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.clicked(event));
  }

  typed() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const text = this.field.value.trim();
    if (!text) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(text), WAIT_MS);
  }

  async ask(text) {
    const asking = new AbortController();
    this.asking = asking;
    try {
      const found = await this.find(text, asking.signal);
      if (!asking.signal.aborted && document.activeElement === this.field) this.open(found);
    } catch {
      if (!asking.signal.aborted) this.close(); // the form itself still works
    }
  }

  open(found) {
    this.found = found;
    this.list.replaceChildren(
      ...found.map((each, at) => element("li", { role: "option", id: `${this.list.id}-${at}` }, ...this.show(each))),
    );
    this.list.hidden = found.length === 0;
    this.field.setAttribute("aria-expanded", String(found.length > 0));
    this.told.textContent = found.length ? `${counted(found.length, "suggestion")}; up and down choose` : "No suggestion";
    this.mark(-1);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.told.textContent = "";
    this.mark(-1);
  }

  mark(at) {
    this.active = at;
    [...this.list.children].forEach((each, place) => each.setAttribute("aria-selected", String(place === at)));
    if (at < 0) {
      this.field.removeAttribute("aria-activedescendant");
      return;
    }
    this.field.setAttribute("aria-activedescendant", this.list.children[at].id);
    this.list.children[at].scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    if (event.isComposing) return; // Enter then ends the writing of a Chinese word
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && this.list.hidden) {
      if (event.key === "ArrowDown" && this.field.value.trim()) this.ask(this.field.value.trim());
      return;
    }
    if (this.list.hidden) return;
    if (event.key in steps) {
      const places = this.found.length + 1; // one of them is the field itself
      this.mark(((this.active + 1 + steps[event.key] + places) % places) - 1);
    } else if (event.key === "Enter" && this.active >= 0) {
      this.take(this.active);
    } else if (event.key === "Escape") {
      this.close();
    } else {
      return;
    }
    event.preventDefault();
  }

  clicked(event) {
    const at = [...this.list.children].indexOf(event.target.closest("[role=option]"));
    if (at >= 0) this.take(at);
  }

  take(at) {
    this.choose(this.found[at]);
    this.close();
  }
}
