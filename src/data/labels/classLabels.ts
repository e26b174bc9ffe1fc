import { z } from "zod";

/** Names of the class labels of each column, in the order of their numbers. */
export type ClassLabels = ReadonlyMap<string, readonly string[]>;

const classLabel = z.object({ _type: z.literal("ClassLabel"), names: z.array(z.string()) });
const column = z.union([
  z.object({ _type: z.enum(["Sequence", "List", "LargeList"]), feature: classLabel }),
  z.tuple([classLabel]), // How lists were written before datasets 4.
]);
const described = z.object({ info: z.object({ features: z.record(z.string(), z.unknown()) }) });

/** The metadata key of a file under which `datasets` describes its columns. */
export const FEATURES = "huggingface";

/**
 * Returns the names of the class labels in list columns, as Python's `datasets` describes them in the
 * metadata of Parquet and Arrow files, under {@link FEATURES}. Empty if there are none.
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
