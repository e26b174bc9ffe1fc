import { type Command, Option } from "commander";
import { isNeriumError } from "../../errors.js";
import type { Ner } from "../../infer/index.js";
import type { Dtype } from "../../models/index.js";
import { type FormatName, formatNames } from "../../redact/formats/names.js";
import { type Operator, operatorNames } from "../../redact/operators/operator.js";
import type { RedactOptions } from "../../redact/options.js";
import type { DeviceName, EngineName } from "../../runtime/index.js";
import { kebabFlags, newCommand } from "../command.js";
import {
  checkFile,
  type Document,
  documentExtensions,
  documentsOf,
  documentWriter,
  leftOut,
  wholeFile,
  writeWhole,
} from "../documents.js";
import { badUsage, badValue } from "../errors.js";
import type { Io } from "../io.js";
import {
  choiceOption,
  deviceOption,
  dtypeOption,
  engineOption,
  listOption,
  quietOption,
  shareOption,
  threadsOption,
} from "../options.js";
import { downloadListener } from "../terminal/download.js";
import { counted } from "../terminal/figures.js";
import { printNotes, warningListener } from "../terminal/messages.js";
import { Screen } from "../terminal/screen.js";

interface RedactFlags {
  readonly from?: FormatName;
  readonly patternsOnly?: true;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly only?: readonly string[];
  readonly countries?: readonly string[];
  readonly types?: Readonly<Record<string, string>>;
  readonly threshold?: number;
  readonly allow?: string;
  readonly terms?: Readonly<Record<string, string>>;
  readonly pattern?: Readonly<Record<string, string>>;
  readonly operator?: Readonly<Record<string, Operator>>;
  readonly key?: string;
  readonly map?: string;
  readonly numbers?: "document" | "all";
  readonly output?: string;
  readonly force?: true;
  readonly dtype?: Dtype;
  readonly engine?: EngineName;
  readonly device?: DeviceName;
  readonly threads?: number;
  readonly quiet?: true;
}

const COMMAND = "nerium redact";

/** An option that is given once for each type: `TYPE=VALUE`. */
function byTypeOption<T>(
  flags: string,
  description: string,
  value: (text: string, flag: string) => T,
): Option {
  const option = new Option(flags, description);
  return option.argParser((text: string, before: Readonly<Record<string, T>> | undefined) => {
    const at = text.indexOf("=");
    if (at <= 0) throw badValue(option.long!, text, "TYPE=VALUE");
    return { ...before, [text.slice(0, at).trim()]: value(text.slice(at + 1), option.long!) };
  });
}

const operatorOption = (): Option => {
  const option = new Option(
    "--operator <operator>",
    `What to put in place of everything, or of one type: ${operatorNames.join(", ")}, mask:N to keep the last N letters and digits, or replace:TEXT. PERSON=pseudonym is for one type, and can be given again for others. Default: placeholder.`,
  );
  return option.argParser((text: string, before: Readonly<Record<string, Operator>> | undefined) => {
    const [, type = "DEFAULT", name] = /^(?:([^=:]+)=)?(.*)$/s.exec(text) as unknown as [
      string,
      string?,
      string?,
    ];
    return { ...before, [type.trim()]: operatorOf(name!, option.long!) };
  });
};

function operatorOf(text: string, flag: string): Operator {
  const [name, ...rest] = text.split(":") as [string, ...string[]];
  if (name === "replace" && rest.length > 0) return { type: "replace", with: rest.join(":") };
  if (name === "mask" && /^\d{1,4}$/.test(rest[0] ?? "")) return { type: "mask", keepLast: Number(rest[0]) };
  const known = operatorNames.find((each) => each === text);
  if (known === undefined)
    throw badValue(flag, text, `one of ${operatorNames.join(", ")}, mask:N, replace:TEXT`);
  return known;
}

export function define(io: Io): Command {
  return newCommand(COMMAND, io, {
    examples: [
      'nerium redact my-model "Anna Smith paid with 4111 1111 1111 1111."',
      "nerium redact my-model letters/ --output redacted/ --numbers all",
      "nerium redact my-model customers.csv --operator pseudonym --key redact.key > shared.csv",
      "nerium redact my-model chat.jsonl --operator encrypt --key redact.key --output safe.jsonl",
      "cat server.log | nerium redact --patterns-only - --operator CREDIT_CARD=mask:4",
    ],
  })
    .description(
      "Take names and numbers out of texts. What the model finds is joined with patterns that have check digits: cards, IBANs, national numbers, phones, addresses, keys.",
    )
    .argument(
      "[MODEL]",
      "Folder of a fine-tuned model, or its name on the Hugging Face hub. Left out with --patterns-only.",
    )
    .argument(
      "[SOURCE...]",
      `Texts, files, folders, or - for standard input, which is also the default. In folders, files with these extensions are read: ${documentExtensions.join(", ")}.`,
    )
    .optionsGroup("Input:")
    .addOption(
      choiceOption(
        "--from <format>",
        formatNames,
        "Format. Only text values change: the structure of JSON, tables, Markdown and HTML stays. Default: by extension, otherwise text.",
      ),
    )
    .optionsGroup("What to find:")
    .option("--patterns-only", "Use no model: find only what patterns find.")
    .addOption(
      listOption(
        "--include <list>",
        "Types to find as well: DATE_TIME, and NUMBER for numbers of five digits or more.",
      ),
    )
    .addOption(listOption("--exclude <list>", "Types to leave alone, such as URL,LOCATION."))
    .addOption(listOption("--only <list>", "The only types to find."))
    .addOption(
      listOption(
        "--countries <list>",
        "Where the texts come from, such as DE,AT. National numbers and phone numbers of these countries need no word such as phone nearby.",
      ),
    )
    .addOption(
      listedPairs(
        "--types <list>",
        "What types of the model are called: private_person=PERSON,LOC=PLACE. Usual names are known.",
      ),
    )
    .addOption(
      shareOption("--threshold <score>", "Leave out entities of the model with a lower score. Default: 0."),
    )
    .option("--allow <file>", "Texts that are never redacted, one per line.")
    .addOption(
      byTypeOption(
        "--terms <type=file>",
        "Texts that are always redacted, one per line. Can be given again.",
        (text) => text,
      ),
    )
    .addOption(
      byTypeOption(
        "--pattern <type=regex>",
        "A regular expression for what to redact, such as EMPLOYEE=EMP-\\d{6}. Can be given again.",
        (text) => text,
      ),
    )
    .optionsGroup("What to put in place:")
    .addOption(operatorOption())
    .addOption(
      choiceOption(
        "--numbers <scope>",
        ["document", "all"],
        "Where placeholders count from 1: in each document, or once for all. Default: document, and all with --map.",
      ),
    )
    .option(
      "--key <file>",
      "File with a secret of 16 bytes or more, for hash, encrypt, --map, and pseudonyms that stay the same.",
    )
    .option(
      "--map <file>",
      "Write placeholders and their values to this file, encrypted with the key, for nerium restore.",
    )
    .optionsGroup("Output:")
    .option("--output <path>", "File, or folder for several files. Default: standard output.")
    .option(
      "--force",
      "Overwrite the file of --output, files that nerium redact has written to its folder, and the map.",
    )
    .optionsGroup("Performance:")
    .addOption(dtypeOption())
    .addOption(engineOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(quietOption())
    .action(async (model: string | undefined, sources: string[], flags: RedactFlags) => {
      if (flags.patternsOnly)
        return redact(undefined, model === undefined ? [] : [model, ...sources], flags, io);
      if (model === undefined)
        throw badUsage({
          what: "MODEL is missing",
          hint: "Give a model, or --patterns-only.",
          command: COMMAND,
        });
      return redact(model, sources, flags, io);
    });
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

/** An option with several pairs: `a=B,c=D`. */
function listedPairs(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((text) =>
    Object.fromEntries(
      text.split(",").map((pair) => {
        const [name, type] = pair.split("=").map((part) => part.trim());
        if (!name || !type) throw badValue(option.long!, text, "NAME=TYPE,NAME=TYPE");
        return [name, type];
      }),
    ),
  );
}

async function redact(
  name: string | undefined,
  sources: readonly string[],
  flags: RedactFlags,
  io: Io,
): Promise<void> {
  requireEffect(flags);
  const { allow, terms = {}, key, map, force = false } = flags;
  const { from, output } = flags;
  const documents = await documentsOf(
    sources,
    { from, output, command: `${COMMAND} MODEL`, writer: "redact" },
    io,
  );
  const read = [allow, ...Object.values(terms), key].filter((file) => file !== undefined);
  if (map !== undefined)
    await checkFile(map, [...read, ...documents.all.flatMap(({ file }) => file ?? [])], force);
  const { Redactor, readerOf, redactSettings, requireCountries } = await import("../../redact/index.js");
  // Options are checked before the model is loaded.
  const options = await optionsOf(flags);
  const settings = await asUsage(async () => {
    const checked = redactSettings(COMMAND, options);
    await requireCountries(checked);
    return checked;
  });
  const writer = await documentWriter(
    documents,
    { output, force, others: [...read, map], writer: "redact" },
    io,
  );
  const progress = new Progress(documents.all, flags.quiet ? undefined : io);
  const counts = new Map<string, number>();
  const left: LeftCounts = { number: 0, key: 0 };
  let ner: Ner | undefined;
  try {
    if (name !== undefined) ner = await loaded(name, flags, io);
    const redactor = await asUsage(() => Redactor.load(ner, settings));
    for (const document of documents.all) {
      const listener = {
        onEntity: ({ type }: { type: string }) => counts.set(type, (counts.get(type) ?? 0) + 1),
        onLeft: (kind: keyof LeftCounts) => left[kind]++,
      };
      const parts = progress.counted(document.parts());
      const read = await readerOf(document.format, document.name);
      await writer.write(document, redactor.document(parts, listener, read));
    }
    if (map !== undefined) await writeWhole(map, redactor.map!);
  } finally {
    progress.end();
    await writer.release();
    await ner?.dispose();
  }
  if (flags.quiet) return;
  printNotes(io, [summary(counts, left), ...notReplaced(left), ...leftOut(documents)]);
}

const optionsOf = async (flags: RedactFlags): Promise<RedactOptions> => ({
  ...{ include: flags.include, exclude: flags.exclude, only: flags.only, countries: flags.countries },
  ...{ types: flags.types, threshold: flags.threshold, patterns: flags.pattern, operators: flags.operator },
  allow: flags.allow === undefined ? undefined : await linesOf(flags.allow),
  terms: flags.terms && Object.fromEntries(await Promise.all(Object.entries(flags.terms).map(termsOf))),
  key: flags.key === undefined ? undefined : await wholeFile(flags.key),
  map: flags.map !== undefined,
  numbers: flags.numbers ?? (flags.map === undefined ? "document" : "all"),
});

const termsOf = async ([type, file]: [string, string]) => [type, await linesOf(file)] as const;

const linesOf = async (file: string): Promise<string[]> =>
  (await wholeFile(file))
    .toString("utf8")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** Refuses options that would be ignored. */
function requireEffect(flags: RedactFlags): void {
  const { patternsOnly, only, key, map, operator = {} } = flags;
  const ignored = (what: string, hint: string) => badUsage({ what, hint, command: COMMAND });
  for (const name of ["types", "threshold"] as const)
    if (patternsOnly && flags[name] !== undefined)
      throw ignored(
        `--${name} has no effect with --patterns-only`,
        "It is for what a model finds: give a model, or leave it out.",
      );
  for (const name of ["include", "exclude"] as const)
    if (only !== undefined && flags[name] !== undefined)
      throw ignored(`--${name} has no effect with --only`, "Name all types to find with --only.");
  const keyed = Object.values(operator).some((each) =>
    KEYED.has(typeof each === "string" ? each : each.type),
  );
  if (key !== undefined && map === undefined && !keyed)
    throw ignored(
      "--key has no effect without --map",
      `Placeholders can be restored with --map FILE. The key is also for --operator ${[...KEYED].join(", ")}.`,
    );
}

/** Operators that use a key. */
const KEYED: ReadonlySet<string> = new Set(["encrypt", "hash", "pseudonym"]);

/** Options of the library with other names on the command line. */
const FLAGS: Readonly<Record<string, string>> = { operators: "operator", patterns: "pattern" };

/** Turns an error about an option of the library into one about the command line. */
async function asUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isNeriumError(error) || error.code !== "REDACT_OPTION_INVALID") throw error;
    const { message, where = "", commandRemedy: hint } = error;
    const option = where.split(".")[0]!;
    throw badUsage({ what: `${message} (--${FLAGS[option] ?? option})`, hint, command: COMMAND });
  }
}

async function loaded(name: string, flags: RedactFlags, io: Io): Promise<Ner> {
  const { load } = await import("../../infer/pipeline.js");
  return load(name, {
    ...{ threads: flags.threads, dtype: flags.dtype, engine: flags.engine, device: flags.device },
    onDownload: downloadListener(io, flags),
    onWarning: warningListener(io),
  });
}

/** In how many numbers and keys of JSON patterns found something: these stay. */
type LeftCounts = Record<"number" | "key", number>;

/** What was replaced, in numbers: no text of a document is ever shown. */
function summary(counts: ReadonlyMap<string, number>, left: LeftCounts): string {
  const total = [...counts.values()].reduce((sum, each) => sum + each, 0);
  if (total === 0) return left.number + left.key === 0 ? "nothing found" : "nothing replaced";
  const types = [...counts].sort(([, a], [, b]) => b - a).map(([type, number]) => `${type} ${number}`);
  return `${counted(total, "value")} replaced: ${types.join(", ")}`;
}

function notReplaced({ number, key }: LeftCounts): string[] {
  const places = [
    ...(number === 0 ? [] : [`${counted(number, "value")} in numbers`]),
    ...(key === 0 ? [] : [`${number === 0 ? counted(key, "value") : key} in keys`]),
  ];
  return places.length === 0 ? [] : [`${places.join(" and ")}: not replaced, only text values change`];
}

/** The status line: how much of the documents has been read. */
class Progress {
  private readonly screen: Screen | undefined;
  private readonly total: number;
  private done = 0;

  constructor(documents: readonly Document[], io: Io | undefined) {
    this.screen = io && !io.stdout.isTTY ? new Screen(io.stderr, io.env) : undefined;
    this.total = documents.reduce((sum, { bytes }) => sum + (bytes ?? Number.NaN), 0);
  }

  async *counted(parts: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const part of parts) {
      this.done += Buffer.byteLength(part);
      const share = this.done / this.total;
      this.screen?.status(() =>
        Number.isNaN(share)
          ? `redacting  ${(this.done / 1e6).toFixed(1)} MB`
          : `redacting  ${Math.min(100, Math.floor(share * 100))}%`,
      );
      yield part;
    }
  }

  end(): void {
    this.screen?.clear();
  }
}
