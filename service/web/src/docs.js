// The API page: Swagger UI above the plain list, in a shadow root, so that its styles and ours leave each other alone.
// It is ten times all other scripts of ours together, so it comes when somebody asks for it.
import own from "./docs.css?inline";
import { element } from "./dom.js";

const place = document.querySelector("[data-swagger]");
if (place) offer(place);

function offer(place) {
  const button = element("button", { type: "button" }, "Try calls on this page");
  button.addEventListener("click", () => {
    button.disabled = true;
    draw(place, button);
  });
  place.append(button);
}

async function draw(place, button) {
  const told = place.querySelector("[role=status]");
  told.textContent = "Loading what tries calls on this page";
  try {
    const [{ default: SwaggerUI }, { default: css }, spec] = await Promise.all([
      import("swagger-ui-dist/swagger-ui-es-bundle.js"),
      import("swagger-ui-dist/swagger-ui.css?inline"),
      description(place),
    ]);
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    // Its dark colours wait for a class at the root of the document, which a shadow root does not see.
    root.adoptedStyleSheets = [css.replaceAll("html.dark-mode", ":host([data-dark])"), own].map(sheet);
    followScheme(host);
    new MutationObserver(() => mend(root)).observe(root, { childList: true, subtree: true });
    const node = document.createElement("div");
    root.append(node);
    place.append(host);
    SwaggerUI({
      spec,
      domNode: node,
      plugins: [calls],
      layout: "Calls",
      syntaxHighlight: { activated: false }, // its colours are too faint on its ground
      docExpansion: "none",
      filter: true,
      defaultModelsExpandDepth: -1,
      tryItOutEnabled: true,
      validatorUrl: null,
      onComplete: () => {
        told.textContent = "";
        const heading = place.querySelector("h2");
        heading.hidden = false;
        heading.focus();
        button.remove();
        document.querySelector("details[data-plain]").open = false;
      },
    });
  } catch {
    told.textContent = "What tries calls on this page could not be loaded; the list below has them all.";
  }
}

/** Return the API description, whose calls go to the service that the page came from, also below a path. */
async function description(place) {
  const response = await fetch(place.dataset.swagger);
  return { ...(await response.json()), servers: [{ url: place.dataset.root || "/" }] };
}

/** Let keys scroll what is cut off, and tables be tables: Swagger UI (5.35) forgets the one, and calls two a region. */
function mend(root) {
  for (const each of root.querySelectorAll("pre:not([tabindex])")) each.tabIndex = 0;
  for (const each of root.querySelectorAll("table[role=region]")) each.removeAttribute("role");
}

/** Have the colours follow those of the page, also when these change. */
function followScheme(host) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => host.toggleAttribute("data-dark", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}

/** Return styles that need no exception from the policy of the page. */
function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

/** The calls alone: Swagger UI's own layout takes itself for a whole page, with a title and a main part of its own. */
function calls({ React }) {
  const Calls = ({ getComponent }) => {
    const part = (name) => React.createElement(getComponent(name, true), { key: name });
    const parts = ["SvgAssets", "FilterContainer", "errors", "operations"].map(part);
    return React.createElement("div", { className: "swagger-ui" }, parts);
  };
  return { components: { Calls } };
}
