import { NeriumError } from "../errors.js";

/** The numbers of gold and predicted sentences, or of their tags, differ. `sentence` counts from 1. */
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

/** A tag is an empty string. `sentence` counts from 1. */
export function emptyTag(sentence: number): NeriumError {
  return new NeriumError("EVALUATE_TAG_EMPTY", "A tag is empty.", {
    where: `sentence ${sentence}`,
    remedy: "Tag words outside every entity with O.",
  });
}

/** In strict mode, a tag has a prefix that is not in the scheme. `sentence` counts from 1. */
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

/** Strict mode is requested without a scheme, and seqeval cannot detect the scheme of the gold tags. */
export function schemeNotRecognised(prefixes: readonly string[]): NeriumError {
  return new NeriumError(
    "EVALUATE_SCHEME_UNKNOWN",
    `The scheme of the tags can't be told from their prefixes (${prefixes.join(", ") || "there are none"}).`,
    { remedy: "Name the scheme: IOB1, IOB2, IOE1, IOE2, IOBES or BILOU." },
  );
}
