import { Option } from "commander";
import type { ExportDtype, ExportOptions, ExportResult, ExportTarget } from "../../export/index.js";
import { kebabFlags, newCommand, quietOption, shareOption, threadsOption, withExamples } from "../command.js";
import { badValue } from "../errors.js";
import { type Io, writeText } from "../io.js";
import { exportReport } from "../terminal/exportReport.js";
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
  readonly threads?: number;
  readonly json?: true;
  readonly quiet?: true;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const command = newCommand("nerium export", io)
    .description(
      "Writes a model as ONNX into its folder onnx/, for transformers.js, optimum and every ONNX engine, and checks each file against the original. The figures go into the model card.",
    )
    .argument("<FOLDER>", "folder of a fine-tuned model")
    .addOption(
      new Option(
        "--dtype <list>",
        "fp32 (model.onnx), fp16 (model_fp16.onnx), int8 (model_quantized.onnx, transformers.js's q8); default: all three",
      ).argParser(dtypes),
    )
    .addOption(
      new Option(
        "--target <processor>",
        "where int8 runs: any (default; weights of 7 bits, safe without VNNI), or vnni (8 bits)",
      ).choices(TARGETS),
    )
    .option(
      "--check <file>",
      "tagged sentences to check the files on; default: 24 sentences of Nerium's own, with the original's tags",
    )
    .addOption(
      shareOption("--min-f1 <score>", "least F1 on the checked sentences; below it nothing is replaced"),
    )
    .addOption(
      shareOption("--min-equal-tags <share>", "least share of words with the original's tag (default: 0.9)"),
    )
    .addOption(threadsOption())
    .option("--json", "print one JSON object instead of the table")
    .addOption(quietOption())
    .action((folder: string, flags: ExportFlags) => exportFolder(folder, flags, io));
  withExamples(
    command,
    "nerium export my-model",
    "nerium export my-model --dtype fp32,int8 --check valid.conll --min-f1 0.92",
    "nerium export my-model --dtype int8 --target vnni",
  );
  await command.parseAsync(kebabFlags(args), { from: "user" });
}

function dtypes(text: string): readonly ExportDtype[] {
  const parts = text.split(",").map((part) => part.trim());
  const unknown = parts.find((part) => !DTYPES.includes(part as ExportDtype));
  if (unknown !== undefined)
    throw badValue("--dtype", unknown, `some of ${DTYPES.join(", ")}, with commas between`);
  return parts as ExportDtype[];
}

async function exportFolder(folder: string, flags: ExportFlags, io: Io): Promise<void> {
  const { json, quiet, dtype, ...options } = flags;
  const { exportModel } = await import("../../export/index.js");
  const screen = new Screen(io.stderr);
  const progress: ExportOptions = quiet
    ? {}
    : { onProgress: ({ doing, what }) => screen.status(() => `${doing} ${what}`) };
  let result: ExportResult;
  try {
    result = await exportModel(folder, {
      ...options,
      ...progress,
      ...(dtype === undefined ? {} : { dtypes: dtype }),
    });
  } finally {
    screen.clear();
  }
  const text = json ? JSON.stringify({ model: folder, ...result }) : exportReport(result).join("\n");
  await writeText(io.stdout, `${text}\n`);
}
