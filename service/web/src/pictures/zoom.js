// A closer look at a picture: buttons, the wheel with Ctrl, dragging; what has the focus stays in sight.
import { element } from "../dom.js";

const CLOSEST = 12;
const STEP = 1.6;
const looks = new WeakMap(); // by the element that a picture is drawn in, however often

/**
 * Return buttons that look closer at a picture; one that is drawn again is looked at as the one before it was.
 *
 * @param {HTMLElement} container that it is drawn in
 * @param {SVGSVGElement} picture in the holder of its frame, whose viewBox is changed
 * @param {(closer: number) => void} [changed] is told how much closer than at first, so that text can keep its size
 */
export function zoomButtons(container, picture, changed = () => {}) {
  const look = new Look(picture, changed);
  if (looks.has(container)) look.follow(looks.get(container));
  looks.set(container, look);
  const button = (label, act) => element("button", { type: "button", onclick: act }, label);
  return element(
    "p",
    { class: "row", "data-not-printed": "" },
    button("Closer", () => look.closer(STEP)),
    button("Farther", () => look.closer(1 / STEP)),
    button("Whole", () => look.whole()),
  );
}

class Look {
  constructor(picture, changed) {
    const { width, height } = picture.viewBox.baseVal;
    Object.assign(this, { picture, changed, width, height, x: 0, y: 0, scale: 1, held: null, moved: false });
    picture.addEventListener("pointerdown", (event) => this.take(event));
    picture.addEventListener("pointermove", (event) => this.drag(event));
    picture.addEventListener("pointerup", () => (this.held = null));
    picture.addEventListener("pointercancel", () => (this.held = null));
    picture.addEventListener("click", (event) => this.moved && event.detail && event.preventDefault(), true); // 0: by key
    picture.addEventListener("dragstart", (event) => event.preventDefault());
    picture.parentElement.addEventListener("focusin", (event) => this.show(event.target));
    picture.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  /** Look at the same part as another, whose picture may have another size. */
  follow(other) {
    Object.assign(this, { scale: other.scale, x: (other.x / other.width) * this.width, y: (other.y / other.height) * this.height });
    this.closer(1);
  }

  closer(by, [atX, atY] = [this.x + this.width / this.scale / 2, this.y + this.height / this.scale / 2]) {
    const scale = Math.min(Math.max(this.scale * by, 1), CLOSEST);
    this.x = atX - (atX - this.x) * (this.scale / scale);
    this.y = atY - (atY - this.y) * (this.scale / scale);
    this.scale = scale;
    this.apply();
    this.changed(scale);
  }

  whole() {
    Object.assign(this, { x: 0, y: 0 });
    this.closer(1 / this.scale);
  }

  take(event) {
    this.moved = false;
    if (event.button !== 0 || this.scale === 1) return;
    this.held = [event.clientX, event.clientY, this.x, this.y];
  }

  drag(event) {
    if (!(event.buttons & 1)) this.held = null; // it was let go outside, before the picture had caught the pointer
    if (!this.held) return;
    const [fromX, fromY, x, y] = this.held;
    const [right, down] = [event.clientX - fromX, event.clientY - fromY];
    if (!this.moved && Math.hypot(right, down) > 4) {
      this.moved = true;
      this.picture.setPointerCapture(event.pointerId); // not sooner: a click would be one on the picture, not on a mark
    }
    const unit = this.width / this.picture.clientWidth / this.scale;
    Object.assign(this, { x: x - right * unit, y: y - down * unit });
    this.apply();
  }

  wheel(event) {
    if (!event.ctrlKey) return; // the wheel alone moves the page
    event.preventDefault();
    const box = this.picture.getBoundingClientRect();
    const at = [
      this.x + ((event.clientX - box.x) / box.width) * (this.width / this.scale),
      this.y + ((event.clientY - box.y) / box.height) * (this.height / this.scale),
    ];
    this.closer(event.deltaY < 0 ? 1.2 : 1 / 1.2, at);
  }

  show(target) {
    if (this.scale === 1) return;
    const [one, all] = [target.getBoundingClientRect(), this.picture.getBoundingClientRect()];
    const inside = one.left >= all.left && one.right <= all.right && one.top >= all.top && one.bottom <= all.bottom;
    if (inside || one.width > all.width) return;
    const unit = this.width / all.width / this.scale;
    this.x += (one.x + one.width / 2 - all.x - all.width / 2) * unit;
    this.y += (one.y + one.height / 2 - all.y - all.height / 2) * unit;
    this.apply();
  }

  apply() {
    const [wide, tall] = [this.width / this.scale, this.height / this.scale];
    this.x = Math.min(Math.max(this.x, 0), this.width - wide);
    this.y = Math.min(Math.max(this.y, 0), this.height - tall);
    this.picture.setAttribute("viewBox", `${this.x} ${this.y} ${wide} ${tall}`);
    this.picture.style.touchAction = this.scale === 1 ? "" : "none";
    this.picture.style.cursor = this.scale === 1 ? "" : "move";
  }
}
