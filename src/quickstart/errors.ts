import { NeriumError } from "../errors.js";
import { modelTypes } from "../models/index.js";

/** There is no such family of encoders. */
export const familyUnknown = (name: string): NeriumError =>
  new NeriumError("QUICKSTART_FAMILY", `Unknown family of encoders: ${name}`, {
    where: "--family",
    remedy: `Use one of ${modelTypes.join(", ")}.`,
  });

/** A quickstart was asked to write to a folder that already has a model, perhaps of an interrupted run. */
export function quickstartOutputExists(folder: string): NeriumError {
  return new NeriumError("QUICKSTART_OUTPUT_EXISTS", "The output folder already contains a model or a run", {
    where: folder,
    remedy: "Add --overwrite-output-dir to start again from the beginning, or choose another --output.",
  });
}
