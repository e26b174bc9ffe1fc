import { type Command, Option } from "commander";
import type { NeriumWarning } from "../../errors.js";
import type { ExportDtype, ExportOptions, ExportResult, ExportTarget } from "../../export/index.js";
import type { DeviceName } from "../../runtime/index.js";
import { kebabFlags, newCommand } from "../command.js";
import { badValue } from "../errors.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import {
  choiceOption,
  deviceOption,
  jsonOption,
  quietOption,
  shareOption,
  threadsOption,
} from "../options.js";
import { exportReport } from "../terminal/exportReport.js";
import { warningListener } from "../terminal/messages.js";
import { Screen } from "../terminal/screen.js";

/**
 * The values that `exportModel` takes. They are repeated here, because importing its modules would load the
 * engine.
 */
const DTYPES = ["fp32", "fp16", "int8"] as const satisfies ExportDtype[];
const TARGETS = ["any", "vnni"] as const satisfies ExportTarget[];

interface ExportFlags {
  readonly dtype?: readonly ExportDtype[];
  readonly target?: ExportTarget;
  readonly check?: string;
  readonly minF1?: number;
  readonly minEqualTags?: number;
  readonly device?: DeviceName;
  readonly threads?: number;
  readonly json?: true;
  readonly quiet?: true;
}

export const define = (io: Io): Command =>
  newCommand("nerium export", io, {
    examples: [
      "nerium export my-model",
      "nerium export my-model --dtype fp32,int8 --check valid.conll --min-f1 0.92",
      "nerium export my-model --dtype int8 --target vnni",
    ],
  })
    .description(
      "Export a model as ONNX files for transformers.js, optimum and other ONNX engines. The files are written to the folder onnx of the model and compared with the original; the model card records the result.",
    )
    .argument("<FOLDER>", "Folder of a fine-tuned model.")
    .optionsGroup("Output:")
    .addOption(
      new Option(
        "--dtype <list>",
        "Number formats to write: fp32 (model.onnx), fp16 (model_fp16.onnx), int8 (model_quantized.onnx, which transformers.js calls q8). Default: fp32,fp16,int8.",
      ).argParser(dtypes),
    )
    .addOption(
      choiceOption(
        "--target <processor>",
        TARGETS,
        "Processors that the int8 file is for: any uses 7-bit weights, vnni uses 8-bit weights and needs VNNI instructions. Default: any.",
      ),
    )
    .addOption(jsonOption())
    .optionsGroup("Check:")
    .option(
      "--check <file>",
      "Tagged sentences on which to compare the files with the original. Default: 24 built-in sentences, with the tags that the original predicts.",
    )
    .addOption(
      shareOption(
        "--min-f1 <score>",
        "Minimum F1 of each file on these sentences. If it is not reached, nothing is written.",
      ),
    )
    .addOption(
      shareOption(
        "--min-equal-tags <share>",
        "Minimum share of words that get the same tag as from the original. Default: 0.9.",
      ),
    )
    .optionsGroup("Performance:")
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(quietOption())
    .action((folder: string, flags: ExportFlags) => exportFolder(folder, flags, io));

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

function dtypes(text: string): readonly ExportDtype[] {
  const parts = text.split(",").map((part) => part.trim());
  const unknown = parts.find((part) => !DTYPES.includes(part as ExportDtype));
  if (unknown !== undefined)
    throw badValue("--dtype", unknown, `one or more of ${DTYPES.join(", ")}, separated by commas`);
  return parts as ExportDtype[];
}

async function exportFolder(folder: string, flags: ExportFlags, io: Io): Promise<void> {
  const { json, quiet, dtype, ...options } = flags;
  const { exportModel } = await import("../../export/index.js");
  const screen = new Screen(io.stderr, io.env);
  const progress: ExportOptions = quiet
    ? {}
    : { onProgress: ({ doing, what }) => screen.status(() => `${doing} ${what}`) };
  const warnings: NeriumWarning[] = [];
  let result: ExportResult;
  try {
    result = await exportModel(folder, {
      ...options,
      ...progress,
      onWarning: (warning) => warnings.push(warning),
      ...(dtype === undefined ? {} : { dtypes: dtype }),
    });
  } finally {
    screen.clear();
    warnings.forEach(warningListener(io));
  }
  if (json) return writeJson(io.stdout, { model: folder, ...result });
  await writeText(io.stdout, `${exportReport(result, lineWidth(io.stdout)).join("\n")}\n`);
}
