import { type Command, Option } from "commander";
import type { AggregationStrategy } from "../infer/index.js";
import type { Dtype } from "../models/weights/inferenceWeights.js";
import { fits, kindText, type OptionKind, THREADS } from "../optionKinds.js";
import { deviceNames } from "../runtime/combinations.js";
import { engineNames } from "../runtime/engineNames.js";
import type { Context } from "../tasks/tokenClassification/examples/sentenceRanges.js";
import type { Decoding } from "../tasks/tokenClassification/index.js";
import type { WordRules } from "../text/wordRules.js";
import { badValue } from "./errors.js";

/** An option that takes one of some words. */
export function choiceOption(flags: string, choices: readonly string[], description: string): Option {
  const option = new Option(flags, description).choices(choices);
  return option.argParser((text) => {
    if (choices.includes(text)) return text;
    throw badValue(option.long!, text, `one of ${choices.join(", ")}`);
  });
}

/**
 * An option for what offsets count. Both spellings of UTF-16 are accepted.
 *
 * @param utf16 the spelling of the function that gets the value; readers of data know bytes too
 */
export function offsetsOption(description: string, utf16: "utf16" | "utf-16"): Option {
  const option = choiceOption(
    "--offsets <unit>",
    ["utf-16", "code-points", ...(utf16 === "utf16" ? ["bytes"] : [])],
    description,
  );
  const parse = option.parseArg!;
  return option.argParser((text) => {
    const value = parse(text === "utf16" ? "utf-16" : text, undefined);
    return value === "utf-16" ? utf16 : value;
  });
}

const SHARE = "a number from 0 to 1";

/** An option that takes a number, of the kind that the option of the library has. */
export function numberOption(flags: string, kind: OptionKind, description: string): Option {
  const option = new Option(flags, description);
  return option.argParser((text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    // Whole numbers are digits and nothing else: not 1e3, not 0x10.
    if (fits(value, kind) && (kind === SHARE || /^\d+$/.test(text))) return value;
    throw badValue(option.long!, text, kindText(kind));
  });
}

/** An option that takes a whole number. */
export const wholeNumberOption = (flags: string, least: 0 | 1 | 3, description: string): Option =>
  numberOption(flags, `a whole number of ${least} or more`, description);

/** An option that takes a number from 0 to 1. */
export const shareOption = (flags: string, description: string): Option =>
  numberOption(flags, SHARE, description);

export const threadsOption = (): Option =>
  numberOption("--threads <number>", THREADS, "CPU threads. Default: all that this process may use.");

export const dtypeOption = (): Option =>
  choiceOption(
    "--dtype <dtype>",
    ["fp32", "bf16", "q8", "int8"] satisfies Dtype[],
    "Number format of the computation: bf16 needs the device cuda, or OpenVINO and a CPU that has it, q8 uses 8 bits in blocks and is nearly exact, int8 uses 8 bits and is the fastest. Default: fp32.",
  );

export const engineOption = (): Option =>
  choiceOption(
    "--engine <engine>",
    engineNames,
    "What computes: onnxruntime, or openvino, which must be installed. Default: auto, which is onnxruntime, or openvino for bf16.",
  );

export const deviceOption = (): Option =>
  choiceOption(
    "--device <device>",
    deviceNames,
    "Where it computes: cpu; auto, a discrete GPU where there is one that can be used, otherwise the CPU; webgpu, a GPU that ONNX Runtime reaches through WebGPU, in fp32; or cuda, a GPU of NVIDIA (cuda:1 is the second one), for which onnxruntime-gpu must be installed. Default: cpu.",
  );

export const contextOption = (): Option =>
  choiceOption(
    "--context <context>",
    ["none", "document"] satisfies Context[],
    "What the model sees around a word: its sentence (none) or its document. Default: as in training.",
  );

export const maxSeqLengthOption = (): Option =>
  wholeNumberOption(
    "--max-seq-length <number>",
    3,
    "Maximum number of tokens in a window. Default: the model's maximum, or with --context document the length in its config.json.",
  );

/** Options for splitting texts into words. */
export const wordRuleOptions = (standard: string): Option[] => [
  choiceOption(
    "--unspaced-words <unit>",
    ["words", "characters"] satisfies WordRules["unspaced"][],
    `Words of scripts without spaces, such as Chinese: words of a dictionary, or single characters. Default: ${standard}.`,
  ),
  choiceOption(
    "--hyphens <rule>",
    ["join", "split"] satisfies WordRules["hyphens"][],
    `Whether a hyphen belongs to the word around it (join), or is a word of its own (split). Default: ${standard}.`,
  ),
];

/** Flags of {@link wordRuleOptions}. */
export interface WordRuleFlags {
  readonly unspacedWords?: WordRules["unspaced"];
  readonly hyphens?: WordRules["hyphens"];
}

export const decodingOption = (): Option =>
  choiceOption(
    "--decoding <decoding>",
    ["argmax", "viterbi"] satisfies Decoding[],
    "How labels are chosen: argmax takes the most probable label of each word, viterbi the most probable sequence that the tag scheme allows. Default: argmax, or viterbi for CRF models.",
  );

export const jsonOption = (): Option =>
  new Option(
    "--json",
    "Print the result as one JSON object to standard output; progress and warnings go to standard error.",
  );

export const quietOption = (): Option =>
  new Option("--quiet", "Show no progress, only warnings and errors.").helpGroup("General:");

/** An option for several seeds: a model is trained for each. */
export const seedsOption = (description: string): Option =>
  new Option("--seeds <list>", description).argParser(seedsOf);

function seedsOf(text: string): number[] {
  const seeds = text.split(",").map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  const isRight = seeds.every((seed) => seed < 2 ** 32) && new Set(seeds).size === seeds.length;
  if (!isRight) throw badValue("--seeds", text, "different whole numbers separated by commas, such as 1,2,3");
  return seeds;
}

/** An option that takes a list of texts, separated by commas. */
export const listOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text) => text.split(",").map((part) => part.trim()));

const STRATEGIES = ["none", "simple", "first", "average", "max"] as const satisfies AggregationStrategy[];

/** Adds the options for how a model's scores become entities. */
export const withDecodingOptions = (command: Command): Command =>
  command
    .optionsGroup("Decoding:")
    .addOption(decodingOption())
    .addOption(
      choiceOption(
        "--aggregation-strategy <strategy>",
        STRATEGIES,
        "Group tokens into entities as Python's pipeline does. Default: whole words, by the model's tag scheme.",
      ),
    )
    .addOption(shareOption("--threshold <score>", "Leave out entities with a lower score. Default: 0."))
    .addOption(
      listOption(
        "--labels <list>",
        "Entity types to keep, such as PER,LOC. With --aggregation-strategy none: labels, such as B-PER.",
      ),
    )
    .addOption(listOption("--ignore-labels <list>", "Entity types, or labels, to leave out."));
