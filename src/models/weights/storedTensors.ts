import type { NeriumWarning } from "../../errors.js";
import type { StateBlock } from "../../runtime/index.js";
import type { Weights } from "../../safetensors/index.js";
import { parametersMissing, weightShape } from "../errors.js";
import type { Encoder } from "../family.js";
import { isOfHead } from "../heads/tokenClassification.js";
import { elements, type Parameter, type StoredPart, storedParts } from "../parameter.js";
import type { CompactVocabulary } from "./compactVocabulary.js";
import type { ParameterLayout } from "./parameters.js";
import { readFinite, readFiniteRows } from "./readFinite.js";
import { isUnusedLayer, weightWarnings } from "./weightWarnings.js";

/** What loading found apart from the weights themselves. */
export interface LoadReport {
  /** Tensors of the head that were not loaded, because the files lack them or a fresh head is wanted. They are zero. */
  readonly absent: readonly string[];
  /** Tensors of the files that the model does not use, such as a pooler, except `classifier.*` and layers that warnings name. */
  readonly leftOver: readonly string[];
  readonly warnings: readonly NeriumWarning[];
}

/** Returns the name that a parameter's tensor has in a file, or `undefined` if the file does not contain it. */
export const storedName = (source: Weights, encoder: Encoder, name: string): string | undefined =>
  (isOfHead(name) ? [name] : encoder.storedNames(name)).find((each) => source.tensors.has(each));

/** Returns the shape of the word-embedding table with all its rows. */
export const wholeShape = ({ shape }: Parameter, { vocabularySize }: Encoder): readonly [number, number] => [
  vocabularySize,
  shape[1]!,
];

/** A tensor of the files, and the part of a parameter that it is. */
interface FoundTensor {
  readonly stored: string;
  readonly parameter: Parameter;
  readonly part: StoredPart;
}

/** Finds the tensors of all parameters, and checks their shapes. */
export function findTensors(
  source: Weights,
  folder: string,
  encoder: Encoder,
  layout: ParameterLayout,
  { freshHead = false }: { readonly freshHead?: boolean } = {},
): { readonly found: readonly FoundTensor[]; readonly report: LoadReport } {
  const found: FoundTensor[] = [];
  const absent = { encoder: [] as string[], head: [] as string[] };
  for (const parameter of layout.parameters) {
    const { name, place, isVocabulary } = parameter;
    for (const part of storedParts(parameter)) {
      const isFresh = freshHead && isOfHead(name);
      const stored = isFresh ? undefined : storedName(source, encoder, part.name);
      if (stored === undefined) {
        absent[place === "head" ? "head" : "encoder"].push(part.name);
        continue;
      }
      const shape = isVocabulary ? wholeShape(parameter, encoder) : part.shape;
      const got = source.tensors.get(stored)!.shape;
      if (got.join() !== shape.join()) throw weightShape(folder, stored, got, shape);
      found.push({ stored, parameter, part });
    }
  }
  if (absent.encoder.length > 0) throw parametersMissing(folder, absent.encoder);
  const used = new Set(found.map(({ stored }) => stored));
  const leftOver = [...source.tensors.keys()].filter(
    (name) => !used.has(name) && !encoder.ignores(name) && !isOfHead(name) && !isUnusedLayer(name, encoder),
  );
  return { found, report: { absent: absent.head, leftOver, warnings: weightWarnings(source, encoder) } };
}

/** Reads tensors into a block, of a compact vocabulary only its rows. */
export async function readTensors(
  block: StateBlock,
  source: Weights,
  layout: ParameterLayout,
  found: readonly FoundTensor[],
  vocabulary: CompactVocabulary | undefined,
): Promise<void> {
  for (const { stored, parameter, part } of found) {
    const begin = layout.offset(parameter.name) + part.from;
    const [rows, columns] = source.tensors.get(stored)!.shape;
    await block.write(begin * 4, elements(part.shape), (values) =>
      parameter.isVocabulary && vocabulary !== undefined
        ? readFiniteRows(source, stored, [rows!, columns!], vocabulary.ids, values)
        : readFinite(source, stored, values),
    );
  }
}
