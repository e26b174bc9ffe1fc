import { join } from "node:path";
import { parseJson, readWholeText, writeJson } from "../files/index.js";

/** A hidden file of the output folder, so that it is not uploaded with the model. */
const fileOf = (output: string, tracker: string): string => join(output, `.${tracker}.json`);

/** Returns what a tracker recorded in the output folder of a run, or `undefined`. */
export async function readRecord(output: string, tracker: string): Promise<unknown> {
  try {
    return parseJson(await readWholeText(fileOf(output, tracker)));
  } catch {
    return undefined;
  }
}

/** Records where the figures of a run go, so that a resumed run continues there. */
export const writeRecord = (output: string, tracker: string, record: object): Promise<void> =>
  writeJson(fileOf(output, tracker), record);
