import { score } from "../../evaluate/score.js";
import { count, epochs } from "../../figures.js";
import type { EvaluationNote } from "../../run/notes.js";
import { byId, element } from "../dom.js";
import type { Run } from "./runs.js";

const shown = (value: number | null | undefined): string =>
  value === null || value === undefined ? "-" : score(value);

/** A row of a table whose first cell is its head. */
export const row = (head: Node | string, cells: readonly (Node | string)[]): HTMLElement =>
  element("tr", {}, element("th", { scope: "row" }, head), ...cells.map((cell) => element("td", {}, cell)));

function evaluationRow(note: EvaluationNote): HTMLElement {
  const { split, step, epoch, metrics, trainLoss, strictF1 } = note;
  const { loss, precision, recall, f1, accuracy } = metrics;
  return row(split === "test" ? "Test" : epochs(epoch), [
    count(step),
    shown(trainLoss),
    ...[loss, precision, recall, f1].map(shown),
    shown(strictF1),
    shown(accuracy),
  ]);
}

/** Shows the tables and the recipe of a run. */
export function showDetails(run: Run): void {
  const { evaluations, test, scored, start, end } = run;
  const all = test === undefined ? evaluations : [...evaluations, test];
  byId("evaluations").replaceChildren(
    ...(all.length === 0 ? [empty("No evaluations yet.", 9)] : all.toReversed().map(evaluationRow)),
  );
  const types = Object.entries(scored?.types ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  byId("types").replaceChildren(
    ...(types.length === 0
      ? [empty("No scores by type are recorded.", 5)]
      : types.map(([type, { precision, recall, f1, support }]) =>
          row(type, [...[precision, recall, f1].map(shown), count(support)]),
        )),
  );
  byId("types-of").textContent =
    scored === undefined ? "" : `${scored.split} data, step ${count(scored.step)}`;
  const facts = Object.entries(start?.facts ?? {}).map(([name, value]) => [name, count(value)] as const);
  byId("facts").replaceChildren(
    ...entries([...facts, ...(start?.labels.length ? [["labels", start.labels.join(" ")] as const] : [])]),
  );
  byId("recipe").replaceChildren(
    ...entries(
      Object.entries(start?.recipe ?? {}).map(([name, value]) => [
        name,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
  );
  const failure = byId("failure");
  failure.hidden = end?.message === undefined;
  failure.textContent = end?.message ?? "";
}

const empty = (text: string, columns: number): HTMLElement =>
  element("tr", {}, element("td", { colSpan: columns, className: "empty-cell" }, text));

const entries = (all: readonly (readonly [string, string])[]): HTMLElement[] =>
  all.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value)));
