import type { Analysis, Entity } from "../../infer/index.js";

/** A text that was read, where it comes from, and what was found in it. */
export interface Prediction extends Analysis {
  /** The file it stands in. */
  readonly file?: string;
  /** The line it begins in, from 1, where it comes from a file or from standard input. */
  readonly line?: number;
}

/** Predictions as text: what stands before all of them, each, and what stands behind. */
export interface PredictionFormat {
  readonly head?: string;
  each(prediction: Prediction): string;
  tail?(): string;
}

/** A part of a text: in an entity, or between two. */
export interface Segment {
  readonly text: string;
  readonly entity?: Entity;
}

/** A text cut at the edges of its entities; where they overlap, the first has what both have. */
export function* segments({ text, entities }: Pick<Analysis, "text" | "entities">): Generator<Segment> {
  let at = 0;
  for (const entity of entities) {
    if (entity.end <= at) continue;
    const start = Math.max(at, entity.start);
    if (start > at) yield { text: text.slice(at, start) };
    yield { text: text.slice(start, entity.end), entity };
    at = entity.end;
  }
  if (at < text.length) yield { text: text.slice(at) };
}
