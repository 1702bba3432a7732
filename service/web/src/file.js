// Files that a page makes itself.
import { element } from "./dom.js";

const KEPT_MS = 60_000; // until the browser has surely begun to save it

/** Have the browser save what a page holds. */
export function saveFile(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
