// The queries that were asked from this browser; they are kept in it, and sent nowhere.
import { counted, element } from "./dom.js";

const KEY = "coorbit.queries";
const MOST = 50;

/** Return the queries that were asked, the last one first: `{ query, at, told }`. */
export function asked() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each?.query === "string") : [];
  } catch {
    return []; // a browser may forbid it, and what is kept may not be ours
  }
}

/** Keep a query as the last one that was asked; `told` says what came of it. */
export function keep(query, told, at = new Date()) {
  const others = asked().filter((each) => each.query !== query);
  write([{ query, told, at: at.toISOString() }, ...others].slice(0, MOST));
}

function write(queries) {
  try {
    localStorage.setItem(KEY, JSON.stringify(queries));
  } catch {
    // no room, or not allowed: the page does without
  }
}

/** Draw the list of what was asked; `choose` is told the query that is wanted again. */
export function drawPast(container, choose) {
  const queries = asked();
  const forget = () => {
    write([]);
    drawPast(container, choose);
  };
  container.replaceChildren(
    element("p", {}, `${counted(queries.length, "query", "queries")} asked here before; this browser keeps them.`),
    element("ol", { class: "queries" }, ...queries.map((each) => entry(each, choose))),
    ...(queries.length ? [element("button", { type: "button", onclick: forget }, "Forget them")] : []),
  );
}

function entry({ query, at, told }, choose) {
  const lines = query.split("\n").filter((line) => line.trim() && !/^\s*(?:PREFIX|BASE|#)/i.test(line));
  const button = element("button", { type: "button", onclick: () => choose(query), title: query }, lines.slice(0, 2).join(" ").slice(0, 120));
  const day = new Date(at);
  const when = Number.isNaN(day.getTime()) ? "" : day.toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
  return element("li", {}, button, " ", element("small", {}, [when, told].filter(Boolean).join(", ")));
}
