// The query page: the form becomes an editor whose answers come without leaving the page.
import { AnswerPart } from "./answer.js";
import { Card } from "./card.js";
import { completions } from "./completion.js";
import { element } from "./dom.js";
import { edit } from "./editor.js";
import { ask, Problem } from "./endpoint.js";
import { offerExamples } from "./examples.js";
import { Labels } from "./labels.js";
import { Names } from "./names.js";
import { drawPast, keep } from "./past.js";

const LONGEST_LINK = 8000; // characters of an address that programs still pass on
const TICK_MS = 100;

class QueryPage {
  constructor(form) {
    this.form = form;
    this.running = null;
    const names = new Names(form.dataset.root, prefixesOf(document.querySelector("table[data-prefixes]")));
    this.endpoint = addressOf(form);
    const about = addressOf(form, ["version"]); // what things are called does not depend on the graphs that are asked
    const known = { names, labels: new Labels(about, [form.dataset.language, ...navigator.languages]) };
    const part = document.querySelector("[data-answer]");
    this.answered = part.hidden ? "" : form.elements.query.value;
    this.answer = new AnswerPart(part, this.endpoint, known);
    this.editor = edit(form.elements.query, {
      onRun: () => this.run(),
      complete: completions(about, names),
      label: "SPARQL query",
    });
    new Card(part, known.labels, names);
    this.#addActions();
    this.#addLists();
    addEventListener("popstate", () => this.#return());
  }

  #addActions() {
    this.cancel = element("button", { type: "button", disabled: true, onclick: () => this.running?.abort() }, "Cancel");
    this.copy = element("button", { type: "button", onclick: () => this.#share() }, "Copy link");
    const hint = element("small", {}, "Ctrl+Enter runs; Ctrl+Space completes");
    this.form.querySelector("[data-actions]").append(" ", this.cancel, " ", this.copy, " ", hint);
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
    this.running?.abort();
    const query = this.editor.text;
    if (!query.trim()) {
      this.answer.say("There is no query yet: write one, or take an example.");
      return;
    }
    const running = new AbortController();
    this.running = running;
    if (!isReturn) this.#setAddress();
    this.editor.clear();
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
        this.cancel.disabled = true;
      }
    }
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

  #setAddress() {
    const address = new URL(this.form.action);
    for (const [name, value] of new FormData(this.form)) address.searchParams.append(name, value);
    if (address.href.length <= LONGEST_LINK && address.href !== location.href) history.pushState(null, "", address);
  }

  #return() {
    this.editor.text = new URL(location.href).searchParams.get("query") ?? "";
    this.run({ isReturn: true });
  }

  async #share() {
    this.#setAddress();
    try {
      await navigator.clipboard.writeText(location.href);
      this.answer.say("The link is copied: whoever opens it sees this query and its answer.");
    } catch {
      this.answer.say("Copy the address of this page: whoever opens it sees this query and its answer.");
    }
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
if (form) {
  const page = new QueryPage(form);
  if (page.answered.trim()) page.run({ isReturn: true });
}
