// What all pictures share: elements of SVG, a frame with its words, one stop for the Tab key, marks that are links.
import { element } from "../dom.js";

const NAMESPACE = "http://www.w3.org/2000/svg";
const SIZE = 12; // of the text of a picture, in pixels, as the style sheet has it
let frames = 0;
let pen = null;

/** At most so many marks in one picture; a sentence says what is left out. */
export const MOST = 300;

/**
 * Make an element of a picture.
 *
 * @param {string} tag its name
 * @param {Object<string, unknown>} attributes by name; null and false are left out
 * @param {...(Node|string|null)} children what it holds
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * Make the frame of a picture, in the width that there is, so that its text has the size of a page's.
 *
 * The picture stands in an element of its own, which listens to where the focus is: in Chromium (156) an <svg> that
 * listens to that itself is a stop of the Tab key.
 *
 * @param {HTMLElement} container where it will stand
 * @param {{title: string, description: string, height: (width: number) => number}} about its words and its height
 * @returns {{picture: SVGSVGElement, holder: HTMLElement, width: number, height: number}}
 */
export function frame(container, { title, description, height }) {
  const id = `picture-${(frames += 1)}`;
  const width = Math.max(Math.floor(container.clientWidth) || 640, 240);
  const tall = Math.round(height(width));
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${tall}`,
      width,
      height: tall,
      role: "group",
      "aria-labelledby": `${id}-title`,
      "aria-describedby": `${id}-description`,
      "data-drawn": "",
    },
    svg("title", { id: `${id}-title` }, title),
    svg("desc", { id: `${id}-description` }, description),
  );
  return { picture, holder: element("div", {}, picture), width, height: tall };
}

/**
 * Make a mark that leads somewhere; one without an address is none to be reached by keys.
 *
 * @param {string|null} href where it leads
 * @param {string} label what it is, for readers of the screen
 * @param {...Node} shapes what is seen
 */
export function mark(href, label, ...shapes) {
  const made = href ? svg("a", { href, "aria-label": label, tabindex: -1 }) : svg("g", { role: "img", "aria-label": label });
  made.setAttribute("data-mark", "");
  made.append(svg("title", {}, label), ...shapes);
  return made;
}

/**
 * Let the keys move between marks: Tab comes to one of them, the arrows lead to the nearest in their direction.
 *
 * @param {HTMLElement} holder of a picture with marks
 * @param {(mark: Element) => void} [came] is told where the focus is
 */
export function moveByKeys(holder, came = () => {}) {
  const marks = [...holder.querySelectorAll("a[data-mark]")];
  if (!marks.length) return;
  marks[0].setAttribute("tabindex", "0");
  holder.addEventListener("focusin", (event) => {
    const here = event.target.closest("a[data-mark]");
    if (!here) return;
    for (const each of marks) each.setAttribute("tabindex", each === here ? "0" : "-1");
    came(here);
  });
  holder.addEventListener("keydown", (event) => {
    const here = event.target.closest("a[data-mark]");
    const next = here && nextMark(event.key, here, marks);
    if (!next || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    next.focus();
  });
}

function nextMark(key, here, marks) {
  if (key === "Home") return marks[0];
  if (key === "End") return marks.at(-1);
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  if (!(key in directions)) return null;
  const at = nearest(
    marks.map((each) => middle(each)),
    marks.indexOf(here),
    directions[key],
  );
  return at < 0 ? null : marks[at];
}

/**
 * Return the place of the point that is nearest in a direction; -1 where none lies there.
 *
 * @param {[number, number][]} points of the marks
 * @param {number} from place of the one to start from
 * @param {[number, number]} direction a step to the right and down
 */
export function nearest(points, from, [right, down]) {
  let best = -1;
  let least = Infinity;
  points.forEach(([x, y], at) => {
    const along = (x - points[from][0]) * right + (y - points[from][1]) * down;
    const aside = Math.abs((x - points[from][0]) * down) + Math.abs((y - points[from][1]) * right);
    if (at === from || along <= 0.5) return;
    const far = along + 2 * aside;
    if (far < least) [best, least] = [at, far];
  });
  return best;
}

function middle(each) {
  const box = each.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Return a text that takes no more than a width, cut at its end where it has to be. */
export function fitted(text, width) {
  if (widthOf(text) <= width) return text;
  const characters = [...text];
  let most = Math.floor((characters.length * width) / widthOf(text));
  const cut = () => `${characters.slice(0, most).join("").trimEnd()}…`;
  while (most > 1 && widthOf(cut()) > width) most -= 1;
  return cut();
}

/** Return how wide a text of a picture is. */
export function widthOf(text) {
  if (!pen) {
    pen = document.createElement("canvas").getContext("2d");
    pen.font = `${SIZE}px ${getComputedStyle(document.documentElement).getPropertyValue("--plain") || "sans-serif"}`;
  }
  return pen.measureText(text).width;
}

/** Keep the boxes of texts that stand, so that no other is written over them. */
export class Room {
  constructor(width, height) {
    Object.assign(this, { width, height, taken: [] });
  }

  /** Take a box where it is free and inside the picture; return whether it was. */
  take(x, y, width, height) {
    if (x < 0 || y < 0 || x + width > this.width || y + height > this.height) return false;
    const meets = (b) => x < b[0] + b[2] && b[0] < x + width && y < b[1] + b[3] && b[1] < y + height;
    if (this.taken.some(meets)) return false;
    this.taken.push([x, y, width, height]);
    return true;
  }

  /** Take a box whatever else is there. */
  keep(x, y, width, height) {
    this.taken.push([x, y, width, height]);
  }
}

/** Return the colour of the series with a number, as the style sheet has it. */
export function colour(at) {
  return `var(--series-${(at % 6) + 1})`;
}
