import { extname } from "node:path";
import { formatUnsupported } from "../errors.js";
import { textElsewhere, xmlUnsupported } from "../formats/errors.js";
import type { FileStart, Format } from "../formats/format.js";
import { formatNamed, formats } from "../formats/index.js";
import { jsonRecords } from "../formats/json/jsonRecords.js";
import { startText } from "./encoding.js";
import type { Source } from "./source.js";

const START = 64 * 2 ** 10;

/** Extensions of files that are not read as columns, unless the format is named. */
const UNSUPPORTED = new Set([
  ...[".xml", ".xmi", ".html", ".yaml", ".yml", ".md", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ods"],
  ...[".feather", ".avro", ".pkl", ".pickle", ".pt", ".bin", ".npy", ".npz"],
  ...[".zip", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst", ".7z", ".safetensors", ".onnx"],
]);

/** Tools whose annotations are in other files than the texts, and the keys that give them away. */
const WITHOUT_TEXTS = [
  { name: "Tagtog (ann.json)", keys: ["anncomplete", "entities"] },
  { name: "Azure AI Language", keys: ["projectKind", "assets", "documents"] },
  { name: "Amazon Comprehend", keys: ["Entities", "BeginOffset"] },
] as const;

/**
 * Detects the format of a file from its name and its beginning. A file that matches no other format has CoNLL
 * columns.
 *
 * @param delimiter if given, a `.csv` file without a known header is read as columns
 * @throws NeriumError DATA_FORMAT_UNSUPPORTED, DATA_TEXT_ELSEWHERE
 */
export function recognised(source: Source, delimiter: string | undefined): Format {
  const start = startOf(source);
  const tool = WITHOUT_TEXTS.find(({ keys }) => keys.every((key) => start.keys.has(key)));
  if (tool !== undefined && !start.keys.has("text")) throw textElsewhere(source.file, tool.name);
  const found = formats.find((format) => format.detect(start))!;
  const isLeft = found === formats.at(-1);
  if (isLeft && start.extension === ".csv" && delimiter === undefined) return formatNamed("csv");
  if (isLeft && /^<(?:\?xml|xmi:)/.test(start.text.trimStart()))
    throw xmlUnsupported(source.file, start.text);
  if (isLeft && UNSUPPORTED.has(start.extension)) throw formatUnsupported(source.file, start.extension);
  return found;
}

function startOf(source: Source): FileStart {
  const bytes = source.start(START);
  const text = startText(bytes);
  return {
    bytes,
    extension: extname(source.file).toLowerCase(),
    text,
    first: text.trimStart()[0] ?? "",
    keys: keysOf(text),
    record: firstRecord(text),
    has: (extension) => source.companion(extension) !== undefined,
  };
}

/** Returns the keys of a JSON text: the strings before a colon. */
function keysOf(text: string): ReadonlySet<string> {
  const keys = new Set<string>();
  if (!/^[\s]*[[{]/.test(text)) return keys;
  for (const [, string, colon] of text.matchAll(/"((?:[^"\\]|\\.)*)"(\s*:)?/gs))
    if (colon !== undefined) keys.add(string!);
  return keys;
}

/** Returns the first object of a JSON text, as far as it is complete. */
function firstRecord(text: string): FileStart["record"] {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const lines = text.split("\n").map((line, index) => ({ text: line, number: index + 1 }));
  try {
    for (const { value } of jsonRecords(lines, "")) return value;
  } catch {
    // Whether the file is valid is for the reader of its format to say.
  }
  return undefined;
}
