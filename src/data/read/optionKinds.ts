import type { OptionKinds } from "../../options.js";
import type { WordRules } from "../../text/wordRules.js";
import type { FormatOptions } from "../formats/format.js";
import { OFFSET_UNITS } from "../spans/offsetUnit.js";
import { SPAN_POLICIES } from "../spans/spanProblem.js";
import type { TagOptions } from "../tags/readTags.js";
import { BAD_TAG_POLICIES, TAG_SCHEMES } from "../tags/tagReading.js";
import type { OpenOptions } from "./open.js";

/** The rules for words, with their values. */
export const WORD_RULES: OptionKinds<WordRules> = {
  unspaced: ["words", "characters"],
  hyphens: ["join", "split"],
};

/** The options for reading data files, with what their values must be. */
export const READING_OPTIONS: OptionKinds<OpenOptions & FormatOptions & TagOptions> = {
  format: "a text",
  tokenColumn: "a whole number or a text",
  tagColumn: "a whole number or a text",
  delimiter: "a text that is not empty",
  labels: "a list of texts",
  textKey: "a text",
  offsets: OFFSET_UNITS,
  policy: SPAN_POLICIES,
  onProblem: "a function",
  onNote: "a function",
  tagScheme: TAG_SCHEMES,
  badTags: BAD_TAG_POLICIES,
  ignoreTags: "a list of texts",
};
