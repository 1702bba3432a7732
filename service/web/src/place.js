// Where the query page is: its address has the query, and so have the links to the same page in another language or version.

const LONGEST_LINK = 8000; // characters of an address that programs still pass on
const DRAFT = "coorbit.draft";

/** The address of the query page; it follows what is asked. */
export class Place {
  /**
   * @param {HTMLFormElement} form that asks without scripts
   * @param {() => string} textOf tells what is in the editor
   * @param {(query: string) => void} returned is told the query of the page that the reader went back to
   */
  constructor(form, textOf, returned) {
    Object.assign(this, { form, textOf, returned });
    this.shown = bare(location.href);
    this.long = history.state?.query ?? null; // a query that no address can hold
    this.linked = new URL(location.href).searchParams.get("query") ?? "";
    addEventListener("popstate", () => this.#return());
    document.addEventListener("click", (event) => this.#leave(event));
    document.addEventListener("submit", (event) => this.#leave(event));
  }

  /** Return the address of what the form asks now; null where it would be too long to be passed on. */
  link() {
    const address = new URL(this.form.action);
    for (const [name, value] of new FormData(this.form)) address.searchParams.append(name, value);
    return address.href.length <= LONGEST_LINK ? address.href : null;
  }

  /** Make what the form asks now the address of the page; a text that does not fit is kept beside it by the browser. */
  keep() {
    const fitting = this.link();
    const address = fitting ?? this.#without("query");
    const long = fitting === null ? this.textOf() : null;
    if (address !== this.shown || long !== this.long) history.pushState(long && { query: long }, "", address);
    this.#moved(address, long, fitting === null ? "" : this.textOf());
  }

  /** Load the page anew if the form names another version than the page is of; say whether it does. */
  reload() {
    const field = this.form.elements.namedItem("version");
    if (!field || field.value === field.defaultValue) return false;
    const isLong = this.link() === null;
    if (isLong) leaveDraft(this.textOf());
    location.assign(this.#without(isLong && "query", !field.value.trim() && "version"));
    return true;
  }

  #without(...left) {
    const address = new URL(this.form.action);
    for (const [name, value] of new FormData(this.form)) if (!left.includes(name)) address.searchParams.append(name, value);
    return address.href;
  }

  #return() {
    const address = bare(location.href);
    const long = history.state?.query ?? null;
    if (address === this.shown && (long === null || long === this.long)) {
      history.replaceState(this.long && { query: this.long }, ""); // the skip link leads to another part of the same page
      return;
    }
    const query = new URL(address).searchParams.get("query") ?? "";
    this.#moved(address, long, query);
    this.returned(long ?? query);
  }

  #moved(address, long, linked) {
    Object.assign(this, { shown: address, long, linked });
    for (const each of document.querySelectorAll("[data-here]")) {
      if (each instanceof HTMLFormElement) sendAlong(each, linked);
      else each.href = withQuery(each.href, linked);
    }
  }

  /** Keep a draft for the same page in another language or version; what was asked is in its address. */
  #leave(event) {
    const to = event.target.closest?.(event.type === "submit" ? "form[data-here]" : "a[data-here]");
    const isOther = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (to && !isOther && this.textOf() !== this.linked) leaveDraft(this.textOf());
  }
}

/** Return the text that was left unasked where this page was read in another language or version; null: there is none. */
export function takeDraft() {
  try {
    const draft = sessionStorage.getItem(DRAFT);
    sessionStorage.removeItem(DRAFT);
    return draft;
  } catch {
    return null; // a browser may forbid it
  }
}

function leaveDraft(text) {
  try {
    sessionStorage.setItem(DRAFT, text);
  } catch {
    // no room, or not allowed: the page does without
  }
}

function sendAlong(form, query) {
  form.elements.namedItem("query")?.remove();
  if (!query) return;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "query", value: query });
  form.append(field);
}

function withQuery(href, query) {
  const address = new URL(href);
  if (query) address.searchParams.set("query", query);
  else address.searchParams.delete("query");
  return address.href;
}

function bare(href) {
  return href.split("#")[0];
}
