// Things and their relations: the layout is worked out at once, so that nothing moves while it is read.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";

import { counted, element } from "../dom.js";
import { colour, fitted, frame, mark, MOST, moveByKeys, Room, svg, widthOf } from "./svg.js";
import { zoomButtons } from "./zoom.js";

const STEPS = 240;
const LEGEND = 22;
const NAMED = 260; // width of a name beside its mark, at most
const SHAPES = [
  "M5.5,0A5.5,5.5,0,1,1,-5.5,0A5.5,5.5,0,1,1,5.5,0Z",
  "M-5,-5H5V5H-5Z",
  "M0,-6.5L6,4.5H-6Z",
  "M0,-7L7,0L0,7L-7,0Z",
  "M-6,-3.5L0,-7L6,-3.5V3.5L0,7L-6,3.5Z",
  "M0,6.5L6,-4.5H-6Z",
];

/**
 * Draw a network.
 *
 * @param {HTMLElement} container emptied, then drawn in
 * @param {object} figures
 * @param {string} figures.title what it shows
 * @param {Object<string, string>} figures.kinds key of each kind to its name
 * @param {object[]} figures.nodes with id, name, kind, href, and as far as there are such: lang, expand, centre, expanded
 * @param {{source: number, target: number, relation: string}[]} figures.edges by the places of their nodes
 * @param {Map<string, [number, number]>} [before] where things stood by id, so that they stay near; it is brought up to date
 * @returns {string} what is left out
 */
export function drawNetwork(container, { title, kinds, nodes, edges }, before = new Map()) {
  container.replaceChildren();
  const shown = nodes.slice(0, MOST);
  const used = Object.keys(kinds).filter((kind) => shown.some((each) => each.kind === kind));
  const legend = rows(used.map((kind) => kinds[kind]), Math.max(container.clientWidth || 640, 240));
  const links = edges.filter((each) => each.source < shown.length && each.target < shown.length);
  const { picture, holder, width, height } = frame(container, {
    title,
    description: `${counted(shown.length, "thing")} and ${counted(links.length, "relation")}. Arrow keys move between them, Enter follows.`,
    height: (wide) => tall(wide, shown.length) + legend.tall,
  });
  const placed = layout(shown, links, before, { left: 14, top: legend.tall + 14, right: width - 14, bottom: height - 14 });
  const kindAt = (kind) => Math.max(Object.keys(kinds).indexOf(kind), 0);
  drawLegend(picture, used, kinds, legend, kindAt);
  const lines = links.map((each) => line(placed[each.source], placed[each.target], each, shown));
  picture.append(svg("g", { "aria-hidden": "true" }, ...lines));
  const degrees = count(links, shown.length);
  shown.forEach((each, at) => picture.append(thing(each, placed[at], kindAt(each.kind), degrees[at], kinds)));
  picture.append(names(shown, placed, degrees, { width, height, top: legend.tall }));
  const told = element("p", { "data-about-mark": "", "aria-live": "off", "data-not-printed": "" });
  watch(holder, shown, links, lines, told);
  container.append(holder, told, zoomButtons(container, picture));
  const left = nodes.length - shown.length;
  return left ? `${counted(left, "thing is", "things are")} left out.` : "";
}

function tall(width, things) {
  return Math.max(Math.min(Math.max(width * 0.66, Math.sqrt(things) * 46), 260 + things * 4, 800), 300);
}

/** Return where each thing stands, inside a box; the same for the same things. */
export function layout(nodes, edges, before, box) {
  const [middleX, middleY] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const free = Math.sqrt(((box.right - box.left) * (box.bottom - box.top)) / Math.max(nodes.length, 1));
  const points = nodes.map((each, at) => {
    const [x, y] = before.get(each.id) ?? [null, null];
    return x === null ? { at } : { at, x, y };
  });
  const simulation = forceSimulation(points)
    .force("link", forceLink(edges.map(({ source, target }) => ({ source, target }))).distance(Math.max(free * 0.9, 16)).strength(0.25))
    .force("apart", forceManyBody().strength(-Math.max(free * 1.6, 18)).distanceMax(free * 8))
    .force("x", forceX(middleX).strength(0.06))
    .force("y", forceY(middleY).strength(0.09))
    .force("collide", forceCollide(Math.min(free * 0.42, 18)))
    .stop();
  simulation.tick(before.size ? STEPS / 2 : STEPS);
  fit(points, box);
  points.forEach((each, at) => before.set(nodes[at].id, [each.x, each.y]));
  return points.map(({ x, y }) => [x, y]);
}

/** Stretch points over a box, each side on its own: a page has more width than height. */
function fit(points, { left, top, right, bottom }) {
  for (const [name, from, to] of [
    ["x", left, right],
    ["y", top, bottom],
  ]) {
    const values = points.map((each) => each[name]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    for (const each of points) each[name] = most > least ? from + ((each[name] - least) / (most - least)) * (to - from) : (from + to) / 2;
  }
}

function count(links, size) {
  const degrees = new Array(size).fill(0);
  for (const { source, target } of links) {
    degrees[source] += 1;
    degrees[target] += 1;
  }
  return degrees;
}

function rows(texts, width) {
  let [x, y] = [4, 0];
  const places = texts.map((text) => {
    const wide = widthOf(text) + 34;
    if (x > 4 && x + wide > width) [x, y] = [4, y + LEGEND];
    const here = [x, y];
    x += wide;
    return here;
  });
  return { places, tall: texts.length ? y + LEGEND + 4 : 0 };
}

function drawLegend(picture, used, kinds, { places }, kindAt) {
  const group = svg("g", { "aria-hidden": "true" });
  used.forEach((kind, at) => {
    const [x, y] = places[at];
    group.append(
      svg("path", { d: SHAPES[kindAt(kind) % SHAPES.length], transform: `translate(${x + 8},${y + 11})`, fill: colour(kindAt(kind)) }),
      svg("text", { x: x + 19, y: y + 15 }, kinds[kind]),
    );
  });
  picture.append(group);
}

function line([x1, y1], [x2, y2], { source, target, relation }, nodes) {
  return svg(
    "line",
    { x1, y1, x2, y2, stroke: "var(--edge)", "stroke-opacity": 0.45, "data-ends": `${source} ${target}` },
    svg("title", {}, `${nodes[source].name}: ${relation}: ${nodes[target].name}`),
  );
}

function thing(each, [x, y], kind, degree, kinds) {
  const size = Math.min(0.85 + Math.sqrt(degree) * 0.12, 2.2);
  const told = [each.name, kinds[each.kind] ?? each.kind, counted(degree, "relation")];
  if (each.expand) told.push(each.expanded ? "expanded" : "Enter expands");
  const made = mark(
    each.expand || each.href || null,
    told.filter(Boolean).join(", "),
    svg("circle", { cx: x, cy: y, r: 12, fill: "transparent" }),
    svg("path", {
      d: SHAPES[kind % SHAPES.length],
      transform: `translate(${x.toFixed(1)},${y.toFixed(1)}) scale(${size.toFixed(2)})`,
      fill: colour(kind),
      stroke: each.expanded ? "var(--ink)" : "var(--paper)",
      "stroke-width": each.expanded ? 2 : 1,
    }),
  );
  made.setAttribute("data-mark", each.id); // by which it is found again on the next page
  return made;
}

/** Write names where there is room: of what is expanded first, then of what has the most relations. */
function names(nodes, placed, degrees, { width, height, top }) {
  const room = new Room(width, height);
  room.keep(0, 0, width, top);
  for (const [x, y] of placed) room.keep(x - 5, y - 5, 10, 10);
  const group = svg("g", { "aria-hidden": "true", "data-names": "" });
  const order = nodes.map((_, at) => at).sort((one, other) => weight(other) - weight(one));
  function weight(at) {
    return (nodes[at].expanded ? 1000 : 0) + degrees[at];
  }
  for (const at of order) {
    const text = fitted(nodes[at].name, Math.min(NAMED, width * 0.45));
    const [x, y] = placed[at];
    const wide = widthOf(text);
    const big = nodes[at].expanded ? 6 : 0;
    const found = [
      [x + 11 + big, y + 4, "start", x + 10 + big, y - 8],
      [x - 11 - big, y + 4, "end", x - 10 - big - wide, y - 8],
      [x, y - 12 - big, "middle", x - wide / 2, y - 23 - big],
      [x, y + 20 + big, "middle", x - wide / 2, y + 8 + big],
    ].find(([, , , left, above]) => room.take(left, above, wide, 14));
    if (found) group.append(svg("text", { x: found[0], y: found[1], "text-anchor": found[2], "data-over": "", "data-of": at, lang: nodes[at].lang || null }, text));
  }
  return group;
}

/** Tell of the thing that the focus or the pointer is on, with its links, and show its relations before the others. */
function watch(holder, nodes, links, lines, told) {
  const marks = [...holder.querySelectorAll("[data-mark]")];
  told.textContent = "Choose a thing to see what it is and where it leads.";
  const about = (mark) => {
    const at = marks.indexOf(mark);
    if (at < 0) return;
    const each = nodes[at];
    lines.forEach((one, place) => {
      const near = links[place].source === at || links[place].target === at;
      one.setAttribute("stroke-opacity", near ? 1 : 0.2);
      one.setAttribute("stroke-width", near ? 1.75 : 1);
    });
    const around = links.filter(({ source, target }) => source === at || target === at);
    const relations = [...new Set(around.map(({ relation }) => relation))].slice(0, 6).join(", ");
    told.dataset.tellsOf = each.id;
    told.replaceChildren(element("strong", { lang: each.lang || null }, each.name), ` (${counted(around.length, "relation")}${relations ? `: ${relations}` : ""}) `, ...ways(each));
  };
  holder.addEventListener("pointerover", (event) => about(event.target.closest("[data-mark]")));
  moveByKeys(holder, about);
}

function ways(each) {
  const links = [
    [each.href, "its page"],
    [each.expand, each.expanded ? "fold up" : "expand"],
    [each.centre, "begin here"],
  ].filter(([href]) => href);
  return links.flatMap(([href, text], at) => [at ? " · " : "", element("a", { href, "data-way": text }, text)]);
}
