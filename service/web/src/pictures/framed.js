// A picture with what belongs to it: a sentence on what it leaves out, buttons that save it, a new drawing for a new width.
import { element } from "../dom.js";
import { savingButtons } from "./saving.js";

const WAIT_MS = 150; // after the width has changed

/**
 * Draw a picture into a container, behind what that holds already.
 *
 * @param {HTMLElement} container mostly a figure
 * @param {string} name of the files that it is saved as
 * @param {(place: HTMLElement) => Promise<string>|string} draw returns what the picture leaves out
 */
export async function framed(container, name, draw) {
  const place = element("div", { "data-drawing": "" });
  const caption = element(container.tagName === "FIGURE" ? "figcaption" : "p", { "data-left-out": "" });
  container.append(place, caption, savingButtons(() => place.querySelector("svg[data-drawn]"), name));
  let [drawnAt, waiting] = [0, 0];
  const redraw = async () => {
    drawnAt = place.clientWidth;
    const focusAgain = focusIn(place);
    try {
      caption.textContent = await draw(place);
      focusAgain();
    } catch (error) {
      caption.textContent = `The picture could not be drawn (${error.message}); the table has its figures.`;
    }
  };
  await redraw();
  const watching = new ResizeObserver(() => {
    if (!place.isConnected) watching.disconnect();
    else if (place.clientWidth && Math.abs(place.clientWidth - drawnAt) > 2) {
      clearTimeout(waiting);
      waiting = setTimeout(redraw, WAIT_MS);
    }
  });
  watching.observe(place);
}

/** Return how to give the focus to what has it now, once that is drawn again: its mark first, which others are about. */
function focusIn(place) {
  const held = place.contains(document.activeElement) ? document.activeElement : null;
  const mark = held && place.querySelector('a[data-mark][tabindex="0"]');
  return () => {
    for (const each of [mark, held]) {
      const again = each && [...place.querySelectorAll(each.localName)].find((other) => isAlike(each, other));
      again?.focus({ preventScroll: true });
    }
  };
}

function isAlike(one, other) {
  const said = (each) => each.getAttribute("aria-label") ?? each.textContent;
  return one.getAttribute("href") === other.getAttribute("href") && said(one) === said(other);
}
