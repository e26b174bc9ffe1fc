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
    `There are ${gold} gold ${unit}, but ${predicted} predicted ${unit}`,
    {
      ...(sentence !== undefined && { where: `sentence ${sentence}` }),
      remedy: "Give one predicted tag for each gold tag, in the same sentences.",
    },
  );
}

/** A tag is an empty string. `sentence` counts from 1. */
export function emptyTag(sentence: number): NeriumError {
  return new NeriumError("EVALUATE_TAG_EMPTY", "A tag is empty", {
    where: `sentence ${sentence}`,
    remedy: "Use the tag O for words outside of entities.",
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
  return new NeriumError("EVALUATE_TAG_NOT_IN_SCHEME", `"${tag}" is not a tag of the scheme ${scheme}`, {
    where: `sentence ${sentence}`,
    remedy: `The prefixes of ${scheme} are ${[...prefixes].join(", ")}. Set scheme to that of the tags, or use the default mode.`,
  });
}

/** Strict mode is requested without a scheme, and seqeval cannot detect the scheme of the gold tags. */
export function schemeNotRecognised(prefixes: readonly string[]): NeriumError {
  return new NeriumError(
    "EVALUATE_SCHEME_UNKNOWN",
    `Could not detect the tag scheme from the prefixes (${prefixes.join(", ") || "there are none"})`,
    {
      remedy:
        "Set scheme to IOB1, IOB2, IOE1, IOE2, IOBES or BILOU, or use the default mode (nerium compare without --strict).",
    },
  );
}
