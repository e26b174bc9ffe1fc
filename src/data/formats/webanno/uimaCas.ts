import type { FiledDocument } from "../../../text/textDocument.js";
import { jsonShape } from "../../errors.js";
import type { LeftOut } from "../../read/leftOut.js";
import type { Line } from "../../read/lines.js";
import { again } from "../../read/source.js";
import { textsContent } from "../../spans/offsets.js";
import type { FormatOptions, ReadFormat } from "../format.js";
import { isRecord, jsonRecords } from "../json/jsonRecords.js";
import { entityColumn, type Layer } from "./webAnnoLayers.js";

type Json = Readonly<Record<string, unknown>>;

const REMEDY = "Export the document from INCEpTION as UIMA CAS JSON again, or as WebAnno TSV 3.";

/**
 * UIMA CAS JSON (0.4), as INCEpTION exports it: one object with all annotations of a document under
 * `%FEATURE_STRUCTURES`, and its text in a `uima.cas.Sofa`. Entities are read from the layer of named entities or, if
 * there is none, from the only layer of the project's own. Tokens are words. Offsets count UTF-16 units, as in Java.
 *
 * https://github.com/apache/uima-uimaj-io-jsoncas/blob/main/SPECIFICATION.adoc
 */
export const uimaCas: ReadFormat = {
  name: "uima-cas-json",
  title: "UIMA CAS JSON, as INCEpTION exports it",
  extensions: [".json"],
  holds: { shape: "texts", overlaps: true, gaps: false },
  detect: ({ first, keys }) =>
    first === "{" && (keys.has("%FEATURE_STRUCTURES") || keys.has("%TYPES") || keys.has("%HEADER")),
  read: ({ lines, file }, options, leftOut) =>
    textsContent(
      file,
      again(() => documentsOf(lines, file, options, leftOut)),
      options.offsets,
      "utf16",
    ),
};

function* documentsOf(
  lines: Iterable<Line>,
  file: string,
  options: FormatOptions,
  leftOut: LeftOut,
): Generator<FiledDocument> {
  for (const { value, line } of jsonRecords(lines, file, REMEDY)) {
    const listed = value["%FEATURE_STRUCTURES"];
    // Version 0.1 wrote an object with the identifiers as keys.
    const structures = (isRecord(listed) ? Object.values(listed) : listed) as unknown;
    if (!Array.isArray(structures) || !structures.every(isRecord))
      throw jsonShape(file, line, "%FEATURE_STRUCTURES must be a list of objects", REMEDY);
    yield documentOf(new Cas(structures, declaredTypes(value)), file, line, options, leftOut);
  }
}

const declaredTypes = ({ "%TYPES": types }: Json): string[] => (isRecord(types) ? Object.keys(types) : []);

const SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type";
const METADATA = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData";

/** Packages of types that every project has. */
const BUILT_IN = /^(?:uima|de\.tudarmstadt\.ukp|org\.dkpro\.core|org\.apache)\./;

const shortName = (type: string): string => type.split(".").at(-1)!;
const isOwn = (type: string): boolean => !BUILT_IN.test(type) || shortName(type) === "NamedEntity";

const typeOf = ({ "%TYPE": type }: Json): string => (typeof type === "string" ? type : "");

/** The two ends of an annotation. Version 0.4 marks them with `^`. */
const endsOf = (structure: Json): readonly unknown[] => [
  structure["^begin"] ?? structure.begin,
  structure["^end"] ?? structure.end,
];

const isSpan = (structure: Json): boolean => endsOf(structure).every(Number.isSafeInteger);

/** Names of the features of an annotation that are values, and not ends or references. */
const featuresOf = (structure: Json): string[] =>
  Object.keys(structure).filter((key) => !/^[%^@#]/.test(key) && key !== "begin" && key !== "end");

/** The annotations of a document. */
class Cas {
  readonly text: string | undefined;
  readonly title: unknown;

  constructor(
    readonly structures: readonly Json[],
    private readonly declared: readonly string[],
  ) {
    const sofas = structures.filter(({ sofaString }) => typeof sofaString === "string");
    const sofa = sofas.find(({ sofaID }) => sofaID === "_InitialView") ?? sofas[0];
    this.text = sofa?.sofaString as string | undefined;
    this.title = structures.find((each) => typeOf(each) === METADATA)?.documentTitle;
  }

  /** Returns the layers that may have entities; a declared one if no annotation is of one. */
  layers(isAsked: boolean): { readonly types: readonly string[]; readonly layers: readonly Layer[] } {
    const features = new Map<string, Set<string>>();
    for (const structure of this.structures) {
      const type = typeOf(structure);
      if (!isSpan(structure) || !(isAsked || isOwn(type))) continue;
      const known = features.get(type) ?? new Set();
      features.set(type, known);
      for (const feature of featuresOf(structure)) known.add(feature);
    }
    if (features.size === 0)
      for (const type of this.declared) if (isOwn(type)) features.set(type, new Set(["value"]));
    let column = 0;
    const layers = Array.from(features, ([type, names]): Layer => {
      const layer = { name: shortName(type), isSpans: true, features: [...names], column };
      column += Math.max(1, names.size);
      return layer;
    });
    return { types: [...features.keys()], layers };
  }

  words(): FiledDocument["words"] {
    const tokens = this.structures.filter((each) => typeOf(each) === `${SEGMENTATION}.Token` && isSpan(each));
    const words = tokens.map((token) => {
      const [start, end] = endsOf(token) as [number, number];
      return { start, end };
    });
    return words.length === 0 ? undefined : words.sort((a, b) => a.start - b.start);
  }
}

function documentOf(
  cas: Cas,
  file: string,
  line: number,
  { tagColumn, onNote }: FormatOptions,
  leftOut: LeftOut,
): FiledDocument {
  const { text, title, structures } = cas;
  if (text === undefined) throw jsonShape(file, line, "The document has no text (sofaString)", REMEDY);
  const { types, layers } = cas.layers(tagColumn !== undefined);
  const column = entityColumn(layers, file, line, tagColumn);
  for (const note of column.notes) onNote?.(`${file}: ${note}`);
  const index = layers.findLastIndex((layer) => layer.column <= column.at);
  const feature = layers[index]?.features[column.at - layers[index]!.column];
  const spans: FiledDocument["spans"][number][] = [];
  for (const structure of structures) {
    const type = typeOf(structure);
    if (type !== types[index] || !isSpan(structure)) {
      if (!isKnown(type)) leftOut.field(shortName(type));
      continue;
    }
    const value = feature === undefined ? column.type : structure[feature];
    for (const other of featuresOf(structure))
      if (other !== feature && structure[other] !== null) leftOut.field(`${shortName(type)}.${other}`);
    const [start, end] = endsOf(structure) as [number, number];
    if (typeof value === "string" && value !== "") spans.push({ type: value, start, end });
    else leftOut.part("entity without a value", 1, "entities without a value");
  }
  const words = cas.words();
  return {
    text,
    spans,
    line,
    ...(words === undefined ? {} : { words }),
    ...(typeof title === "string" && title !== "" ? { id: title } : {}),
  };
}

/** True for what is read, or says nothing about the text. */
const isKnown = (type: string): boolean =>
  type.startsWith("uima.") ||
  type.startsWith(SEGMENTATION) ||
  /\.(?:DocumentMetaData|CASMetadata|TagsetDescription|TagDescription|LayerDefinition|FeatureDefinition)$/.test(
    type,
  );
