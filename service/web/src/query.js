// The query page: the form becomes an editor whose answers come without leaving the page.
import { AnswerPart } from "./answer.js";
import { Card } from "./card.js";
import { completions } from "./completion.js";
import { counted, element } from "./dom.js";
import { edit } from "./editor.js";
import { ask, Problem } from "./endpoint.js";
import { offerExamples } from "./examples.js";
import { Labels } from "./labels.js";
import { Names } from "./names.js";
import { drawPast, keep } from "./past.js";
import { Place, takeDraft } from "./place.js";

const TICK_MS = 100;

class QueryPage {
  constructor(form) {
    this.form = form;
    this.running = null;
    const kept = new URLSearchParams([...new FormData(form)].filter(([name]) => ["lang", "version"].includes(name)));
    kept.sort(); // as the pages that the service makes have them
    const names = new Names(form.dataset.root, prefixesOf(document.querySelector("table[data-prefixes]")), String(kept));
    this.endpoint = addressOf(form);
    const about = addressOf(form, ["version"]); // what things are called does not depend on the graphs that are asked
    const known = { names, labels: new Labels(about, [form.dataset.language, ...navigator.languages]) };
    const part = document.querySelector("[data-answer]");
    this.answered = part.hidden ? "" : form.elements.query.value;
    const refused = part.querySelector("[role=alert]")?.textContent; // the version, where there is no query
    this.answer = new AnswerPart(part, this.endpoint, known);
    this.editor = edit(form.elements.query, {
      onRun: () => this.run(),
      complete: completions(about, names),
      label: "SPARQL query",
    });
    this.place = new Place(form, () => this.editor.text, (query) => this.#return(query));
    new Card(part, known.labels, names);
    if (refused) this.answer.fail(refused);
    this.#addActions();
    this.#addLists();
    this.#begin();
  }

  /** Ask what the page was loaded with, and put back what was not asked yet. */
  #begin() {
    if (this.answered.trim()) this.run({ isReturn: true });
    else if (this.place.long) this.#return(this.place.long);
    const draft = takeDraft();
    if (draft !== null) this.editor.text = draft;
  }

  #addActions() {
    this.cancel = element("button", { type: "button", disabled: true, onclick: () => this.running?.abort() }, "Cancel");
    const copy = element("button", { type: "button", onclick: () => this.#share() }, "Copy link");
    const hint = element("small", {}, "Ctrl+Enter runs; Ctrl+Space completes");
    // What is said of a link does not take the place of what is said of the answer.
    this.shared = element("span", { role: "status", "data-shared": true });
    const copyText = () => this.#copy(this.editor.text, "The text is copied.");
    this.copyText = element("button", { type: "button", hidden: true, onclick: copyText }, "Copy its text");
    const actions = this.form.querySelector("[data-actions]");
    actions.append(" ", this.cancel, " ", copy, " ", hint);
    actions.after(element("div", {}, this.shared, " ", this.copyText));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
  }

  #addLists() {
    const choose = (query) => {
      this.editor.text = query;
      this.run();
      this.editor.focus();
    };
    const examples = document.querySelector("details[data-examples]");
    if (examples) offerExamples(examples, examples.dataset.examples, choose);
    const past = document.querySelector("details[data-past]");
    past.hidden = false;
    past.addEventListener("toggle", () => past.open && drawPast(past.querySelector("[data-list]"), choose));
  }

  /** Ask what the editor holds, and show what comes of it. */
  async run({ isReturn = false } = {}) {
    if (!isReturn && this.place.reload()) return;
    this.running?.abort();
    const query = this.editor.text;
    if (!query.trim()) {
      this.answer.say("There is no query yet: write one, or take an example.");
      return;
    }
    const running = new AbortController();
    this.running = running;
    if (!isReturn) this.place.keep();
    this.editor.clear();
    this.#forgetShared();
    const began = performance.now();
    const clock = this.#startClock(running, began);
    try {
      const answer = await ask(this.endpoint, query, running.signal);
      const told = await this.answer.show(query, answer, performance.now() - began);
      keep(query, told);
    } catch (fault) {
      if (this.running === running) this.#failed(fault, performance.now() - began, running.signal.aborted);
    } finally {
      clearInterval(clock);
      if (this.running === running) {
        this.running = null;
        this.#rest();
      }
    }
  }

  /** Nothing is left to cancel; who is there by keys goes on beside it, not at the top of the page. */
  #rest() {
    if (this.cancel.matches(":focus")) this.form.querySelector("button[type=submit]").focus();
    this.cancel.disabled = true;
  }

  #startClock(running, began) {
    const clock = element("span", { "aria-hidden": "true" });
    this.cancel.disabled = false;
    this.answer.wait(clock);
    return setInterval(() => {
      clock.textContent = `${((performance.now() - began) / 1000).toFixed(1)} s`;
    }, TICK_MS);
  }

  #failed(fault, ms, isCancelled) {
    if (isCancelled) {
      this.answer.say(`Cancelled after ${(ms / 1000).toFixed(1)} s; the service has ended the query.`);
    } else if (fault instanceof Problem) {
      this.answer.fail(`Not answered: ${fault.message}`);
      this.editor.mark(fault);
    } else {
      this.answer.fail(`Not answered: the service cannot be reached, or its answer broke off (${fault.message}). Try again.`);
    }
  }

  #return(query) {
    this.editor.text = query;
    this.run({ isReturn: true });
  }

  async #share() {
    const link = this.place.link();
    this.copyText.hidden = link !== null;
    if (link === null) {
      this.shared.textContent = `This query is too long for a link (${counted(this.editor.text.length, "character")}): pass its text on.`;
      return;
    }
    this.place.keep();
    await this.#copy(link, "The link is copied: whoever opens it sees this query and its answer.");
  }

  async #copy(text, told) {
    try {
      await navigator.clipboard.writeText(text);
      this.shared.textContent = told;
    } catch {
      this.shared.textContent = "The browser lets no page copy: take the address of this page, or the text of the query.";
    }
  }

  #forgetShared() {
    this.shared.textContent = "";
    this.copyText.hidden = true;
  }
}

/** Return the address of the endpoint, with what the page says of the dataset: its version, its graphs, ... */
function addressOf(form, only = null) {
  const address = new URL(form.dataset.endpoint, location.href);
  for (const [name, value] of new FormData(form)) {
    if (only ? only.includes(name) : !["query", "lang"].includes(name)) address.searchParams.append(name, value);
  }
  return address.href;
}

function prefixesOf(table) {
  return new Map([...table.tBodies[0].rows].map(({ cells }) => [cells[0].textContent.trim().slice(0, -1), cells[1].textContent.trim()]));
}

const form = document.querySelector("form[data-query]");
if (form) new QueryPage(form);
