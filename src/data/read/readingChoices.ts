import type { ReadOptions } from "./readDataset.js";

/** The options that say how to read data files, by the names that they have everywhere. */
const READING_CHOICES = [
  "format",
  "tokenColumn",
  "tagColumn",
  "textKey",
  "delimiter",
  "labels",
  "offsets",
  "policy",
  "tagScheme",
  "badTags",
  "ignoreTags",
] as const satisfies readonly (keyof ReadOptions)[];

/** How to read data files. */
export type ReadingChoices = Pick<ReadOptions, (typeof READING_CHOICES)[number]>;

/** Returns those of the options that say how to read data files and that are set. */
export const readingChoices = (
  options: {
    readonly [Key in keyof ReadingChoices]?: ReadingChoices[Key] | undefined;
  },
): ReadingChoices =>
  Object.fromEntries(
    READING_CHOICES.map((key) => [key, options[key]] as const).filter(([, value]) => value !== undefined),
  );
