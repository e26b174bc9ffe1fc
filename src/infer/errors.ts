import { NeriumError } from "../errors.js";

/**
 * A pipeline is given something that is neither a text nor words. `index` counts from 0; without it, the
 * input itself is meant.
 */
export function inputInvalid(input: unknown, index?: number): NeriumError {
  const kind = input === null ? "null" : Array.isArray(input) ? "a list" : `of type ${typeof input}`;
  return new NeriumError("INFER_INPUT_INVALID", `The text is ${kind}, not a string`, {
    where: index === undefined ? "input" : `input ${index}`,
    remedy:
      'Give a string, or { words: ["…", "…"] } for a sentence that is split into words, or a list of these.',
  });
}

/** An option of a call has an invalid value. */
export function optionInvalid(name: string, value: unknown, allowed: string): NeriumError {
  return new NeriumError("INFER_OPTION_INVALID", `${name} is ${String(value)}`, {
    where: name,
    remedy: `${name} must be ${allowed}.`,
  });
}

/** A call has an option that does not exist. */
export function optionUnknown(name: string, known: readonly string[]): NeriumError {
  return new NeriumError("INFER_OPTION_UNKNOWN", `There is no option ${name}`, {
    where: name,
    remedy: `The options are ${known.join(", ")}.`,
  });
}

/** A pipeline is called after `dispose()`. */
export function pipelineDisposed(folder: string): NeriumError {
  return new NeriumError("INFER_DISPOSED", "The model has been disposed of: its memory is given back", {
    where: folder,
    remedy: "Call dispose() after the last text, or load the folder again.",
  });
}

/** The requested windows are longer than the model has positions for. */
export function lengthBeyondModel(asked: number, most: number): NeriumError {
  return new NeriumError(
    "INFER_LENGTH_BEYOND_MODEL",
    `Sequences of ${asked} tokens are asked for; the model takes at most ${most}`,
    { where: "maxLength", remedy: `Give at most ${most}, or leave it out: long sentences become windows.` },
  );
}

/** A data file is to be scored, but a sentence in it has no tags. */
export function goldTagsMissing(file: string, line: number): NeriumError {
  return new NeriumError("INFER_TAGS_MISSING", "The sentence has no tags, so nothing can be scored", {
    where: `${file}:${line}`,
    remedy: "Give a file with one tag a word, or name the column that holds the tags.",
  });
}

/** A data file has a tag for which the model has no label. `line` is the line where the sentence begins. */
export function tagUnknownToModel(found: {
  readonly file: string;
  readonly line: number;
  readonly tag: string;
  readonly labels: readonly string[];
}): NeriumError {
  const { file, line, tag, labels } = found;
  return new NeriumError("INFER_TAG_UNKNOWN", `The model has no label for the tag ${tag}`, {
    where: `${file}:${line}`,
    remedy: `Its labels are ${labels.join(", ")}. Evaluate on data with these entity types, or rename the tags.`,
  });
}
