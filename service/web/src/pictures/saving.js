// Pictures as files: SVG with its colours written into it, or PNG made of that.
import { element } from "../dom.js";
import { saveFile } from "../file.js";
import { svg } from "./svg.js";

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
  saveFile(new Blob([asText(picture)], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Save a picture as PNG, twice as fine as it is on the screen. */
export async function savePng(picture, name) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asText(picture))}`;
  await image.decode();
  const [width, height] = [picture.width, picture.height].map((each) => each.baseVal.value); // however close the look is
  const canvas = element("canvas", { width: width * SHARPER, height: height * SHARPER });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => saveFile(blob, `${name}.png`), "image/png");
}

/** Return a picture as a document of its own: what the page gives it, colours and ground, is written into it. */
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
  const { x, y, width, height } = picture.viewBox.baseVal;
  const fill = getComputedStyle(document.documentElement).backgroundColor;
  copy.querySelector("desc").after(svg("rect", { x, y, width, height, fill, "data-ground": "" }));
  return new XMLSerializer().serializeToString(copy);
}
