// Events in time: each as a mark in the lane of its kind, or where they are many, bars of how many there are a year.
import { counted } from "../dom.js";
import { colour, frame, mark, moveByKeys, svg } from "./svg.js";

const SIZE = 11; // of a mark, with the room around it
const TOP = 22; // of a lane: its name
const AXIS = 22;
const EDGE = 8;

/**
 * Draw events, or counts of them.
 *
 * @param {HTMLElement} container emptied, then drawn in
 * @param {{title: string, kinds: string[], events: object[], years: object[]}} figures `events` with date, kind, name
 *   and href; where there are none, `years` with year, numbers by kind and href
 */
export function drawTimeline(container, { title, kinds, events, years }) {
  container.replaceChildren();
  const used = kinds.filter((kind) => events.some((each) => each.kind === kind) || years.some((each) => each.numbers[kind]));
  if (events.length) container.append(drawEvents(container, title, used, kinds, events));
  else if (years.length) container.append(drawYears(container, title, used, kinds, years));
  return "";
}

/** Return the year and the share of it that has passed, such as 2018.5, of a date in ISO 8601. */
export function yearOf(date) {
  const [, sign, year, month = "1", day = "1"] = /^(-?)(\d{4,})(?:-(\d\d))?(?:-(\d\d))?/.exec(date) ?? [];
  if (!year) return NaN;
  return (sign ? -1 : 1) * Number(year) + (Number(month) - 1) / 12 + (Number(day) - 1) / 366;
}

/** Return the years at which an axis of some width has its marks. */
export function ticks(first, last, width) {
  const wanted = Math.max(Math.floor(width / 48), 2);
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => (last - first) / each <= wanted) ?? 1000;
  const found = [];
  for (let year = Math.ceil(first / step) * step; year <= last; year += step) found.push(year);
  return found;
}

function drawEvents(container, title, used, kinds, events) {
  const width = Math.max(container.clientWidth || 640, 240);
  const times = events.map((each) => yearOf(each.date));
  const [first, last] = [Math.floor(Math.min(...times)), Math.ceil(Math.max(...times) + 0.001)];
  const columns = Math.max(Math.floor((width - 2 * EDGE) / SIZE), 1);
  const column = (time) => Math.min(Math.floor(((time - first) / (last - first)) * columns), columns - 1);
  const lanes = used.map((kind) => ({ kind, heights: new Array(columns).fill(0), tall: 0 }));
  const placed = events.map((each, at) => {
    const lane = lanes.find(({ kind }) => kind === each.kind);
    const place = column(times[at]);
    lane.heights[place] += 1;
    lane.tall = Math.max(lane.tall, lane.heights[place]);
    return { each, lane, place, level: lane.heights[place] };
  });
  let below = 0;
  for (const lane of lanes) {
    lane.top = below;
    below += TOP + Math.max(lane.tall, 2) * SIZE + 8;
    lane.bottom = below - 6;
  }
  const { picture, holder, height } = frame(container, {
    title,
    description: `${counted(events.length, "event")} from ${first} to ${last - 1}, in lanes: ${used.join(", ")}. Arrow keys move between them.`,
    height: () => below + AXIS,
  });
  const x = (time) => EDGE + ((time - first) / (last - first)) * columns * SIZE;
  picture.append(axis(ticks(first, last, width - 2 * EDGE), x, { top: below, height, width }));
  for (const { kind, top, bottom } of lanes) {
    picture.append(
      svg("line", { x1: 0, x2: width, y1: bottom, y2: bottom, stroke: "var(--line)" }),
      svg("text", { x: EDGE - 4, y: top + 15, "font-weight": 600 }, `${kind} (${placed.filter((one) => one.lane.kind === kind).length})`),
    );
  }
  placed.sort((one, other) => lanes.indexOf(one.lane) - lanes.indexOf(other.lane) || one.place - other.place || one.level - other.level);
  for (const { each, lane, place, level } of placed) {
    picture.append(
      mark(
        each.href,
        `${each.date}, ${each.kind}: ${each.name}`,
        svg("rect", {
          x: EDGE + place * SIZE,
          y: lane.bottom - level * SIZE,
          width: SIZE,
          height: SIZE,
          fill: "transparent",
        }),
        svg("rect", {
          x: EDGE + place * SIZE + 1,
          y: lane.bottom - level * SIZE + 1,
          width: SIZE - 2,
          height: SIZE - 2,
          rx: 2,
          fill: colour(kinds.indexOf(each.kind)),
        }),
      ),
    );
  }
  moveByKeys(holder);
  return holder;
}

function drawYears(container, title, used, kinds, years) {
  const width = Math.max(container.clientWidth || 640, 240);
  const [first, last] = [years[0].year, years.at(-1).year + 1];
  const legend = 20 * used.length;
  const tall = 200;
  const most = Math.max(...years.map((each) => sum(Object.values(each.numbers))));
  const { picture, holder, height } = frame(container, {
    title,
    description: `Bars by year from ${first} to ${last - 1}, at most ${most} events a year; each leads to the events of its year.`,
    height: () => legend + tall + AXIS + 8,
  });
  const x = (year) => EDGE + 24 + ((year - first) / (last - first)) * (width - 2 * EDGE - 24);
  const wide = x(first + 1) - x(first);
  const bottom = legend + tall;
  used.forEach((kind, at) => {
    const total = sum(years.map((each) => each.numbers[kind] ?? 0));
    picture.append(
      svg("rect", { x: EDGE, y: at * 20 + 3, width: 12, height: 12, rx: 2, fill: colour(kinds.indexOf(kind)) }),
      svg("text", { x: EDGE + 18, y: at * 20 + 14 }, `${kind} (${total.toLocaleString("en")})`),
    );
  });
  picture.append(axis(ticks(first, last, width - 60), x, { top: bottom, height, width }), ...levels(most, bottom, tall - 12, width));
  for (const { year, numbers, href } of years) {
    let y = bottom;
    const parts = used.map((kind) => {
      const size = ((numbers[kind] ?? 0) / most) * (tall - 12);
      y -= size;
      return svg("rect", { x: x(year) + 0.5, y, width: Math.max(wide - 1, 1), height: size, fill: colour(kinds.indexOf(kind)) });
    });
    const told = used.filter((kind) => numbers[kind]).map((kind) => `${kind} ${numbers[kind]}`);
    const all = svg("rect", { x: x(year), y: legend, width: wide, height: tall, fill: "transparent" });
    picture.append(mark(href, `${year}: ${told.join(", ")}`, all, ...parts));
  }
  moveByKeys(holder);
  return holder;
}

function axis(years, x, { top, height, width }) {
  const group = svg("g", { "aria-hidden": "true" });
  for (const year of years) {
    if (x(year) < 18 || x(year) > width - 18) continue; // its number would be cut
    group.append(
      svg("line", { x1: x(year), x2: x(year), y1: 0, y2: top + 4, stroke: "var(--line)", "stroke-dasharray": "2 4" }),
      svg("text", { x: x(year), y: height - 6, "text-anchor": "middle", "data-quiet": "" }, String(year)),
    );
  }
  return group;
}

function levels(most, bottom, tall, width) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((each) => most / each <= 4) ?? most;
  const found = [];
  for (let value = step; value <= most; value += step) {
    const y = bottom - (value / most) * tall;
    found.push(
      svg("line", { x1: EDGE + 24, x2: width, y1: y, y2: y, stroke: "var(--line)", "aria-hidden": "true" }),
      svg("text", { x: EDGE + 20, y: y + 4, "text-anchor": "end", "data-quiet": "", "aria-hidden": "true" }, String(value)),
    );
  }
  return found;
}

function sum(numbers) {
  return numbers.reduce((all, each) => all + each, 0);
}
