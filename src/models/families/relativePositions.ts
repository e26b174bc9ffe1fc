/** The rows of DeBERTa's table of distances. */

/** How distances map to rows. */
export interface RelativePositions {
  /** Number of rows of the table. */
  readonly rows: number;
  /** Distances beyond ±`farthest` have the row of ±`farthest`. */
  readonly farthest: number;
  /** Returns the rows of the distances sign · d for d from −`farthest` to `farthest`. */
  rowsOfDistances(sign: 1 | -1): readonly number[];
}

interface RelativeConfig {
  readonly max_position_embeddings: number;
  readonly max_relative_positions: number;
  readonly position_buckets: number;
}

/**
 * As transformers' `make_log_bucket_position`: distances up to half of `position_buckets` have a row each, larger ones share
 * rows, and the larger they are the more of them. Without buckets, each distance up to `max_relative_positions` has a row.
 *
 * @param unreadable makes the error for values that do not fit together
 */
export function distanceRows(
  { max_position_embeddings, max_relative_positions, position_buckets }: RelativeConfig,
  unreadable: (why: string) => Error = (why) => new RangeError(why),
): RelativePositions {
  const most = max_relative_positions < 1 ? max_position_embeddings : max_relative_positions;
  const span = position_buckets > 0 ? position_buckets : most;
  const middle = Math.floor(position_buckets / 2);
  if (position_buckets > 0 && (middle < 1 || most - 1 <= middle))
    throw unreadable(
      `position_buckets ${position_buckets} does not fit to ${most} relative positions: it must be 2 to ${2 * (most - 2)}`,
    );
  if (most > 65_536) throw unreadable(`${most} relative positions are more than 65536`);
  const bucket = position_buckets > 0 ? logBucket(middle, most) : (distance: number) => distance;
  const rowOf = (distance: number) =>
    Math.min(2 * span - 1, Math.max(0, Math.sign(distance) * bucket(Math.abs(distance)) + span));
  const isLast = (distance: number) => rowOf(distance) === 2 * span - 1 && rowOf(-distance) === 0;
  let farthest = most - 1;
  while (!isLast(farthest) && farthest < 8 * most) farthest++;
  return {
    rows: 2 * span,
    farthest,
    rowsOfDistances: (sign) =>
      Array.from({ length: 2 * farthest + 1 }, (_, index) => rowOf(sign * (index - farthest))),
  };
}

/** Returns the bucket of a distance of at least 0. All steps are in float32, as in torch, because the result is rounded up. */
function logBucket(middle: number, most: number): (distance: number) => number {
  const { fround: f32 } = Math;
  const range = f32(Math.log(f32((most - 1) / middle)));
  return (distance) => {
    if (distance <= middle) return distance;
    const part = f32(f32(Math.log(f32(distance / middle))) / range);
    return Math.ceil(f32(part * (middle - 1))) + middle;
  };
}
