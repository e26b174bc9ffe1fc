import type { ShareRange } from "../../collective/index.js";
import { elements, type ParameterLayout } from "../../models/index.js";
import type { CompiledGraph, Engine, GraphBinding } from "../../runtime/index.js";

/** Elements in a chunk. At this size, temporary values stay in the processor's cache. */
const CHUNK = 262_144;
/** Number of chunks that one run of a graph works on. */
const LANES = 16;

/** A part of a block of floats: offset and size in floats. */
export interface Chunk {
  readonly offset: number;
  readonly size: number;
}

/**
 * The chunks that one run of a graph works on: the floats from index `from` up to, but not including, `to`.
 */
export interface BoundChunks {
  readonly binding: GraphBinding;
  readonly from: number;
  readonly to: number;
}

/** The engine of a block, and what the block contains. */
export interface Chunked {
  readonly engine: Pick<Engine, "readsAnyPart">;
  readonly layout: ParameterLayout;
}

/** Divides the floats from index `from` up to `to` into chunks, as the engine can read them: of equal size, or parameters. */
export function chunksOf(from: number, to: number, { engine, layout }: Chunked): Chunk[] {
  if (!engine.readsAnyPart)
    return layout.parameters
      .map(({ name, shape }) => ({ offset: layout.offset(name), size: elements(shape) }))
      .filter(({ offset }) => from <= offset && offset < to)
      .sort((a, b) => a.offset - b.offset);
  return Array.from({ length: Math.ceil((to - from) / CHUNK) }, (_, index) => {
    const offset = from + index * CHUNK;
    return { offset, size: Math.min(CHUNK, to - offset) };
  });
}

/** A chunk of a parameter group's weights. */
export interface GroupChunk extends Chunk {
  /** The number of the group. */
  readonly group: number;
  /** Where the chunk is in the blocks of gradient and state, in floats. */
  readonly at: number;
}

/**
 * The chunks of all parameter groups.
 *
 * @param ranges the weights that this process updates; by default all
 */
export const chunksOfGroups = (
  groups: readonly { readonly from: number; readonly to: number }[],
  block: Chunked,
  ranges: readonly ShareRange[] = [{ from: 0, to: block.layout.length, at: 0 }],
): GroupChunk[] =>
  groups.flatMap((each, group) =>
    ranges.flatMap((range) => {
      const [from, to] = [Math.max(each.from, range.from), Math.min(each.to, range.to)];
      if (from >= to) return [];
      return chunksOf(from, to, block).map((chunk) => ({
        ...chunk,
        group,
        at: range.at + chunk.offset - range.from,
      }));
    }),
  );

/** The lane numbers of a graph that works on several chunks at once. */
export const lanes: readonly number[] = Array.from({ length: LANES }, (_, lane) => lane);

/**
 * Binds such a graph to all chunks of a block. Neighbouring chunks share a run.
 *
 * @param bind binds the values that all lanes share
 * @param bindLane binds the inputs and outputs of one lane; a spare lane gets an empty chunk
 */
export function bindLanes<C extends Chunk>(
  graph: CompiledGraph,
  chunks: readonly C[],
  bind: (binding: GraphBinding) => void,
  bindLane: (binding: GraphBinding, lane: number, chunk: C) => void,
): BoundChunks[] {
  const bound: BoundChunks[] = [];
  for (let first = 0; first < chunks.length; first += LANES) {
    const binding = graph.bind();
    bind(binding);
    for (const lane of lanes)
      bindLane(binding, lane, chunks[first + lane] ?? { ...chunks[first]!, offset: 0, at: 0, size: 0 });
    const last = chunks[Math.min(first + LANES, chunks.length) - 1]!;
    bound.push({ binding, from: chunks[first]!.offset, to: last.offset + last.size });
  }
  return bound;
}
