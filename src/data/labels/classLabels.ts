import { z } from "zod";

/** Names of the class labels of each column, in the order of their numbers. */
export type ClassLabels = ReadonlyMap<string, readonly string[]>;

const classLabel = z.object({ _type: z.literal("ClassLabel"), names: z.array(z.string()) });
const column = z.union([
  z.object({ _type: z.enum(["Sequence", "List", "LargeList"]), feature: classLabel }),
  z.tuple([classLabel]), // How lists were written before datasets 4.
]);
const fields = z.record(z.string(), z.unknown());
/** A list of structs, in both ways, or a struct of lists. */
const spans = z.union([z.tuple([fields]), z.object({ feature: fields }), fields]);
const fieldLabel = z.union([classLabel, z.object({ feature: classLabel })]);
const described = z.object({ info: z.object({ features: z.record(z.string(), z.unknown()) }) });

/** The metadata key of a file under which `datasets` describes its columns. */
export const FEATURES = "huggingface";

/**
 * Returns the names of the class labels in list columns and in columns of spans, as Python's `datasets` describes them in the
 * metadata of Parquet and Arrow files, under {@link FEATURES}. Empty if there are none.
 */
export function classLabelsIn(metadata: string | undefined): ClassLabels {
  const found = new Map<string, readonly string[]>();
  for (const [name, feature] of Object.entries(featuresIn(metadata))) {
    const parsed = column.safeParse(feature);
    const names = parsed.success
      ? Array.isArray(parsed.data)
        ? parsed.data[0].names
        : parsed.data.feature.names
      : namesOfSpans(feature);
    if (names !== undefined) found.set(name, names);
  }
  return found;
}

/** Returns the names of the only class label among the fields of spans. */
function namesOfSpans(feature: unknown): readonly string[] | undefined {
  const parsed = spans.safeParse(feature);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const inner: unknown = Array.isArray(data) ? data[0] : (data.feature ?? data);
  const own = inner as Readonly<Record<string, unknown>>;
  // A feature that is no struct.
  if (typeof own._type === "string") return undefined;
  const labels = Object.values(own).flatMap((field) => {
    const label = fieldLabel.safeParse(field);
    return label.success ? ["names" in label.data ? label.data.names : label.data.feature.names] : [];
  });
  return labels.length === 1 ? labels[0] : undefined;
}

function featuresIn(text: string | undefined): Record<string, unknown> {
  try {
    return described.parse(JSON.parse(text ?? "")).info.features;
  } catch {
    return {};
  }
}
