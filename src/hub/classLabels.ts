import { asyncBufferFromFile, parquetMetadataAsync } from "hyparquet";
import { z } from "zod";

const classLabel = z.object({ _type: z.literal("ClassLabel"), names: z.array(z.string()) });
const column = z.union([
  z.object({ _type: z.enum(["Sequence", "List", "LargeList"]), feature: classLabel }),
  z.tuple([classLabel]), // Lists as they were written until datasets 3.
]);
const schema = z.object({ info: z.object({ features: z.record(z.string(), z.unknown()) }) });

/**
 * Names of the class labels in a Parquet file's columns of lists, in the order of their numbers, as Python's `datasets`
 * writes them into the file's metadata. Empty where there are none.
 */
export async function classLabels(file: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { key_value_metadata: entries = [] } = await parquetMetadataAsync(
    await asyncBufferFromFile(file),
  ).catch(
    () => ({ key_value_metadata: undefined }), // What is wrong with the file is told when its sentences are read.
  );
  const text = entries.find(({ key }) => key === "huggingface")?.value;
  const found = new Map<string, readonly string[]>();
  for (const [name, feature] of Object.entries(featuresIn(text))) {
    const parsed = column.safeParse(feature);
    if (!parsed.success) continue;
    found.set(name, Array.isArray(parsed.data) ? parsed.data[0].names : parsed.data.feature.names);
  }
  return found;
}

function featuresIn(text: string | undefined): Record<string, unknown> {
  try {
    return schema.parse(JSON.parse(text ?? "")).info.features;
  } catch {
    return {};
  }
}
