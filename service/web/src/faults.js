// Where a query is wrong, as the service says it: the place is underlined, and its line marked.
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";

/** Marks a fault `{ from, to, line, message }`, offsets in the text; null takes the mark away. */
export const markFault = StateEffect.define();

/** The mark; it moves with the text until the next run. */
export const faults = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    const effect = transaction.effects.find((each) => each.is(markFault));
    return effect ? decorations(effect.value) : marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorations(fault) {
  if (!fault) return Decoration.none;
  const line = Decoration.line({ class: "cm-faulty-line" }).range(fault.line);
  const attributes = { title: fault.message, "aria-invalid": "true" };
  const place = Decoration.mark({ class: "cm-fault", attributes });
  return Decoration.set(fault.to > fault.from ? [line, place.range(fault.from, fault.to)] : [line], true);
}
