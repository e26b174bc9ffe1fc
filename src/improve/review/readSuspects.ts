import { z } from "zod";
import { attempt, readWholeText } from "../../files/index.js";
import { suspectsInvalid } from "../errors.js";
import type { FoundSuspects } from "../suspects/suspects.js";

const index = z.int().min(0);
const texts = z.array(z.string());
const span = z.looseObject({ type: z.string(), start: index, end: index });

/** What a review needs of the result. The rest is as the search has written it. */
const schema = z.looseObject({
  schema_version: z.literal(1),
  train: z.string(),
  labels: texts,
  reading: z.looseObject({}),
  formats: z.record(z.string(), z.string()),
  renamed: z.boolean().optional(),
  suspects: z.array(
    z
      .looseObject({
        ...{ sentence: index, file: z.string(), word: index, line: index, score: z.number() },
        ...{ words: texts, gold: texts, proposed: texts },
        suspects: z.array(z.looseObject({ index })),
        spans: z.array(z.looseObject({ kind: z.string(), gold: span.optional(), proposed: span.optional() })),
      })
      .refine(
        ({ words, gold, proposed, suspects }) =>
          gold.length === words.length &&
          proposed.length === words.length &&
          suspects.every((each) => each.index < words.length),
      ),
  ),
});

/**
 * Reads the result of a search for label errors.
 *
 * @throws NeriumError IMPROVE_SUSPECTS_INVALID, `FILES_…`
 */
export async function readSuspects(file: string): Promise<FoundSuspects> {
  const text = await attempt(file, "read", () => readWholeText(file));
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw suspectsInvalid(file, "It is not valid JSON");
  }
  const { data, error } = schema.safeParse(read);
  if (error !== undefined) {
    const path = error.issues[0]!.path.join(".");
    const where = path === "" ? "" : `; see ${path}`;
    throw suspectsInvalid(file, `It is not the result of a search for label errors${where}`);
  }
  if (data.renamed === true)
    throw suspectsInvalid(
      file,
      "The entity types were renamed (label_map), so that they are not those of the data",
    );
  return data as unknown as FoundSuspects;
}
