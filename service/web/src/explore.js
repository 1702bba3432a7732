// The pages to explore, and pictures on the pages of entities: each figure is drawn from the data that it holds.
import { drawBars } from "./pictures/bars.js";
import { framed } from "./pictures/framed.js";
import { drawMap } from "./pictures/map.js";
import { drawNetwork } from "./pictures/network.js";
import { drawTimeline } from "./pictures/timeline.js";
import { nameFields } from "./things.js";

const DRAW = { map: drawMap, network: drawNetwork, timeline: drawTimeline, bars: drawBars };
const stood = new Map(); // where things of a network stood, by id
let shownAt = location.href;
let asking = new AbortController();

drawAll();
addEventListener("popstate", () => {
  if (location.href.split("#")[0] !== shownAt.split("#")[0]) follow(location.href, null); // not for the skip link
});

function drawAll() {
  for (const figure of document.querySelectorAll("figure[data-picture]")) {
    const name = figure.dataset.picture;
    const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
    const title = figure.getAttribute("aria-label");
    for (const each of figure.querySelectorAll("[data-until-drawn]")) each.remove();
    framed(figure, title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "-"), (place) => DRAW[name](place, { title, ...data }, stood));
    if (name === "network") figure.addEventListener("click", expand);
  }
}

/** Follow a link to the same page with more or fewer things in place, so that those that stay are found again. */
function expand(event) {
  const link = event.target.closest("a");
  const address = link && new URL(link.getAttribute("href"), location.href);
  const isOther = event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented;
  if (!address || isOther || link.download || address.pathname !== location.pathname) return;
  event.preventDefault();
  const { mark, tellsOf } = link.closest("[data-mark], [data-tells-of]")?.dataset ?? {};
  follow(address.href, mark ?? tellsOf);
}

async function follow(href, id) {
  asking.abort(); // what was chosen before is not wanted any more
  asking = new AbortController();
  const { signal } = asking;
  const text = await read(href, signal);
  if (signal.aborted) return;
  if (text === null) {
    location.assign(href);
    return;
  }
  const page = new DOMParser().parseFromString(text, "text/html");
  if (href !== location.href) history.pushState(null, "", href);
  shownAt = href;
  document.title = page.title;
  const main = document.querySelector("main");
  main.replaceChildren(...[...page.querySelector("main").childNodes].map((each) => document.importNode(each, true)));
  nameFields(main);
  drawAll();
  const again = id && (main.querySelector(`a[data-mark="${CSS.escape(id)}"]`) ?? main.querySelector("a[data-mark]"));
  (again || main).focus({ preventScroll: true });
}

/** Return the text of a page; null where it could not be had. */
async function read(href, signal) {
  try {
    const response = await fetch(href, { headers: { Accept: "text/html" }, signal });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}
