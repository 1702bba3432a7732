// A map of the world: states shaded by a figure or joined by arcs to one of them, places as marks.
import { geoEqualEarth, geoPath } from "d3-geo";

import { counted } from "../dom.js";
import { frame, mark, moveByKeys, Room, svg, widthOf } from "./svg.js";
import { place, world } from "./world.js";
import { zoomButtons } from "./zoom.js";

const SHADES = [0.15, 0.35, 0.6, 0.9];
const LEAST_TARGET = 7; // radius of a mark that can be hit
const LEGEND = 24;
const TOLD = 20; // names of what the map has no shape for
const NARROW = 420; // below it the legend takes two lines

/**
 * Draw a map.
 *
 * @param {HTMLElement} container emptied, then drawn in
 * @param {object} figures
 * @param {string} figures.title what it shows
 * @param {{code: string, name: string, lang?: string, href?: string, number: number, told?: string}[]} figures.places states,
 *   by code
 * @param {{code: string, name: string}|null} [figures.state] from which arcs lead to the others
 * @param {{latitude: number, longitude: number, name: string, lang?: string, href?: string}[]} [figures.points]
 * @returns {Promise<string>} what the map does not show
 */
export async function drawMap(container, { title, places = [], state = null, points = [] }) {
  const { shapes, byCode } = await world();
  const shown = places.filter((each) => byCode.has(each.code));
  container.replaceChildren();
  const { picture, holder, width } = frame(container, {
    title,
    description: described(shown, points, state),
    height: (wide) => wide * 0.49 + (places.length && !state ? LEGEND * (wide < NARROW ? 2 : 1) : 0),
  });
  const land = width * 0.49;
  const home = state && byCode.get(state.code);
  const projection = geoEqualEarth()
    .rotate([home ? -place(home)[0] : -11, 0]) // arcs begin in the middle, so that the edge of the map cuts none
    .fitExtent([[2, 2], [width - 2, land - 2]], { type: "Sphere" });
  const path = geoPath(projection).digits(1);
  picture.append(
    svg("path", { d: path({ type: "Sphere" }), fill: "none", stroke: "var(--line)" }),
    svg("path", { d: path({ type: "FeatureCollection", features: shapes }), fill: "var(--land)", stroke: "var(--paper)", "stroke-width": 0.5 }),
  );
  const drawing = { picture, projection, path, byCode, width, height: land, room: new Room(width, land) };
  if (state) drawArcs(drawing, state, shown);
  else drawShades(drawing, shown);
  drawPoints(drawing, points);
  moveByKeys(holder);
  container.append(holder, zoomButtons(container, picture, (closer) => keepSize(picture, closer)));
  return leftOut(places.filter((each) => !byCode.has(each.code)).map((each) => each.name));
}

function leftOut(names) {
  if (!names.length) return "";
  const more = names.length - TOLD;
  const told = names.slice(0, TOLD).join(", ") + (more > 0 ? `, and ${more.toLocaleString("en")} more` : "");
  return `Not on this map, which has no shape for ${names.length === 1 ? "it" : "them"}: ${told}.`;
}

function described(places, points, state) {
  const told = [];
  if (places.length) told.push(state ? `Arcs from ${state.name} to ${counted(places.length, "state")}` : counted(places.length, "state"));
  if (points.length) told.push(counted(points.length, "place"));
  return `${told.join(" and ")}. Arrow keys move between them; the table has the same figures.`;
}

/** Keep marks, lines and words as large as they are while the map is looked at more closely. */
function keepSize(picture, closer) {
  for (const each of picture.querySelectorAll("[data-size]")) {
    for (const [name, size] of Object.entries(JSON.parse(each.dataset.size))) each.setAttribute(name, size / closer);
  }
}

function sized(sizes) {
  return { ...sizes, "data-size": JSON.stringify(sizes) };
}

function drawShades({ picture, path, byCode, room, projection, width, height: land }, shown) {
  const most = Math.max(...shown.map((each) => each.number), 1);
  const steps = bounds(most);
  const shade = (number) => SHADES[steps.findIndex((each) => number <= each)];
  for (const each of [...shown].sort((one, other) => one.name.localeCompare(other.name))) {
    const shape = byCode.get(each.code);
    const told = `${each.name}: ${each.told ?? each.number.toLocaleString("en")}`;
    const drawn = svg("path", { d: path(shape), fill: "var(--series-1)", "fill-opacity": shade(each.number), stroke: "var(--paper)", "stroke-width": 0.5 });
    picture.append(mark(each.href ?? null, told, drawn, ...target(shape, path, projection, shade(each.number))));
  }
  labels({ picture, room, projection, byCode }, shown, width < NARROW ? 5 : 12);
  if (shown.length) picture.append(legend(steps, width, land));
}

function legend(steps, width, top) {
  const group = svg("g", { "aria-hidden": "true" });
  let [x, y, from] = [4, top + 6, 1];
  steps.forEach((to, at) => {
    const text = from === to ? String(to) : `${from} to ${to}`;
    if (width < NARROW && at === SHADES.length / 2) [x, y] = [4, y + LEGEND];
    group.append(
      svg("rect", { x, y, width: 14, height: 12, fill: "var(--series-1)", "fill-opacity": SHADES[at] }),
      svg("text", { x: x + 19, y: y + 11 }, text),
    );
    x += 19 + widthOf(text) + 16;
    from = to + 1;
  });
  return group;
}

/** Return the highest figure of each shade, so that the steps grow with the figures. */
export function bounds(most) {
  if (most <= SHADES.length) return SHADES.map((_, at) => at + 1).slice(0, Math.max(most, 1));
  const steps = SHADES.map((_, at) => Math.max(Math.round(most ** ((at + 1) / SHADES.length)), at + 1));
  steps[SHADES.length - 1] = most;
  return steps;
}

/** Return a mark on a state that is too small to be hit. */
function target(shape, path, projection, opacity) {
  const [[left, top], [right, bottom]] = path.bounds(shape);
  if (right - left > 2 * LEAST_TARGET && bottom - top > LEAST_TARGET) return [];
  const [x, y] = projection(place(shape));
  return [
    svg("circle", { cx: x, cy: y, ...sized({ r: LEAST_TARGET }), fill: "transparent" }),
    svg("circle", { cx: x, cy: y, ...sized({ r: 3 }), fill: "var(--series-1)", "fill-opacity": opacity, stroke: "var(--series-1)", "stroke-width": 0.75 }),
  ];
}

function drawArcs({ picture, path, byCode, projection, room, width }, state, shown) {
  const home = byCode.get(state.code);
  const most = Math.max(...shown.map((each) => each.number), 1);
  const finer = Math.min(Math.max(width / 900, 0.4), 1); // on a small screen
  const partners = svg("g", { "aria-hidden": "true" });
  for (const each of shown) {
    partners.append(svg("path", { d: path(byCode.get(each.code)), fill: "var(--series-1)", "fill-opacity": 0.25, stroke: "var(--paper)", "stroke-width": 0.5 }));
  }
  picture.append(partners);
  if (home) picture.append(svg("path", { d: path(home), fill: "var(--series-2)", "fill-opacity": 0.8, "aria-hidden": "true" }));
  for (const each of [...shown].sort((one, other) => other.number - one.number)) {
    const end = place(byCode.get(each.code));
    const [x, y] = projection(end);
    const told = `${each.name}: ${each.told ?? each.number.toLocaleString("en")}`;
    const thick = (0.75 + 4 * Math.sqrt(each.number / most)) * finer;
    const line = home ? path({ type: "LineString", coordinates: [place(home), end] }) : null;
    picture.append(
      mark(
        each.href ?? null,
        told,
        ...(line ? [svg("path", { d: line, fill: "none", stroke: "var(--series-1)", "stroke-opacity": 0.55, "stroke-width": thick })] : []),
        svg("circle", { cx: x, cy: y, ...sized({ r: LEAST_TARGET }), fill: "transparent" }),
        svg("circle", { cx: x, cy: y, ...sized({ r: 2 + thick }), fill: "var(--series-1)", stroke: "var(--paper)", "stroke-width": 0.75 }),
      ),
    );
  }
  labels({ picture, room, projection, byCode }, home ? [{ ...state, number: Infinity }, ...shown] : shown, 24 * finer);
}

/** Write the names of the states with the highest figures, where there is room. */
function labels({ picture, room, projection, byCode }, shown, most) {
  const group = svg("g", { "aria-hidden": "true" });
  for (const each of [...shown].sort((one, other) => other.number - one.number).slice(0, most)) {
    const [x, y] = projection(place(byCode.get(each.code)));
    name(group, room, each, [x, y]);
  }
  picture.append(group);
}

/** Write the name of a state or a place to the right or the left of a point, where there is room. */
function name(group, room, { name: text, lang }, [x, y]) {
  const wide = widthOf(text);
  const side = [
    [9, "start", x + 9],
    [-9, "end", x - 9 - wide],
  ].find(([, , left]) => room.take(left, y - 9, wide, 15));
  if (!side) return;
  const sizes = sized({ dx: side[0], dy: 4, "font-size": 12 });
  group.append(svg("text", { x, y, "text-anchor": side[1], "data-over": "", lang: lang || null, ...sizes }, text));
}

function drawPoints({ picture, projection, room }, points) {
  const group = svg("g", { "aria-hidden": "true" });
  for (const each of points) {
    const [x, y] = projection([each.longitude, each.latitude]);
    picture.append(
      mark(
        each.href ?? null,
        each.name,
        svg("circle", { cx: x, cy: y, ...sized({ r: LEAST_TARGET }), fill: "transparent" }),
        svg("circle", { cx: x, cy: y, ...sized({ r: 4 }), fill: "var(--series-2)", stroke: "var(--paper)", "stroke-width": 1 }),
      ),
    );
    name(group, room, each, [x, y]);
  }
  picture.append(group);
}
