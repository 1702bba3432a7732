// Elements without markup: text stays text, whatever it holds.

/**
 * Make an element.
 *
 * @param {string} tag its name
 * @param {Object<string, unknown>} attributes by name; `on...` are listeners, null and false are left out
 * @param {...(Node|string|null)} children what it holds
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Return what fits a count: "1 row", "2 rows"; the number is written as English has it. */
export function counted(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
