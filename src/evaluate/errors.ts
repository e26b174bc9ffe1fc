import { NeriumError } from "../errors.js";

/** Two lists of tags that should stand beside each other have different lengths. `sentence` counts from 1. */
export function lengthMismatch(found: {
  readonly gold: number;
  readonly predicted: number;
  readonly sentence?: number;
}): NeriumError {
  const { gold, predicted, sentence } = found;
  const unit = sentence === undefined ? "sentences" : "tags";
  return new NeriumError(
    "EVALUATE_LENGTH_MISMATCH",
    `There are ${gold} gold ${unit} and ${predicted} predicted ${unit}.`,
    {
      ...(sentence !== undefined && { where: `sentence ${sentence}` }),
      remedy: "Give one predicted tag for each gold tag, sentence by sentence.",
    },
  );
}

/** A tag is the empty string, which stands for nothing. `sentence` counts from 1. */
export function emptyTag(sentence: number): NeriumError {
  return new NeriumError("EVALUATE_TAG_EMPTY", "A tag is empty.", {
    where: `sentence ${sentence}`,
    remedy: "Tag words outside every entity with O.",
  });
}

/** Strict mode met a tag whose prefix the scheme does not have. `sentence` counts from 1. */
export function tagNotInScheme(found: {
  readonly tag: string;
  readonly scheme: string;
  readonly prefixes: string;
  readonly sentence: number;
}): NeriumError {
  const { tag, scheme, prefixes, sentence } = found;
  return new NeriumError("EVALUATE_TAG_NOT_IN_SCHEME", `"${tag}" is no tag of the scheme ${scheme}.`, {
    where: `sentence ${sentence}`,
    remedy: `${scheme} has the prefixes ${[...prefixes].join(", ")}. Name the scheme that the tags are in, or score in default mode.`,
  });
}

/** Strict mode was asked for without a scheme, and the gold tags fit none, or more than seqeval tells apart. */
export function schemeNotRecognised(prefixes: readonly string[]): NeriumError {
  return new NeriumError(
    "EVALUATE_SCHEME_UNKNOWN",
    `The scheme of the tags can't be told from their prefixes (${prefixes.join(", ") || "there are none"}).`,
    { remedy: "Name the scheme: IOB1, IOB2, IOE1, IOE2, IOBES or BILOU." },
  );
}
