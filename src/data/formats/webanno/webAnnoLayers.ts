import type { UnreadColumn } from "../columns/unreadColumns.js";
import { webAnnoLayerUnclear } from "../errors.js";

/** A layer of the header, with the columns of its features. */
export interface Layer {
  /** Without the package: `NamedEntity`. */
  readonly name: string;
  readonly isSpans: boolean;
  /** Empty if the layer has no features; then it has one column. */
  readonly features: readonly string[];
  /** Index of its first column. */
  readonly column: number;
}

/** Columns before the layers: number, offsets, text. */
const FIXED = 3;

/** Reads a line such as `#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value`. */
export function layerIn(text: string, before: readonly Layer[]): Layer | undefined {
  const [, kind, name, features] = /^#T_(SP|CH|RL)=([^|]*)(?:\|(.*))?$/.exec(text.trimEnd()) ?? [];
  if (name === undefined) return undefined;
  const last = before.at(-1);
  return {
    name: name.split(".").at(-1)!,
    isSpans: kind === "SP",
    features: features === undefined || features === "" ? [] : features.split("|"),
    column: last === undefined ? FIXED : last.column + Math.max(1, last.features.length),
  };
}

/** Layers of other annotation that every project has. */
const LINGUISTIC =
  /^(?:POS|Lemma|Stem|MorphologicalFeatures|Morpheme|Dependency|Chunk|SurfaceForm|SofaChangeAnnotation|Token|Sentence)$/;
const VALUES = ["value", "label", "type", "category", "entity", "entity_type", "ne", "tag"];

/** Where the entities are. */
export interface EntityColumn {
  /** Index of the column. */
  readonly at: number;
  /** The type of entities without a value; `undefined` if the layer has values. */
  readonly type: string | undefined;
  readonly notes: readonly string[];
}

/**
 * Chooses the layer and feature with the entities.
 *
 * @param asked name of a layer, of a feature, or `layer.feature`; or the index of a column
 * @throws NeriumError DATA_TAG_COLUMN_MISSING
 */
export function entityColumn(
  layers: readonly Layer[],
  file: string,
  line: number,
  asked: number | string | undefined,
): EntityColumn {
  if (typeof asked === "number") return { at: asked, type: undefined, notes: [] };
  const spans = layers.filter(({ isSpans }) => isSpans);
  const own = spans.filter(({ name }) => !LINGUISTIC.test(name));
  const all = spans.flatMap(({ name, features }) => [
    name,
    ...features.map((feature) => `${name}.${feature}`),
  ]);
  if (asked !== undefined) {
    const layer = spans.find(
      ({ name, features }) =>
        asked === name || features.some((each) => asked === each || asked === `${name}.${each}`),
    );
    if (layer === undefined) throw webAnnoLayerUnclear(file, line, all);
    const feature = layer.features.findIndex((each) => asked === each || asked === `${layer.name}.${each}`);
    return feature < 0 ? columnFor(layer) : { at: layer.column + feature, type: undefined, notes: [] };
  }
  const layer = spans.find(({ name }) => name === "NamedEntity") ?? (own.length === 1 ? own[0] : undefined);
  if (layer === undefined) throw webAnnoLayerUnclear(file, line, all);
  const others = own.filter((each) => each !== layer).map(({ name }) => name);
  const column = columnFor(layer);
  return others.length === 0
    ? column
    : {
        ...column,
        notes: [
          ...column.notes,
          `entities are read from the layer ${layer.name}; not read: ${others.join(", ")} (option tagColumn).`,
        ],
      };
}

/** Returns the columns of all layers but the one with the entities. */
export const columnsBeside = ({ at }: EntityColumn, layers: readonly Layer[]): readonly UnreadColumn[] =>
  layers.flatMap(({ name, features, column }) =>
    (features.length === 0 ? [name] : features.map((feature) => `${name}.${feature}`))
      .map((each, index) => ({ at: column + index, name: each }))
      .filter((each) => each.at !== at),
  );

function columnFor({ name, features, column }: Layer): EntityColumn {
  if (features.length === 0) return { at: column, type: name, notes: [] };
  const usual = VALUES.map((value) => features.findIndex((feature) => feature.toLowerCase() === value)).find(
    (at) => at >= 0,
  );
  const feature = usual ?? features.findIndex((each) => !/(?:^|_)id(?:entifier)?$/i.test(each));
  const at = Math.max(0, feature);
  const notes =
    usual === undefined && features.length > 1
      ? [
          `types are read from the feature ${features[at]} of the layer ${name}; it also has ${features.filter((_, other) => other !== at).join(", ")} (option tagColumn with ${name}.FEATURE).`,
        ]
      : [];
  return { at: column + at, type: undefined, notes };
}
