import { join } from "node:path";
import { counted } from "../counted.js";
import type { NeriumWarning } from "../errors.js";
import { limits } from "../limits.js";
import { Owned } from "../owned.js";

import type { ModelConfig } from "./config.js";
import { labelsInconsistent } from "./errors.js";
import { encoderOf } from "./families/index.js";
import { HEAD } from "./heads/tokenClassification.js";
import { openWeights } from "./weights/openWeights.js";
import { weightWarnings } from "./weights/weightWarnings.js";

type Warn = (warning: NeriumWarning) => void;

/**
 * Returns the labels of a trained model in the order of their ids, as transformers does: id2label decides. Without it, they are
 * `LABEL_0`, `LABEL_1` …, as many as the classifier has rows.
 *
 * @throws NeriumError MODEL_LABELS_INCONSISTENT, and the errors of {@link openWeights}
 */
export async function modelLabels(
  folder: string,
  config: ModelConfig,
  warn: Warn,
): Promise<readonly string[]> {
  const rows = await Owned.during(async (owned) => {
    const weights = owned.own(await openWeights(folder), "close");
    weightWarnings(weights, encoderOf(config)).forEach(warn);
    return weights.tensors.get(`${HEAD}.weight`)?.shape[0];
  });
  return labelsOf(config, { file: join(folder, "config.json"), rows, warn });
}

/** @param rows number of rows of the classifier; `undefined` if there is none */
export function labelsOf(
  config: ModelConfig,
  { file, rows, warn }: { readonly file: string; readonly rows?: number | undefined; readonly warn: Warn },
): readonly string[] {
  const { num_labels: stated } = config;
  const names = labelNames(config, file, warn);
  if (names !== undefined && rows !== undefined && rows !== names.length)
    throw labelsInconsistent(
      file,
      `id2label has ${counted(names.length, "label")}, but ${HEAD}.weight has ${counted(rows, "row")}`,
    );
  if (names !== undefined) return names;
  const count = rows ?? stated ?? 2;
  requireFewLabels(count, file);
  const differs = stated !== undefined && stated !== count ? `num_labels is ${stated}, but ` : "";
  if (rows !== undefined)
    warn({
      code: "LABEL_NAMES_MISSING",
      message: `${file}: ${differs}${HEAD}.weight has ${counted(rows, "row")}, and id2label is missing. The labels are called LABEL_0 to LABEL_${count - 1}. To name them, add id2label.`,
    });
  return Array.from({ length: count }, (_, id) => `LABEL_${id}`);
}

/**
 * Returns the names of the labels in a config, if they are different from each other and not only transformers' default names
 * (`LABEL_0`, `LABEL_1` …).
 *
 * @throws NeriumError MODEL_LABELS_INCONSISTENT if id2label has gaps
 */
export function configLabels(config: ModelConfig, file: string, warn: Warn): readonly string[] | undefined {
  const names = labelNames(config, file, warn);
  if (names === undefined || new Set(names).size < names.length) return undefined;
  return names.every((label, id) => label === `LABEL_${id}`) ? undefined : names;
}

/** Returns the names in id2label in the order of their ids. Warns if other keys contradict it, or if it repeats a name. */
function labelNames(config: ModelConfig, file: string, warn: Warn): readonly string[] | undefined {
  const { id2label, num_labels: stated } = config;
  if (id2label === undefined) return undefined;
  const keys = Object.keys(id2label);
  if (keys.length === 0) throw labelsInconsistent(file, "id2label is empty");
  requireFewLabels(keys.length, file);
  const names = keys.map((_, id) => {
    const label = Object.hasOwn(id2label, id) ? id2label[id] : undefined;
    if (label === undefined) {
      const why = `id2label has no key ${id}; its keys are: ${keys.slice(0, 20).join(", ")}`;
      throw labelsInconsistent(file, why);
    }
    if (label === "") throw labelsInconsistent(file, `the label ${id} of id2label is empty`);
    return label;
  });
  const contradictions = [
    stated === undefined || stated === names.length
      ? undefined
      : `num_labels is ${stated}, but id2label has ${counted(names.length, "label")}`,
    repetition(names) ?? contradiction(names, config.label2id),
  ].filter((each) => each !== undefined);
  if (contradictions.length > 0)
    warn({
      code: "LABELS_INCONSISTENT",
      message: `${file}: ${contradictions.join("; ")}. id2label decides, as in transformers.`,
    });
  return names;
}

function requireFewLabels(count: number, file: string): void {
  if (count > limits.labels)
    throw labelsInconsistent(file, `${count} labels are more than ${limits.labels.toLocaleString("en-US")}`);
}

function repetition(names: readonly string[]): string | undefined {
  const ids = new Map<string, number>();
  for (const [id, label] of names.entries()) {
    const before = ids.get(label);
    if (before !== undefined) return `id2label contains ${label} twice, as ${before} and as ${id}`;
    ids.set(label, id);
  }
  return undefined;
}

/** Compares label2id with the names in id2label, which are all different. */
function contradiction(names: readonly string[], label2id: ModelConfig["label2id"]): string | undefined {
  if (label2id === undefined) return undefined;
  const stated = new Map(Object.entries(label2id));
  const wrong = names.findIndex((label, id) => Number(stated.get(label) ?? Number.NaN) !== id);
  if (wrong >= 0) {
    const label = names[wrong]!;
    return stated.has(label)
      ? `id2label has ${wrong}: ${label}, but label2id has ${label}: ${stated.get(label)}`
      : `id2label has ${wrong}: ${label}, but label2id does not have ${label}`;
  }
  const known = new Set(names);
  const extra = [...stated.keys()].find((label) => !known.has(label));
  return extra === undefined
    ? undefined
    : `label2id has ${extra}: ${stated.get(extra)}, which is not in id2label`;
}
