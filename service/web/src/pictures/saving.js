// Pictures as files: SVG with its colours written into it, or PNG made of that.
import { element } from "../dom.js";

const KEPT = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "font-family", "font-size", "font-weight", "opacity", "text-anchor", "paint-order", "stroke-dasharray", "vector-effect"];
const SHARPER = 2; // points of a PNG for each of the screen's

/**
 * Return the buttons that save a picture.
 *
 * @param {() => SVGSVGElement|null} picture returns what is drawn now
 * @param {string} name of the file, without its ending
 */
export function savingButtons(picture, name) {
  const button = (kind, save) =>
    element("button", { type: "button", onclick: () => picture() && save(picture(), name) }, `Save as ${kind}`);
  return element("p", { class: "row", "data-saving": "", "data-not-printed": "" }, button("SVG", saveSvg), button("PNG", savePng));
}

/** Save a picture as SVG. */
export function saveSvg(picture, name) {
  offer(new Blob([asText(picture)], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Save a picture as PNG, twice as fine as it is on the screen. */
export async function savePng(picture, name) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asText(picture))}`;
  await image.decode();
  const { width, height } = picture.viewBox.baseVal;
  const canvas = element("canvas", { width: width * SHARPER, height: height * SHARPER });
  const context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => offer(blob, `${name}.png`), "image/png");
}

/** Return a picture as a document of its own: what the style sheet gives it is written into its elements. */
export function asText(picture) {
  const copy = picture.cloneNode(true);
  const shown = [picture, ...picture.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((each, at) => {
    const style = getComputedStyle(shown[at]);
    for (const name of KEPT) each.setAttribute(name, style.getPropertyValue(name));
    each.removeAttribute("tabindex");
    const href = each.getAttribute("href");
    if (href) each.setAttribute("href", new URL(href, location.href).href);
  });
  const { width, height } = picture.viewBox.baseVal;
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  return new XMLSerializer().serializeToString(copy);
}

function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
