import { NeriumError } from "../errors.js";

/** The files of a report have no sentences. */
export const nothingToReport = (files: readonly string[]): NeriumError =>
  new NeriumError("REPORT_NO_SENTENCES", "The files contain no sentences", {
    where: files.join(", "),
    remedy: "Give a file of sentences with a tag for each word.",
  });
