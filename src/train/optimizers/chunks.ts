import type { CompiledGraph, GraphBinding } from "../../runtime/index.js";

/** Elements of a chunk: its temporaries stay in the processor's cache. */
const CHUNK = 262_144;
/** Chunks of one run of a graph. */
const LANES = 16;

/** A part of a block of floats. */
export interface Chunk {
  readonly offset: number;
  readonly size: number;
}

/** Chunks that one run of a graph works on: floats from one place up to another. */
export interface BoundChunks {
  readonly binding: GraphBinding;
  readonly from: number;
  readonly to: number;
}

/** The floats from one place up to another, cut into chunks. */
export const chunksOf = (from: number, to: number): Chunk[] =>
  Array.from({ length: Math.ceil((to - from) / CHUNK) }, (_, index) => {
    const offset = from + index * CHUNK;
    return { offset, size: Math.min(CHUNK, to - offset) };
  });

/** The lanes of a graph that works on several chunks at once, by their numbers. */
export const lanes: readonly number[] = Array.from({ length: LANES }, (_, lane) => lane);

/**
 * Bindings of such a graph to all chunks of a block, neighbouring ones together.
 *
 * @param bind binds what all lanes share
 * @param bindLane binds one lane's inputs and outputs; a lane that is left over gets an empty chunk
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
      bindLane(binding, lane, chunks[first + lane] ?? { ...chunks[first]!, offset: 0, size: 0 });
    const last = chunks[Math.min(first + LANES, chunks.length) - 1]!;
    bound.push({ binding, from: chunks[first]!.offset, to: last.offset + last.size });
  }
  return bound;
}
