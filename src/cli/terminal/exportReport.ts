import { join } from "node:path";
import type { ExportResult } from "../../export/index.js";
import { visible } from "../../shown.js";
import { count, counted, memory, score } from "./figures.js";
import { fittingTable } from "./table.js";
import { wrapped } from "./wrapped.js";

/** Formats the files of an export and how close they are to the original, as lines. */
export function exportReport({ folder, checkedOn, files }: ExportResult, width: number): string[] {
  const { name, sentences, words, f1 } = checkedOn;
  const rows = [
    ["", "size", "logit difference", "equal tags", "F1"],
    ["original", "", "", "", score(f1)],
    ...files.map((file) => [
      visible(join(folder, file.file)),
      file.bytes < 1e6 ? `${count(file.bytes / 1e3)} kB` : memory(file.bytes),
      file.logitDifference.toPrecision(2),
      `${(100 * file.equalTags).toFixed(2)}%`,
      score(file.f1),
    ]),
  ];
  const checked = `checked on ${visible(name)}: ${counted(sentences, "sentence")}, ${counted(words, "word")}`;
  return [wrapped(checked, width), "", ...fittingTable(rows, width)];
}
