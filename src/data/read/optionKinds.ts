import type { OptionKinds } from "../../options.js";
import type { FormatOptions } from "../formats/format.js";
import type { TagOptions } from "../tags/readTags.js";
import type { OpenOptions } from "./open.js";

/** The options for reading data files, with what their values must be. */
export const READING_OPTIONS: OptionKinds<OpenOptions & FormatOptions & TagOptions> = {
  format: "a text",
  tokenColumn: "a number or a text",
  tagColumn: "a number or a text",
  delimiter: "a text",
  labels: "a list of texts",
  textKey: "a text",
  offsets: "a text",
  policy: "a text",
  onProblem: "a function",
  onNote: "a function",
  tagScheme: "a text",
  badTags: "a text",
  ignoreTags: "a list of texts",
};
