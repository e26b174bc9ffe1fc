import type { CrfState } from "../../crf/index.js";
import { elements, type ParameterLayout, type WeightsMoment } from "../../models/index.js";
import type { StateBlock } from "../../runtime/index.js";
import type { NamedBlocks } from "../optimizers/optimizer.js";

/**
 * Number of floats in one copy: 8 MiB. Writing takes longer with smaller granules, because each one waits for
 * its turn.
 */
const GRANULE = 2 ** 21;
/** Maximum number of granules that are copied at the same time. */
const MOST_COPIES = 24;

/**
 * Names of the blocks of the weights and their average. All other blocks of a checkpoint are the optimizer's.
 */
export const WEIGHTS = "weights";
export const AVERAGE = "average";

/** One block of floats, divided into granules. */
interface Lent {
  readonly buffer: StateBlock;
  /** Number of floats in each granule that have not been read yet. */
  readonly unread: Int32Array;
  readonly copies: Map<number, Float32Array>;
  /** The granule whose memory is being read. */
  reading: number | undefined;
}

/**
 * Weights, optimizer state and average (if the run keeps one) as they are at one moment, for a writer that
 * reads them while training goes on.
 *
 * Each float is read once, in place. The optimizer asks before it changes anything ({@link beforeWrite}).
 * Data that the writer has not read by then is copied, up to 192 MiB in total. Beyond that, the optimizer
 * waits for the writer.
 */
export class Snapshot implements WeightsMoment {
  private readonly lent: ReadonlyMap<string, Lent>;
  private readonly mostCopies: number;
  /** The conditional random field, if the model has one. It is a copy, since it is small. */
  readonly crfState: CrfState | undefined;
  private copied = 0;
  private unreadFloats = 0;
  private ended = false;
  private waiting: (() => void)[] = [];

  constructor(
    readonly layout: ParameterLayout,
    /** {@link WEIGHTS}, {@link AVERAGE} if the run keeps one, and the optimizer's blocks. */
    blocks: NamedBlocks,
    /** The factor on the table rows that the run leaves out. */
    readonly unusedRowDecay: number,
    private readonly options: {
      readonly crf?: CrfState | undefined;
      readonly mostCopies?: number;
      /** Called once, when nothing reads the blocks any more. */
      readonly onEnd?: () => void;
    } = {},
  ) {
    this.mostCopies = options.mostCopies ?? MOST_COPIES;
    this.crfState = options.crf;
    const lend = (buffer: StateBlock): Lent => ({
      buffer,
      unread: floatsPerGranule(layout),
      copies: new Map(),
      reading: undefined,
    });
    this.lent = new Map(Object.entries(blocks).map(([name, buffer]) => [name, lend(buffer)]));
    for (const { unread } of this.lent.values())
      this.unreadFloats += unread.reduce((sum, floats) => sum + floats, 0);
  }

  get crf(): Float32Array | undefined {
    return this.crfState?.values;
  }

  /** Names of the optimizer's blocks. */
  get optimizerBlocks(): readonly string[] {
    return [...this.lent.keys()].filter((name) => name !== WEIGHTS && name !== AVERAGE);
  }

  has(name: string): boolean {
    return this.lent.has(name);
  }

  /**
   * The floats of the weights from index `from` up to, but not including, `to`, in chunks. Each chunk is
   * valid until the next one is requested.
   */
  readonly read = (from: number, to: number): Generator<Float32Array, void> =>
    this.readBlock(WEIGHTS, from, to);

  /** Like {@link read}, for any block. */
  *readBlock(name: string, from: number, to: number): Generator<Float32Array, void> {
    const block = this.lent.get(name)!;
    for (let at = from; at < to; ) {
      const granule = Math.floor(at / GRANULE);
      const end = Math.min(to, (granule + 1) * GRANULE);
      const copy = block.copies.get(granule);
      block.reading = granule;
      try {
        yield copy === undefined
          ? block.buffer.read(at * 4, end - at)
          : copy.subarray(at - granule * GRANULE, end - granule * GRANULE);
      } finally {
        block.reading = undefined;
        this.wasRead(block, granule, end - at);
      }
      at = end;
    }
  }

  private wasRead(block: Lent, granule: number, floats: number): void {
    block.unread[granule]! -= floats;
    this.unreadFloats -= floats;
    if (block.unread[granule] === 0 && block.copies.delete(granule)) this.copied--;
    this.wake();
  }

  /** Waits until the floats `from` up to `to` of these blocks (default: all blocks) may be changed. */
  async beforeWrite(from: number, to: number, names: Iterable<string> = this.lent.keys()): Promise<void> {
    const blocks = Array.from(names, (name) => this.lent.get(name)!);
    for (let granule = Math.floor(from / GRANULE); granule * GRANULE < to; granule++)
      for (const block of blocks) await this.copyBeforeWrite(block, granule);
  }

  private async copyBeforeWrite(block: Lent, granule: number): Promise<void> {
    while (!this.ended && block.unread[granule]! > 0 && !block.copies.has(granule)) {
      if (block.reading === granule || this.copied >= this.mostCopies)
        await new Promise<void>((wake) => this.waiting.push(wake));
      else {
        const begin = granule * GRANULE;
        const length = Math.min(GRANULE, this.layout.length - begin);
        block.copies.set(granule, block.buffer.copyOut(begin * 4, length));
        this.copied++;
      }
    }
  }

  /** Waits until the unread data fits into the copies, or for `atMost` milliseconds. */
  async mostlyRead(atMost: number): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.wake();
    }, atMost);
    while (!this.ended && !late && this.unreadFloats > this.mostCopies * GRANULE)
      await new Promise<void>((wake) => this.waiting.push(wake));
    clearTimeout(timer);
  }

  /** Call it when the writer has finished or failed. Nothing waits for the writer afterwards. */
  end(): void {
    if (!this.ended) this.options.onEnd?.();
    this.ended = true;
    for (const { copies } of this.lent.values()) copies.clear();
    this.wake();
  }

  private wake(): void {
    const woken = this.waiting;
    this.waiting = [];
    for (const each of woken) each();
  }
}

/** Number of parameter floats in each granule. Gaps between parameters are not counted. */
function floatsPerGranule(layout: ParameterLayout): Int32Array {
  const floats = new Int32Array(Math.ceil(layout.length / GRANULE));
  for (const { name, shape } of layout.parameters) {
    const begin = layout.offset(name);
    const end = begin + elements(shape);
    for (let at = begin; at < end; ) {
      const granule = Math.floor(at / GRANULE);
      const next = Math.min(end, (granule + 1) * GRANULE);
      floats[granule]! += next - at;
      at = next;
    }
  }
  return floats;
}
