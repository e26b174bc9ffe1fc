import { z } from "zod";

/** Names of class labels by column, in the order of their numbers. */
export type ClassLabels = ReadonlyMap<string, readonly string[]>;

const classLabel = z.object({ _type: z.literal("ClassLabel"), names: z.array(z.string()) });
const column = z.union([
  z.object({ _type: z.enum(["Sequence", "List", "LargeList"]), feature: classLabel }),
  z.tuple([classLabel]), // Lists as they were written until datasets 3.
]);
const described = z.object({ info: z.object({ features: z.record(z.string(), z.unknown()) }) });

/** The key of a file's metadata under which `datasets` describes its columns. */
export const FEATURES = "huggingface";

/**
 * Names of the class labels in columns of lists, as Python's `datasets` describes them in the metadata of Parquet and Arrow
 * files, under {@link FEATURES}. Empty where there are none.
 */
export function classLabelsIn(metadata: string | undefined): ClassLabels {
  const found = new Map<string, readonly string[]>();
  for (const [name, feature] of Object.entries(featuresIn(metadata))) {
    const parsed = column.safeParse(feature);
    if (!parsed.success) continue;
    found.set(name, Array.isArray(parsed.data) ? parsed.data[0].names : parsed.data.feature.names);
  }
  return found;
}

function featuresIn(text: string | undefined): Record<string, unknown> {
  try {
    return described.parse(JSON.parse(text ?? "")).info.features;
  } catch {
    return {};
  }
}
