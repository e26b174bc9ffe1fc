import type { TagOptions } from "../tags/readTags.js";
import type { OpenOptions } from "./open.js";
import { READING_OPTIONS } from "./optionKinds.js";

/** How to read data files: the options for that, without listeners. */
export type ReadingChoices = Omit<OpenOptions & TagOptions, "onNote" | "onProblem">;

const CHOICES = Object.entries(READING_OPTIONS)
  .filter(([, kind]) => kind !== "a function")
  .map(([name]) => name as keyof ReadingChoices);

/** Returns those of the options that say how to read data files and that are set. */
export const readingChoices = (
  options: { readonly [Key in keyof ReadingChoices]?: ReadingChoices[Key] | undefined },
): ReadingChoices =>
  Object.fromEntries(
    CHOICES.map((key) => [key, options[key]] as const).filter(([, value]) => value !== undefined),
  );
