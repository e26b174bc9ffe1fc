import type { Sentence } from "../../text/sentence.js";
import { jsonLines } from "../formats/json/jsonLines.js";
import { writeParts } from "./convert.js";

/**
 * Writes sentences as JSON Lines with tokens and tags, completely or not at all.
 *
 * @throws NeriumError `FILES_…`
 */
export const writeSentences = (file: string, sentences: readonly Sentence[]): Promise<void> =>
  writeParts(file, jsonLines, jsonLines.write!(sentences, {}));
