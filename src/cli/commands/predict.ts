import { createReadStream, existsSync, statSync } from "node:fs";
import { Option } from "commander";
import type { Ner } from "../../infer/index.js";
import { kebabFlags, newCommand, shareOption, threadsOption, withExamples } from "../command.js";
import { noText, noTextFile } from "../errors.js";
import { type Io, written } from "../io.js";
import { coloursFor } from "../terminal/colours.js";
import { entityText } from "../terminal/entities.js";
import { textLines } from "../textLines.js";

type Format = "text" | "json" | "jsonl";

interface PredictFlags {
  readonly format?: Format;
  readonly threshold?: number;
  readonly threads?: number;
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  const command = newCommand("nerium predict", io)
    .description(
      "Finds entities in text. A text given as an argument is one text; a file and standard input (- or a pipe) hold one text a line. Texts of any length are read whole.",
    )
    .argument("<FOLDER>", "folder of a fine-tuned model")
    .argument("[TEXT | FILE | -]", "the text, a file with one text a line, or - for standard input")
    .addOption(
      new Option(
        "--format <format>",
        "text for people (default in a terminal), jsonl: one object a text (default in a pipe), json: one array",
      ).choices(["text", "json", "jsonl"] satisfies Format[]),
    )
    .addOption(
      shareOption("--threshold <score>", "leave out entities with a score below this, 0 to 1 (default: 0)"),
    )
    .addOption(threadsOption())
    .action(async (folder: string, source: string | undefined, flags: PredictFlags) => {
      const texts = textsOf(folder, source, io);
      const { load } = await import("../../infer/index.js");
      const ner = await load(folder, { threads: flags.threads });
      try {
        await print(io, flags.format ?? (io.stdout.isTTY ? "text" : "jsonl"), found(ner, texts, flags));
      } finally {
        await ner.dispose();
      }
    });
  withExamples(
    command,
    'nerium predict my-model "Angela Merkel visited Paris."',
    "nerium predict my-model article.txt --threshold 0.9",
    "cat lines.txt | nerium predict my-model > entities.jsonl",
  );
  await command.parseAsync(kebabFlags(args), { from: "user" });
}

type Found = ReturnType<Ner["stream"]>;

const found = (
  ner: Ner,
  texts: AsyncIterable<string> | readonly string[],
  { threshold }: PredictFlags,
): Found => ner.stream(texts, { threshold });

/** The texts that the arguments ask for. */
function textsOf(
  folder: string,
  source: string | undefined,
  io: Io,
): AsyncIterable<string> | readonly string[] {
  if (source === undefined && io.stdin.isTTY) throw noText(folder);
  if (source === undefined || source === "-") return textLines(io.stdin);
  if (isFile(source)) return textLines(createReadStream(source));
  if (looksLikeFile(source)) throw noTextFile(source);
  return [source];
}

/** A text longer than a file name can be is no file name, and asking for it would be an error of the system. */
const isFile = (text: string): boolean =>
  text.length < 4096 && !text.includes("\0") && existsSync(text) && !statSync(text).isDirectory();

/** One word with the ending of a text file, or a path that says so. */
const looksLikeFile = (text: string): boolean =>
  /^\S+\.(txt|md|csv|tsv|json|jsonl|conll|html?|ya?ml|pdf|docx?)$/i.test(text) || /^\.{0,2}\/\S+$/.test(text);

async function print(io: Io, format: Format, results: Found): Promise<void> {
  if (format === "json") return printArray(io, results);
  const forPeople = entityText(coloursFor(io.stdout, io.env));
  for await (const result of results)
    await written(
      io.stdout,
      format === "text" ? forPeople(result.text, result.entities) : `${JSON.stringify(result)}\n`,
    );
}

async function printArray(io: Io, results: Found): Promise<void> {
  let before = "[";
  for await (const result of results) {
    await written(io.stdout, `${before}\n  ${JSON.stringify(result)}`);
    before = ",";
  }
  await written(io.stdout, before === "[" ? "[]\n" : "\n]\n");
}
