import { counted } from "../counted.js";
import { NeriumError, typeName } from "../errors.js";

/** A pipeline is given something that is neither a text nor words nor sentences of words. */
export function inputInvalid(input: unknown, place: string): NeriumError {
  const { what, where } = wordsProblem(input, place) ?? {
    what: `The input must be a text, not ${typeName(input)}`,
    where: place,
  };
  return new NeriumError("INFER_INPUT_INVALID", what, {
    where,
    remedy:
      'Give a string, { words: ["…", "…"] } for a sentence that is already split into words, { sentences: [["…"], ["…"]] } for a document, or a list of these.',
  });
}

/** Says what is wrong with the words of `{ words }`; `undefined` if the input has no words. */
function wordsProblem(input: unknown, place: string): { what: string; where: string } | undefined {
  if (typeof input !== "object" || input === null || !("words" in input)) return undefined;
  const { words } = input;
  if (!Array.isArray(words))
    return { what: `words must be a list of texts, not ${typeName(words)}`, where: `${place}: words` };
  const at = words.findIndex((word) => typeof word !== "string");
  return { what: `A word must be a text, not ${typeName(words[at])}`, where: `${place}: words[${at}]` };
}

/** An option of a call has an invalid value. */
export function optionInvalid(name: string, value: unknown, allowed: string): NeriumError {
  return new NeriumError("INFER_OPTION_INVALID", `${name} must be ${allowed}, not ${String(value)}`, {
    where: name,
  });
}

/** A pipeline is called after `dispose()`. */
export function pipelineDisposed(folder: string): NeriumError {
  return new NeriumError("INFER_DISPOSED", "The model is used after dispose()", {
    where: folder,
    remedy: "Call dispose() after the last text, or load the model again.",
  });
}

/** The requested windows are longer than the model has positions for. */
export function lengthBeyondModel(asked: number, most: number): NeriumError {
  return new NeriumError(
    "INFER_LENGTH_BEYOND_MODEL",
    `The window length is ${counted(asked, "token")}, but the maximum of the model is ${most}`,
    {
      where: "maxLength",
      remedy: `Set it to at most ${most}, or omit it. Long sentences are split into windows.`,
    },
  );
}

/** A data file is to be scored, but a sentence in it has no tags. */
export function goldTagsMissing(file: string, line: number): NeriumError {
  return new NeriumError("INFER_TAGS_MISSING", "The sentence has no tags to score against", {
    where: `${file}:${line}`,
    remedy: "Give a file with a tag for each word, or name the column of the tags with --tag-column.",
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
    remedy: labels.every((label) => /^LABEL_\d+$/.test(label))
      ? `The model has only the placeholders ${labels.join(", ")}, so it was not fine-tuned for entities. Fine-tune it first with nerium train.`
      : `The labels of the model are ${labels.join(", ")}. Rename the tags, or use data with these entity types.`,
  });
}
