import type { Analysis } from "../infer/index.js";
import type { Row } from "./readLines.js";

/** A row, and what was found in it or why nothing was. */
export interface Result {
  readonly row: Row;
  readonly analysis?: Analysis;
  readonly error?: string;
}

/** Writes the results of one shard, in their order. */
export interface ResultsWriter {
  add(results: readonly Result[]): Promise<void>;
  end(): Promise<void>;
}
