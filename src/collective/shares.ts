/** How processes divide the floats of a block, and the work of a step. Pure functions. */

/** Floats of a share: those from index `from` up to `to` of the whole are at index `at` of the share. */
export interface ShareRange {
  readonly from: number;
  readonly to: number;
  readonly at: number;
}

/** Floats that are exchanged at once. Every process has a part of them. */
export interface SharedPiece {
  readonly from: number;
  readonly to: number;
  /** The part of each process. */
  readonly parts: readonly ShareRange[];
}

/** Floats in a piece: 16 MiB. */
const PIECE = 2 ** 22;
/** Parts begin at multiples of this many floats: a cache line. */
const ALIGNMENT = 16;

/**
 * Divides the floats of a block among processes, piece by piece, so that each exchange involves all of them.
 *
 * @example
 * const shares = new Shares(1024, 2);
 * shares.rangesOf(1); // [{ from: 512, to: 1024, at: 0 }]
 */
export class Shares {
  readonly pieces: readonly SharedPiece[];

  /** @param length number of floats, a multiple of 16 */
  constructor(
    readonly length: number,
    readonly size: number,
    piece = PIECE,
  ) {
    const ends = new Array<number>(size).fill(0);
    this.pieces = Array.from({ length: Math.ceil(length / piece) }, (_, index) => {
      const from = index * piece;
      const to = Math.min(from + piece, length);
      const place = (rank: number) =>
        from + Math.floor(((to - from) / ALIGNMENT) * (rank / size)) * ALIGNMENT;
      const parts = ends.map((at, rank) => {
        const [begin, end] = [place(rank), rank === size - 1 ? to : place(rank + 1)];
        ends[rank] = at + end - begin;
        return { from: begin, to: end, at };
      });
      return { from, to, parts };
    });
  }

  /** The floats that a process owns. */
  rangesOf(rank: number): readonly ShareRange[] {
    return this.pieces.map(({ parts }) => parts[rank]!).filter(({ from, to }) => from < to);
  }

  /** Number of floats that a process owns. */
  lengthOf(rank: number): number {
    return this.rangesOf(rank).reduce((sum, { from, to }) => sum + to - from, 0);
  }
}

/**
 * Divides items among processes so that each has about the same weight: the heaviest item first, each to the process with
 * the least so far. Returns the indices of the items of each process, in order.
 *
 * @example
 * dividedByWeight([30, 10, 20], 2); // [[0], [1, 2]]
 */
export function dividedByWeight(weights: readonly number[], size: number): readonly (readonly number[])[] {
  const loads = new Array<number>(size).fill(0);
  const own = Array.from({ length: size }, (): number[] => []);
  const heaviestFirst = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
  for (const index of heaviestFirst) {
    const rank = loads.indexOf(Math.min(...loads));
    own[rank]!.push(index);
    loads[rank]! += weights[index]!;
  }
  return own.map((indices) => indices.sort((a, b) => a - b));
}
