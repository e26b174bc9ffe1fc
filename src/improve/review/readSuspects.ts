import { attempt, readWholeText } from "../../files/index.js";
import { suspectsInvalid } from "../errors.js";
import type { FoundSuspects } from "../suspects/findSuspects.js";

/**
 * Reads the result of a search for label errors.
 *
 * @throws NeriumError IMPROVE_SUSPECTS_INVALID, `FILES_…`
 */
export async function readSuspects(file: string): Promise<FoundSuspects> {
  const text = await attempt(file, "read", () => readWholeText(file));
  let found: Partial<FoundSuspects> | null;
  try {
    found = JSON.parse(text) as typeof found;
  } catch {
    throw suspectsInvalid(file, "It is not valid JSON");
  }
  const isRight =
    found?.schema_version === 1 &&
    Array.isArray(found.suspects) &&
    Array.isArray(found.labels) &&
    typeof found.train === "string" &&
    typeof found.reading === "object" &&
    typeof found.formats === "object" &&
    found.formats !== null;
  if (!isRight) throw suspectsInvalid(file, "It is not the result of a search for label errors");
  if (found!.renamed === true)
    throw suspectsInvalid(
      file,
      "The entity types were renamed (label_map), so that they are not those of the data",
    );
  return found as FoundSuspects;
}
