// A card that tells of a thing when its link is pointed at or has the focus (WCAG 1.4.13: it stays, and can be sent away).
import { element } from "./dom.js";

const WAIT_MS = 250; // so that a pointer on its way opens none
const GAP_PX = 6;

/** One card for all links of a part of a page. */
export class Card {
  /**
   * @param {HTMLElement} within its links with `data-iri` have cards
   * @param {import("./labels.js").Labels} labels
   * @param {import("./names.js").Names} names
   */
  constructor(within, labels, names) {
    Object.assign(this, { labels, names, link: null, timer: 0 });
    this.box = element("div", { role: "tooltip", id: "card", class: "card", hidden: true });
    this.box.style.position = "fixed";
    within.append(this.box);
    const at = (event) => event.target.closest?.("a[data-iri]");
    within.addEventListener("focusin", (event) => at(event) && this.open(at(event)));
    within.addEventListener("focusout", () => this.close());
    within.addEventListener("mouseover", (event) => at(event) && this.soon(() => this.open(at(event))));
    within.addEventListener("mouseout", (event) => at(event) && this.soon(() => this.close()));
    this.box.addEventListener("mouseover", () => clearTimeout(this.timer));
    this.box.addEventListener("mouseout", () => this.soon(() => this.close()));
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    within.addEventListener("scroll", () => this.close(), { capture: true, passive: true });
  }

  soon(action) {
    clearTimeout(this.timer);
    this.timer = setTimeout(action, WAIT_MS);
  }

  async open(link) {
    clearTimeout(this.timer);
    if (this.link === link) return;
    this.close();
    this.link = link;
    const { iri } = link.dataset;
    const told = await this.labels.card(iri).catch(() => null);
    if (this.link !== link || !link.isConnected) return;
    this.box.replaceChildren(
      told?.label ? spoken("strong", told.label) : element("strong", {}, this.names.short(iri)),
      element("p", {}, ...(told?.types.length ? listed(told.types) : ["nothing is said of its kind"])),
      ...(told?.definition ? [spoken("p", told.definition)] : []),
      element("p", {}, element("code", {}, iri)),
    );
    this.box.hidden = false;
    link.setAttribute("aria-describedby", this.box.id);
    this.place(link);
  }

  place(link) {
    const around = link.getBoundingClientRect();
    const { width, height } = this.box.getBoundingClientRect();
    const below = around.bottom + GAP_PX + height <= innerHeight || around.top < height + GAP_PX;
    this.box.style.top = `${Math.round(below ? around.bottom + GAP_PX : around.top - GAP_PX - height)}px`;
    this.box.style.left = `${Math.round(Math.max(0, Math.min(around.left, innerWidth - width - GAP_PX)))}px`;
  }

  close() {
    clearTimeout(this.timer);
    this.link?.removeAttribute("aria-describedby");
    this.link = null;
    this.box.hidden = true;
  }
}

/** Return an element with a text in its own language. */
function spoken(tag, { text, lang }) {
  return element(tag, { lang: lang || null }, text);
}

function listed(labels) {
  return labels.flatMap((each, at) => [...(at ? [", "] : []), spoken("span", each)]);
}
