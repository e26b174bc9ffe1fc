import { snakeCase } from "../../recipe/spelling.js";
import type { Start } from "../tracker.js";
import type { Pair } from "./run.js";

/** Characters that a value may have: MLflow's `MAX_PARAM_VAL_LENGTH`. */
const LONGEST = 6000;

/**
 * Returns the parameters of a run: its recipe by HF's names, and what it was made of. `tooLong` are the names of
 * those that MLflow could not store.
 */
export function params(start: Start): {
  readonly params: readonly Pair[];
  readonly tooLong: readonly string[];
} {
  const { card: _, ...fields } = start.recipe;
  const { labels, trainSentences, validationSentences, testSentences, totalSteps, parameters, threads } =
    start;
  const facts = { trainSentences, validationSentences, testSentences, totalSteps, parameters, threads };
  const all = Object.entries({ ...fields, ...facts, labels }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ key: snakeCase(name), value: written(value) }],
  );
  const isLong = ({ value }: Pair) => value.length > LONGEST;
  return { params: all.filter((each) => !isLong(each)), tooLong: all.filter(isLong).map(({ key }) => key) };
}

const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
