// What came of a query, below the editor: rows or a graph, how long it took, downloads, views.
import { counted, element } from "./dom.js";
import { addressOfAnswer, fileOfAnswer } from "./endpoint.js";
import { saveFile } from "./file.js";
import { drawTable } from "./table.js";
import { drawTabs } from "./tabs.js";

const LONGEST_TEXT = 300_000; // characters of a graph that are shown

/** The part of the page that shows answers. */
export class AnswerPart {
  /**
   * @param {HTMLElement} part whose `data-solutions` and `data-graphs` name the formats of downloads
   * @param {string} endpoint address of the endpoint
   * @param {{names: import("./names.js").Names, labels: import("./labels.js").Labels}} known
   */
  constructor(part, endpoint, known) {
    Object.assign(this, { part, endpoint, known });
    this.status = element("p", { role: "status", "data-status": true });
    this.extra = element("p", { "data-downloads": true });
    this.views = element("div", { "data-views": true });
    part.replaceChildren(element("h2", {}, "Answer"), this.status, this.extra, this.views);
  }

  /** Say what goes on, without an answer. */
  say(text) {
    this.part.hidden = false;
    this.status.removeAttribute("data-failed");
    this.status.textContent = text;
  }

  /** Show that a query is being evaluated, and for how long; the clock is not read out. */
  wait(clock) {
    this.say("Running ");
    this.status.append(clock);
    this.#clear();
  }

  /** Say why there is no answer. */
  fail(text) {
    this.say(text);
    this.status.dataset.failed = "";
    this.#clear();
  }

  /** Show an answer; return what was said of it, in short. */
  async show(query, answer, clientMs) {
    const told = summary(answer);
    this.say(`${told}${answer.isCut ? ", the beginning of a longer answer: download it for all" : ""}. ${times(answer, clientMs)}`);
    this.#offer(query, answer.turtle === undefined ? this.part.dataset.solutions : this.part.dataset.graphs);
    drawTabs(this.views, await this.#viewsOf(answer));
    return told;
  }

  #clear() {
    this.extra.replaceChildren();
    this.views.replaceChildren();
  }

  async #viewsOf({ result, turtle, boolean }) {
    if (turtle !== undefined) return [{ name: "turtle", label: "Turtle", draw: (panel) => panel.append(graph(turtle)) }];
    if (!result) return [{ name: "answer", label: "Answer", draw: (panel) => panel.append(yes(boolean)) }];
    const table = { name: "table", label: "Table", draw: (panel) => drawTable(panel, result, this.known) };
    const { viewsFor } = await import("./views.js");
    const pictures = viewsFor(result, this.known).map(({ name, label, draw }) => ({ name, label, draw: (panel) => draw(panel, result) }));
    return [table, ...pictures];
  }

  #offer(query, formats) {
    const offers = formats.split(" ").flatMap((name) => {
      const href = addressOfAnswer(this.endpoint, query, name);
      const file = `answer.${ENDINGS[name] ?? name}`;
      if (href) return [" ", element("a", { href, download: file }, name)];
      return [" ", element("button", { type: "button", onclick: () => this.#download(query, name, file) }, name)];
    });
    this.fetching = element("span", { role: "status" });
    this.extra.replaceChildren("Download as", ...offers, " ", this.fetching);
  }

  /** Fetch an answer as a file: no address is long enough for some queries, and a form would leave the page. */
  async #download(query, name, file) {
    const { fetching } = this;
    fetching.textContent = `Fetching ${name} ...`;
    try {
      saveFile(await fileOfAnswer(this.endpoint, query, name), file);
      fetching.textContent = "";
    } catch (fault) {
      fetching.textContent = `Not downloaded: ${fault.message}`;
    }
  }
}

const ENDINGS = { json: "srj", xml: "srx", turtle: "ttl", ntriples: "nt", rdfxml: "rdf", nquads: "nq" };

function summary({ result, boolean, turtle }) {
  if (result) return counted(result.rows.length, "row");
  return turtle === undefined ? (boolean ? "Yes" : "No") : "A graph";
}

function times({ serverMs }, clientMs) {
  const server = serverMs === null ? "" : serverMs ? `, ${seconds(serverMs)} at the server` : ", kept ready at the server";
  return `${seconds(clientMs)} here${server}.`;
}

function seconds(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function graph(turtle) {
  const text = turtle.slice(0, LONGEST_TEXT);
  const cut = text.length < turtle.length ? "\n# The page shows no more of it: download it for the rest." : "";
  return element("pre", { tabindex: "0", role: "region", "aria-label": "Graph as Turtle" }, text + cut);
}

function yes(boolean) {
  return element("p", {}, boolean ? "Yes: there is at least one." : "No: there is none.");
}
