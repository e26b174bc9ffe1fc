import { join } from "node:path";
import { type ExportRow, withExports } from "../card/index.js";
import { readWholeText, sha256, writeFileAtomically, writeJson } from "../files/index.js";
import { configText } from "../models/index.js";
import { TRAINING_ARGS } from "../recipe/index.js";
import type { Tokenizer } from "../tokenize/index.js";
import type { CheckedOn } from "./check.js";
import type { ExportedFile } from "./exportedFile.js";

type Json = Record<string, unknown>;

/**
 * Figures of every file in `onnx`, so that a later export of some files can still list all of them in the
 * card.
 */
const RESULTS = "onnx/export_results.json";
const CARD = "README.md";

/**
 * Writes what goes with the exported files: their figures, the model card, and what transformers.js needs to
 * know.
 */
export async function recordExport(
  folder: string,
  tokenizer: Tokenizer,
  { checkedOn, files, crf }: { checkedOn: CheckedOn; files: readonly ExportedFile[]; crf: boolean },
): Promise<void> {
  if ((await readText(folder, "tokenizer.json")) === undefined) await tokenizer.save(folder);
  await tellTransformersJs(folder, files);
  const before = ((await readJson(folder, RESULTS)) as { files?: ExportRow[] } | undefined)?.files ?? [];
  const rows = files.map(
    ({ file, dtype, bytes, logitDifference, equalTags, f1 }): ExportRow => ({
      file: `onnx/${file}`,
      dtype,
      bytes,
      checkedOn: checkedOn.name,
      sentences: checkedOn.sentences,
      logitDifference,
      equalTags,
      f1,
      originalF1: checkedOn.f1,
    }),
  );
  const all = [...before.filter((row) => !rows.some(({ file }) => file === row.file)), ...rows];
  all.sort((a, b) => (a.file < b.file ? -1 : 1));
  await writeJson(join(folder, RESULTS), { files: all });
  await updateCard(folder, all, crf);
}

/**
 * transformers.js finds external weights through `use_external_data_format`: the number of weight files of
 * each file.
 */
async function tellTransformersJs(folder: string, files: readonly ExportedFile[]): Promise<void> {
  const config = (await readJson(folder, "config.json"))!;
  const own = (config["transformers.js_config"] ?? {}) as Json;
  const outside = { ...((own.use_external_data_format ?? {}) as Json) };
  const said = JSON.stringify(outside);
  for (const { file, externalData } of files) {
    if (externalData) outside[file] = 1;
    else delete outside[file];
  }
  if (JSON.stringify(outside) === said) return;
  const changed = { ...config, "transformers.js_config": { ...own, use_external_data_format: outside } };
  await writeFileAtomically(join(folder, "config.json"), configText(changed));
}

/**
 * Updates the section in a card, if there is one. A card that no one has edited since training still counts
 * as unedited.
 */
async function updateCard(folder: string, rows: readonly ExportRow[], crf: boolean): Promise<void> {
  const card = await readText(folder, CARD);
  if (card === undefined) return;
  const updated = withExports(card, rows, crf);
  const written = await readJson(folder, TRAINING_ARGS);
  // The hash first: if an export is interrupted between the two, exporting again repairs it.
  if (written?.cardSha256 === sha256(card))
    await writeJson(join(folder, TRAINING_ARGS), { ...written, cardSha256: sha256(updated) });
  await writeFileAtomically(join(folder, CARD), updated);
}

/** Names of the files in `onnx` that the results of earlier exports list. */
export async function exportedBefore(folder: string): Promise<string[]> {
  const results = (await readJson(folder, RESULTS)) as { files?: unknown } | undefined;
  const rows = Array.isArray(results?.files) ? (results.files as Partial<ExportRow>[]) : [];
  return rows.flatMap(({ file }) => {
    const name = /^onnx\/([^/\\]+)$/.exec(String(file))?.[1];
    return name === undefined ? [] : [name, `${name}_data`];
  });
}

const readText = (folder: string, name: string): Promise<string | undefined> =>
  readWholeText(join(folder, name)).catch(() => undefined);

/** Returns a JSON object of the folder, or `undefined` if there is none. */
async function readJson(folder: string, name: string): Promise<Json | undefined> {
  try {
    const json: unknown = JSON.parse((await readText(folder, name)) ?? "null");
    return typeof json === "object" && json !== null ? (json as Json) : undefined;
  } catch {
    return undefined;
  }
}
