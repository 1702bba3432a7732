// A bar for each label, the figure at its end; the labels are links where they lead somewhere.
import { counted } from "../dom.js";
import { colour, fitted, frame, mark, MOST, moveByKeys, svg, widthOf } from "./svg.js";

const ROW = 26;
const MOST_BARS = 60;
const YEAR = /^\d{4}$/; // the first of them tell little without the last

/**
 * Draw bars.
 *
 * @param {HTMLElement} container emptied, then drawn in
 * @param {{title: string, bars: {label: string, lang?: string, value: number, href?: string}[]}} figures what to draw
 */
export function drawBars(container, { title, bars }) {
  container.replaceChildren();
  const shown = bars.slice(0, bars.every(({ label }) => YEAR.test(label)) ? MOST : MOST_BARS);
  const left = bars.length - shown.length;
  const { picture, holder, width } = frame(container, {
    title,
    description: `${counted(shown.length, "bar")}; the table has the same figures.`,
    height: () => shown.length * ROW + 4,
  });
  const least = Math.min(0, ...shown.map((each) => each.value));
  const most = Math.max(0, ...shown.map((each) => each.value));
  const written = shown.map((each) => each.value.toLocaleString("en"));
  const labels = Math.min(Math.max(...shown.map((each) => widthOf(each.label))), width * 0.42);
  const room = width - labels - 10 - Math.max(...written.map(widthOf)) - 12;
  const scale = (value) => labels + 10 + (room * (value - least)) / (most - least || 1);
  shown.forEach(({ label, lang, value, href }, at) => {
    const y = at * ROW + 2;
    const [from, to] = [scale(Math.min(value, 0)), scale(Math.max(value, 0))];
    picture.append(
      mark(
        href ?? null,
        `${label}: ${written[at]}`,
        svg("rect", { x: 0, y, width, height: ROW - 2, fill: "transparent" }),
        svg("text", { x: labels, y: y + 16, "text-anchor": "end", lang: lang || null }, fitted(label, labels)),
        svg("rect", { x: from, y: y + 4, width: Math.max(to - from, 1), height: ROW - 10, fill: colour(0) }),
        svg("text", { x: to + 6, y: y + 16, "data-quiet": "" }, written[at]),
      ),
    );
  });
  moveByKeys(holder);
  container.append(holder);
  return left ? `${counted(left, "further row is", "further rows are")} left out.` : "";
}
