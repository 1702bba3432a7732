// The editor of queries: CodeMirror in a shadow root, where its styles need no exception from the policy of the page.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";

import { faults, markFault } from "./faults.js";
import { colours, theme } from "./theme.js";

/**
 * Put an editor in the place of a text area, which stays the field of its form.
 *
 * @param {HTMLTextAreaElement} area with the text to begin with
 * @param {{onRun: () => void, complete: import("@codemirror/autocomplete").CompletionSource, label: string}} how
 */
export function edit(area, how) {
  return new Editor(area, how);
}

class Editor {
  constructor(area, { onRun, complete, label }) {
    this.area = area;
    const host = document.createElement("div");
    host.dataset.editor = "";
    const root = host.attachShadow({ mode: "open" });
    area.after(host);
    // Both, as the page says Ctrl+Enter, and on a Mac `Mod` is the other key.
    const run = Prec.highest(keymap.of(["Mod-Enter", "Ctrl-Enter"].map((key) => ({ key, run: () => (onRun(), true) }))));
    const extensions = [
      run,
      lineNumbers(),
      bracketMatching(),
      closeBrackets(),
      history(),
      // Tab takes a completion while some are offered; else it leaves the editor, as it leaves any field.
      keymap.of([{ key: "Tab", run: acceptCompletion }, ...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      autocompletion({ override: [complete], icons: false }),
      StreamLanguage.define(sparql),
      syntaxHighlighting(colours),
      faults,
      theme,
      placeholder("SELECT ?thing WHERE { ... }"),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
      EditorView.domEventHandlers({ beforeinput: replaceSelected }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) area.value = this.text;
      }),
    ];
    const state = EditorState.create({ doc: area.value.replace(/^\n/, ""), extensions });
    this.view = new EditorView({ state, parent: root, root });
    new MutationObserver(() => focusable(root)).observe(root, { childList: true, subtree: true });
    area.hidden = true;
    document.querySelector(`label[for="${area.id}"]`)?.addEventListener("click", () => this.view.focus());
  }

  get text() {
    return this.view.state.doc.toString();
  }

  set text(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text }, selection: { anchor: 0 } });
  }

  focus() {
    this.view.focus();
  }

  /** Take the mark of a fault away. */
  clear() {
    this.view.dispatch({ effects: markFault.of(null) });
  }

  /**
   * Mark where the service found a fault, and bring it into view.
   *
   * @param {{line?: number, column?: number, token?: string, message: string}} fault places count from 1, in characters
   */
  mark({ line, column, token, message }) {
    const { doc } = this.view.state;
    if (!line || line > doc.lines) return;
    const text = doc.line(line);
    const units = [...text.text].slice(0, (column ?? 1) - 1).join("").length; // an emoji is two units, and one character
    const from = Math.min(text.from + units, text.to);
    const to = Math.min(from + Math.max((token ?? "").length, 1), doc.length);
    const where = from === to && from > 0 ? from - 1 : from; // at the end of the text there is nothing to underline
    this.view.dispatch({
      effects: markFault.of({ from: where, to, line: text.from, message }),
      selection: { anchor: from },
      scrollIntoView: true,
    });
  }
}

/**
 * Put typed text in the place of what is selected. Left to itself, Chromium (150) keeps the looks of the selection in a
 * style attribute, which the policy of the page reports as a violation.
 */
function replaceSelected(event, view) {
  const { from, to, empty } = view.state.selection.main;
  if (event.inputType !== "insertText" || !event.data || empty || view.composing) return false;
  event.preventDefault();
  const change = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handle) => handle(view, from, to, event.data, change));
  if (!handled) view.dispatch(change());
  return true;
}

/** Let the list of completions have the focus, since it scrolls: @codemirror/autocomplete (6.20) forgets it. */
function focusable(root) {
  root.querySelector("ul[role=listbox]:not([tabindex])")?.setAttribute("tabindex", "0");
}
