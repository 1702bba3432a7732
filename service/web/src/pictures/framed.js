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
    try {
      caption.textContent = await draw(place);
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
