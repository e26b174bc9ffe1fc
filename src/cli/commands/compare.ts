import { newCommand, wholeNumberOption, withExamples } from "../command.js";
import { badUsage } from "../errors.js";
import { type Io, writeText } from "../io.js";
import { comparisonReport } from "../terminal/comparisonReport.js";
import { printable } from "../terminal/entities.js";

interface CompareFlags {
  readonly a?: readonly string[];
  readonly b?: readonly string[];
  readonly draws: number;
  readonly seed: number;
  readonly strict?: true;
  readonly json?: true;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const command = newCommand("nerium compare", io)
    .description(
      "Compares two models, or two recipes by their models of several seeds, by what they predicted for the same sentences: F1 of both, and by the paired bootstrap how sure the difference is. Whole documents are drawn where the files tell of several, else sentences.",
    )
    .argument(
      "[A]",
      "CoNLL columns, the last two of them gold and predicted tags: nerium evaluate --predictions writes them",
    )
    .argument("[B]", "the same sentences with the other model's tags")
    .option("--a <files...>", "in place of A, predictions of several runs, whose mean F1 counts")
    .option("--b <files...>", "in place of B")
    .addOption(wholeNumberOption("--draws <number>", 1, "draws of the bootstrap").default(10_000))
    .addOption(wholeNumberOption("--seed <number>", 0, "decides what is drawn").default(42))
    .option("--strict", "seqeval's strict mode instead of its default mode")
    .option("--json", "print one JSON object instead of lines")
    .action((a: string | undefined, b: string | undefined, flags: CompareFlags) =>
      compare(filesOf(a, b, flags), flags, io),
    );
  withExamples(
    command,
    "nerium evaluate model-a test.conll --predictions a.conll",
    "nerium evaluate model-b test.conll --predictions b.conll",
    "nerium compare a.conll b.conll",
    "nerium compare --a plain/seed-*/test.conll --b crf/seed-*/test.conll",
  );
  await command.parseAsync([...args], { from: "user" });
}

interface Files {
  readonly a: readonly string[];
  readonly b: readonly string[];
}

function filesOf(a: string | undefined, b: string | undefined, flags: CompareFlags): Files {
  const refuse = (what: string) => badUsage({ what, hint: undefined, command: "nerium compare" });
  if (a !== undefined && (flags.a !== undefined || flags.b !== undefined))
    throw refuse("Files are given both by themselves and with --a or --b");
  const files = { a: flags.a ?? (a === undefined ? [] : [a]), b: flags.b ?? (b === undefined ? [] : [b]) };
  if (files.a.length === 0 || files.b.length === 0)
    throw refuse("There is nothing to compare: give A and B, or --a and --b");
  return files;
}

async function compare(files: Files, flags: CompareFlags, io: Io): Promise<void> {
  const { draws, seed, strict, json } = flags;
  const [{ mulberry32, readPredictions }, { pairedBootstrap }] = await Promise.all([
    import("../../data/index.js"),
    import("../../evaluate/index.js"),
  ]);
  const { units, unit, sentences } = await readPredictions(files.a, files.b);
  const mode = strict ? "strict" : "default";
  const comparison = pairedBootstrap(units, { draws, random: mulberry32(seed), mode });
  const facts = { units: units.length, unit, sentences, draws, seed, mode } as const;
  if (json) return writeText(io.stdout, `${JSON.stringify({ files, ...comparison, ...facts })}\n`);
  const lines = comparisonReport(comparison, files, facts);
  await writeText(io.stdout, `${lines.map(printable).join("\n")}\n`);
}
