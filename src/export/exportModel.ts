import { basename, join } from "node:path";
import type { NeriumWarning } from "../errors.js";
import { score } from "../evaluate/score.js";
import { lockFolder, recoverInside, writeFilesInto } from "../files/index.js";
import { emitted, inferenceEngine, openModel } from "../infer/model.js";
import { ParameterReader } from "../models/index.js";
import { THREADS } from "../optionKinds.js";
import { type OptionKinds, requireArgument, requireOptions } from "../options.js";
import { Owned } from "../owned.js";
import { type DeviceName, deviceNames, type Engine, usableThreads } from "../runtime/index.js";
import { Check, type CheckedOn, type CheckFigures } from "./check.js";
import { checkFailed, exportOptionInvalid } from "./errors.js";
import type { ExportedFile } from "./exportedFile.js";
import {
  type ExportDtype,
  type ExportTarget,
  exportDtypes,
  exportedForm,
  exportTargets,
} from "./exportedForm.js";
import { ExportedTagger } from "./exportedTagger.js";
import { exportedBefore, recordExport } from "./record.js";
import { writeOnnx } from "./writeOnnx.js";

/** What to write, and how to check it. */
export interface ExportOptions {
  /** What to write. Defaults to all: `fp32`, `fp16` and `int8`. */
  readonly dtypes?: readonly ExportDtype[];
  /** Processors that int8 files are for: `any` (default), or `vnni`. */
  readonly target?: ExportTarget;
  /** A file with tags to check the exported models on. Defaults to sample sentences of Nerium. */
  readonly check?: string;
  /** Minimum F1 of each file on the checked sentences, from 0 to 1. Defaults to 0. */
  readonly minF1?: number;
  /** Minimum share of words that get the same tag as from the original, from 0 to 1. Defaults to 0.9. */
  readonly minEqualTags?: number;
  /** Number of threads to compute with. Defaults to as many as the process can use at once. */
  readonly threads?: number;
  /** Where the check computes: `cpu` (default), or another device, as for `load`. */
  readonly device?: DeviceName;
  /**
   * Maximum bytes of weights in a model file; more than that go into a separate file. Defaults to what ONNX's
   * format allows, 2 GiB less some room for the graph.
   */
  readonly largestFile?: number;
  /** Called when a step begins: `checking` the original, then `writing` and `checking` each file. */
  readonly onProgress?: (step: { readonly doing: "writing" | "checking"; readonly what: string }) => void;
  /** Called with warnings about the model, and about what its files cannot do. Defaults to warnings of the process. */
  readonly onWarning?: (warning: NeriumWarning) => void;
  /** Stops the work: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const EXPORT_OPTIONS: OptionKinds<ExportOptions> = {
  dtypes: "a list of at least one text",
  target: "a text",
  check: "a text",
  minF1: "a number from 0 to 1",
  minEqualTags: "a number from 0 to 1",
  threads: THREADS,
  device: deviceNames,
  largestFile: "a whole number of 1 or more",
  onProgress: "a function",
  onWarning: "a function",
  signal: "an AbortSignal",
};

/** The files that were written, and how close each is to the original. */
export interface ExportResult {
  /** The folder `onnx` of the model folder. */
  readonly folder: string;
  readonly checkedOn: CheckedOn;
  readonly files: readonly ExportedFile[];
}

/**
 * Writes a fine-tuned model as ONNX for other programs (transformers.js, optimum, ONNX Runtime) into its
 * folder `onnx`, checks each file against the original, and adds the results to the model card.
 *
 * Files of an earlier export are replaced at the end, or none if anything fails. Other files in `onnx` stay.
 *
 * @example
 * const { files } = await exportModel("my-model", { dtypes: ["fp32", "int8"], check: "test.conll" });
 *
 * @throws NeriumError `PACKAGE_…` for arguments and options; `MODEL_…` and `TOKENIZE_…`; EXPORT_CHECK_FAILED, EXPORT_OPTION_INVALID, FILES_NOT_OURS, `FILES_…`; with `check` as
 *   readDataset
 */
export async function exportModel(folder: string, options: ExportOptions = {}): Promise<ExportResult> {
  requireArgument("exportModel", "folder", folder, "a text");
  requireOptions("exportModel", options, EXPORT_OPTIONS);
  const forms = checkedForms(options);
  const { threads = usableThreads(), onProgress = () => {}, onWarning = emitted, signal } = options;
  const { device = "cpu" } = options;
  const engine = await inferenceEngine({ device });
  const { model, check } = await Owned.during(async (owned) => {
    const model = owned.own(await openModel(folder, { threads, device, onWarning }));
    onProgress({ doing: "checking", what: "the original" });
    return { model, check: await Check.begin(model, options.check, signal) };
  });
  const { config, labels, tokenizer } = model;
  const target = join(folder, "onnx");
  return Owned.during(async (owned) => {
    const reader = owned.own(await ParameterReader.open(folder, config, labels.length), "close");
    owned.own(await lockFolder(folder), "release");
    await recoverInside(folder);
    const before = await exportedBefore(folder);
    const replaced = new Set(forms.flatMap(({ file }) => [file, `${file}_data`]));
    const files = await writeFilesInto(
      target,
      async (temporary) => {
        const written: ExportedFile[] = [];
        for (const form of forms) {
          signal?.throwIfAborted();
          onProgress({ doing: "writing", what: form.file });
          const file = await writeOnnx(temporary, config, reader, form, options.largestFile);
          onProgress({ doing: "checking", what: form.file });
          const path = join(temporary, form.file);
          const figures = await answers(path, check, {
            ...{ config, labels: labels.length, threads, engine, signal },
          });
          requireEnough(join(target, form.file), figures, { ...options, crf: model.crf !== undefined });
          written.push({ dtype: form.dtype, ...file, ...figures });
        }
        return written;
      },
      {
        writer: "export",
        replace: true,
        expected: forms.map(({ file }) => file),
        stays: (name) => !replaced.has(name),
        own: before,
        inputs: options.check === undefined ? [] : [options.check],
      },
    );
    const checkedOn = { ...check.on, name: basename(check.on.name) };
    await recordExport(folder, tokenizer, { checkedOn, files, crf: model.crf !== undefined });
    const lower = files.filter(({ f1 }) => f1 < check.on.f1);
    if (model.crf !== undefined && lower.length > 0) onWarning(withoutCrf(folder, check.on, lower));
    return { folder: target, checkedOn: check.on, files };
  });
}

/** The files give logits, so that other programs choose the label with the largest one. */
const withoutCrf = (folder: string, { f1 }: CheckedOn, files: readonly ExportedFile[]): NeriumWarning => ({
  code: "EXPORT_WITHOUT_CRF",
  message: `${folder}: the exported files do not contain the model's conditional random field. With the largest logit of each word, F1 is ${files.map((each) => `${score(each.f1)} (${each.file})`).join(", ")} instead of ${score(f1)}. To get the scores of the model, decode with the transitions in crf.safetensors.`,
});

function checkedForms({ dtypes = exportDtypes, target = "any" }: ExportOptions) {
  for (const dtype of dtypes)
    if (!exportDtypes.includes(dtype))
      throw exportOptionInvalid("dtypes", dtype, `a list of ${exportDtypes.join(", ")}`);
  if (!exportTargets.includes(target))
    throw exportOptionInvalid("target", target, `one of ${exportTargets.join(", ")}`);
  return [...new Set(dtypes)].map((dtype) => exportedForm(dtype, target));
}

async function answers(
  path: string,
  check: Check,
  {
    config,
    labels,
    threads,
    engine,
    signal,
  }: {
    config: Parameters<typeof ExportedTagger.open>[1];
    labels: number;
    threads: number;
    engine: Engine;
    signal: AbortSignal | undefined;
  },
): Promise<CheckFigures> {
  return Owned.during(async (owned) => {
    const tagger = owned.own(await ExportedTagger.open(path, config, labels, threads, engine));
    return check.of(tagger, signal);
  });
}

function requireEnough(
  file: string,
  { f1, equalTags }: CheckFigures,
  { minF1 = 0, minEqualTags = 0.9, crf }: ExportOptions & { readonly crf: boolean },
): void {
  // NaN is below every threshold.
  if (!(f1 >= minF1))
    throw checkFailed({ file, what: "F1", option: "minF1 (--min-f1)", got: f1, least: minF1, crf });
  if (!(equalTags >= minEqualTags))
    throw checkFailed({
      file,
      what: "The share of equal tags",
      option: "minEqualTags (--min-equal-tags)",
      got: equalTags,
      least: minEqualTags,
      crf: false,
    });
}
