import { counted } from "../counted.js";
import { markdownTable } from "./markdownTable.js";
import { rounded } from "./pythonFloat.js";
import { inline } from "./text.js";

/** What a card says about one exported file. */
export interface ExportRow {
  /** Its path in the model folder. */
  readonly file: string;
  readonly dtype: string;
  readonly bytes: number;
  /** What it was checked on: a file, or the sample, by name. */
  readonly checkedOn: string;
  readonly sentences: number;
  readonly logitDifference: number;
  /** Share of words whose largest logit is that of the same label as in the original. */
  readonly equalTags: number;
  readonly f1: number;
  readonly originalF1: number;
}

const BEGIN = "<!-- nerium:export -->";
const END = "<!-- /nerium:export -->";

const EMISSIONS =
  "\nThe files compute the emissions of the model's conditional random field, not its tags. Equal tags and F1 above use the largest emission of each word; the F1 of the original is that of its conditional random field. To decode with the conditional random field, use the transitions in `crf.safetensors`.\n";

/**
 * Returns a model card with the section about exported files. It replaces the existing section, or is added
 * at the end.
 *
 * @param crf whether the model has a conditional random field, which the exported files do not contain
 */
export function withExports(card: string, rows: readonly ExportRow[], crf = false): string {
  const section = `${BEGIN}\n## ONNX export\n\n${text(rows)}${crf ? EMISSIONS : ""}${END}\n`;
  const [from, to] = [card.indexOf(BEGIN), card.indexOf(END)];
  if (from < 0 || to < from) return `${card.replace(/\n*$/, "\n\n")}${section}`;
  return `${card.slice(0, from)}${section}${card.slice(to + END.length).replace(/^\n/, "")}`;
}

function text(rows: readonly ExportRow[]): string {
  const table = markdownTable(
    [
      "File",
      "dtype",
      "Size",
      "Largest logit difference",
      "Equal tags",
      "F1",
      "F1 of the original",
      "Checked on",
    ],
    rows.map((row) => [
      `\`${row.file}\``,
      row.dtype,
      `${(row.bytes / 1e6).toFixed(1)} MB`,
      row.logitDifference.toPrecision(2),
      `${(100 * row.equalTags).toFixed(2)}%`,
      rounded(row.f1),
      rounded(row.originalF1),
      `${inline(row.checkedOn)}, ${counted(row.sentences, "sentence")}`,
    ]),
  );
  return `Each file was run on the same sentences as the original weights, in ONNX Runtime on a CPU:\n\n${table}\n`;
}
