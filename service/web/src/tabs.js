// Views of one thing, one at a time, by the tabs pattern of WAI-ARIA.
import { element } from "./dom.js";

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * Draw tabs; a view is drawn when it is first chosen.
 *
 * @param {HTMLElement} container is filled
 * @param {{name: string, label: string, draw: (panel: HTMLElement) => void|Promise<void>}[]} views the first is shown
 */
export function drawTabs(container, views) {
  const drawn = new Set();
  const panels = views.map(({ name }, at) =>
    element("div", { role: "tabpanel", id: `view-${name}`, "aria-labelledby": `tab-${name}`, hidden: at > 0 }),
  );
  const tabs = views.map(({ name, label }, at) =>
    element(
      "button",
      { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `view-${name}`, onclick: () => choose(at) },
      label,
    ),
  );
  const list = element("div", { role: "tablist", "aria-label": "Views of the answer", hidden: views.length < 2 }, ...tabs);

  function choose(chosen) {
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
    });
    panels.forEach((panel, at) => {
      panel.hidden = at !== chosen;
    });
    if (!drawn.has(chosen)) draw(chosen);
  }

  async function draw(chosen) {
    drawn.add(chosen);
    try {
      await views[chosen].draw(panels[chosen]);
    } catch {
      drawn.delete(chosen); // choosing it again tries again
      panels[chosen].replaceChildren(element("p", { role: "alert" }, "This view could not be drawn; the others may."));
    }
  }

  list.addEventListener("keydown", ({ key }) => {
    const at = tabs.indexOf(document.activeElement);
    const to = { Home: 0, End: tabs.length - 1 }[key] ?? (key in STEPS ? (at + STEPS[key] + tabs.length) % tabs.length : -1);
    if (at < 0 || to < 0) return;
    choose(to);
    tabs[to].focus();
  });
  container.replaceChildren(list, ...panels);
  choose(0);
}
