// How the editor looks: it follows the light or dark scheme of the page, with a contrast of at least 4.5.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const pick = (light, dark) => `light-dark(${light}, ${dark})`;

const KEYWORD = pick("#7a1fa2", "#d7a6f0");
const NAME = pick("#0b5394", "#8cc4ff");
const TEXT = pick("#276221", "#9bd18f");
const VARIABLE = pick("#8a3b00", "#f0b27a");
const QUIET = pick("#595959", "#b0b0b0");
const FAULT = pick("#b00020", "#ff8a8a");

/** Colours of the words of a query. */
export const colours = HighlightStyle.define([
  { tag: tags.keyword, color: KEYWORD, fontWeight: "600" },
  { tag: tags.standard(tags.name), color: KEYWORD },
  { tag: tags.atom, color: NAME },
  { tag: [tags.string, tags.number, tags.bool], color: TEXT },
  { tag: [tags.local(tags.variableName), tags.variableName], color: VARIABLE },
  { tag: [tags.comment, tags.meta], color: QUIET, fontStyle: "italic" },
]);

/** The editor around them. */
export const theme = EditorView.theme({
  "&": {
    color: pick("#1a1a1a", "#ececec"),
    backgroundColor: pick("#ffffff", "#16181c"),
    border: `1px solid ${pick("#767676", "#8a8a8a")}`,
    fontSize: "0.95rem",
  },
  "&.cm-focused": { outline: `3px solid ${pick("#0b5394", "#8cc4ff")}`, outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "ui-monospace, monospace", lineHeight: "1.45", maxHeight: "60vh", overflow: "auto" },
  ".cm-content": { minHeight: "14em", caretColor: "currentColor" },
  ".cm-gutters": { color: QUIET, backgroundColor: pick("#f4f4f4", "#1e2126"), border: "none" },
  ".cm-placeholder": { color: QUIET },
  ".cm-tooltip": {
    color: pick("#1a1a1a", "#ececec"),
    backgroundColor: pick("#ffffff", "#23262c"),
    border: `1px solid ${pick("#767676", "#8a8a8a")}`,
    maxWidth: "min(30rem, 90vw)",
  },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: pick("#ffffff", "#101114"),
    backgroundColor: pick("#0b5394", "#8cc4ff"),
  },
  ".cm-completionDetail": { fontStyle: "normal", color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "underline" },
  ".cm-tooltip.cm-completionInfo": { padding: "0.4rem 0.6rem", maxWidth: "22rem" },
  // Beside the list there is no room for it on a small screen, and it would lie on the list.
  "@media (max-width: 30rem)": { ".cm-tooltip.cm-completionInfo": { display: "none" } },
  ".cm-fault": { textDecoration: `underline wavy ${FAULT} 2px` },
  ".cm-faulty-line": { backgroundColor: pick("#ffe9e9", "#42202a"), boxShadow: `inset 4px 0 ${FAULT}` },
});
