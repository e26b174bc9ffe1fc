import type { Recipe } from "../../recipe/index.js";
import type { BatchSize } from "../../run/events.js";
import { batched } from "../examples/batches.js";
import type { Fit } from "./fit.js";
import { batchShape, memoryFeatures } from "./shapes.js";

/** A change of the recipe that needs less memory. */
export interface MemorySetting {
  /** As in "Set … .": `per_device_train_batch_size to 4 and gradient_accumulation_steps to 8`. */
  readonly text: string;
  /** True if the model becomes the same. */
  readonly same: boolean;
}

/** How a run is batched: the steps with the lengths of their windows. */
export interface Batching {
  readonly batchSize: BatchSize;
  readonly accumulation: number;
  /** The lengths of the windows of each step. */
  readonly steps: readonly (readonly number[])[];
}

/** Lengths to try, largest first. */
const LENGTHS = [4096, 2048, 1024, 512, 384, 256, 192, 128, 96, 64, 48, 32];

/**
 * The most bytes that a step needs with batches of another size, or with shorter windows.
 *
 * @param bytes predicts the bytes of the present batches
 */
export function mostBytes(
  bytes: Fit,
  { steps, accumulation }: Batching,
  {
    batchSize,
    accumulates,
    longest = Number.POSITIVE_INFINITY,
  }: {
    readonly batchSize: BatchSize;
    readonly accumulates: boolean;
    readonly longest?: number;
  },
): number {
  const constant = bytes([1, 0, 0]);
  // The first batch of a step and the others have a graph each, and each graph keeps its memory.
  const graphs = accumulates && accumulation === 1 ? 2 : 1;
  let most = constant;
  for (const lengths of steps) {
    const cut = lengths.map((length) => Math.min(length, longest));
    const batches = [...batched(cut, batchSize, (length) => length)].map(batchShape);
    most = Math.max(most, constant + graphs * (bytes(memoryFeatures({ batches })) - constant));
  }
  return most;
}

/**
 * Returns the least change with which a run fits into memory: smaller batches that are added up, which gives the same model, and
 * otherwise shorter windows. `undefined` if neither is enough.
 */
export function fittingMemory(
  { perDeviceTrainBatchSize: perDevice }: Pick<Recipe, "perDeviceTrainBatchSize">,
  batching: Batching,
  bytes: Fit,
  usable: number,
): MemorySetting | undefined {
  const { batchSize, accumulation, steps } = batching;
  const settings: (MemorySetting & { readonly needs: () => number })[] = [];
  const smaller =
    "windows" in batchSize
      ? smallerParts(perDevice, perDevice * accumulation)
      : [2, 4, 8, 16].map((parts) => Math.ceil(batchSize.tokens / parts));
  const accumulated = (size: number) =>
    "windows" in batchSize
      ? (perDevice * accumulation) / size
      : Math.ceil((batchSize.tokens * accumulation) / size);
  const field = "windows" in batchSize ? "per_device_train_batch_size" : "train_batch_tokens";
  const sized = (size: number): BatchSize => ("windows" in batchSize ? { windows: size } : { tokens: size });
  for (const size of smaller)
    settings.push({
      text: `${field} to ${size} and gradient_accumulation_steps to ${accumulated(size)}`,
      same: "windows" in batchSize,
      needs: () => mostBytes(bytes, batching, { batchSize: sized(size), accumulates: true }),
    });
  const present = Math.max(0, ...steps.flat());
  const shorter = LENGTHS.filter((length) => length < present);
  for (const longest of shorter)
    settings.push({
      text: `max_seq_length to ${longest}`,
      same: false,
      needs: () => mostBytes(bytes, batching, { batchSize, accumulates: accumulation > 1, longest }),
    });
  const least = smaller.at(-1);
  for (const longest of least === undefined ? [] : shorter)
    settings.push({
      text: `max_seq_length to ${longest}, ${field} to ${least} and gradient_accumulation_steps to ${accumulated(least!)}`,
      same: false,
      needs: () => mostBytes(bytes, batching, { batchSize: sized(least!), accumulates: true, longest }),
    });
  return settings.find(({ needs }) => needs() <= usable);
}

/** The sizes below `size` that divide a number of sentences, largest first. */
const smallerParts = (size: number, sentences: number): number[] =>
  Array.from({ length: size - 1 }, (_, index) => size - 1 - index).filter((part) => sentences % part === 0);
