import { newCommand, wholeNumberOption, withExamples } from "../command.js";
import { type Io, written } from "../io.js";
import { comparisonReport } from "../terminal/comparisonReport.js";
import { printable } from "../terminal/entities.js";

interface CompareFlags {
  readonly draws: number;
  readonly seed: number;
  readonly strict?: true;
  readonly json?: true;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const command = newCommand("nerium compare", io)
    .description(
      "Compares two models by what they predicted for the same sentences: F1 of both, and by the paired bootstrap how sure the difference is. Whole documents are drawn where the files tell of several, else sentences.",
    )
    .argument(
      "<A>",
      "CoNLL columns, the last two of them gold and predicted tags: nerium evaluate --predictions writes them",
    )
    .argument("<B>", "the same sentences with the other model's tags")
    .addOption(wholeNumberOption("--draws <number>", 1, "draws of the bootstrap").default(10_000))
    .addOption(wholeNumberOption("--seed <number>", 0, "decides what is drawn").default(42))
    .option("--strict", "seqeval's strict mode instead of its default mode")
    .option("--json", "print one JSON object instead of lines")
    .action((a: string, b: string, flags: CompareFlags) => compare(a, b, flags, io));
  withExamples(
    command,
    "nerium evaluate model-a test.conll --predictions a.conll",
    "nerium evaluate model-b test.conll --predictions b.conll",
    "nerium compare a.conll b.conll",
  );
  await command.parseAsync([...args], { from: "user" });
}

async function compare(a: string, b: string, flags: CompareFlags, io: Io): Promise<void> {
  const { draws, seed, strict, json } = flags;
  const [{ mulberry32, readPredictionPair }, { pairedBootstrap }] = await Promise.all([
    import("../../data/index.js"),
    import("../../evaluate/index.js"),
  ]);
  const { units, unit, sentences } = await readPredictionPair(a, b);
  const mode = strict ? "strict" : "default";
  const comparison = pairedBootstrap(units, { draws, random: mulberry32(seed), mode });
  const facts = { units: units.length, unit, sentences, draws, seed, mode } as const;
  if (json) return written(io.stdout, `${JSON.stringify({ files: { a, b }, ...comparison, ...facts })}\n`);
  const lines = comparisonReport(comparison, { a, b }, facts);
  await written(io.stdout, `${lines.map(printable).join("\n")}\n`);
}
