import type { BatchReport } from "../infer/index.js";
import { overloaded } from "./errors.js";

/** The share of the longest wait that texts of NDJSON may cause: a long list leaves room for single requests. */
const SHARE_OF_LINES = 0.5;
/** How much the batches before count when the speed is measured. */
const DECAY = 0.9;
/** The speed is measured with batches of at least this share of a full one: small ones take longer per token. */
const LARGE = 0.25;

/** Fewest tokens of a UTF-16 unit that are learnt: texts of spaces have none. */
const FEWEST = 0.1;

export interface AdmissionLimits {
  /** Tokens that may wait. */
  readonly maxQueueTokens: number;
  /** Seconds that a request may be expected to wait for its first batch. */
  readonly maxQueueTime: number;
  /** Most tokens of a batch. */
  readonly batchTokens: number;
}

/**
 * Decides which texts the server takes on, before they are read into tokens: so many that their tokens stay below a limit, and
 * that none waits long. The tokens of a text are estimated from its length.
 *
 * Requests run in turns, so one that waits for others waits for at most a batch of each, however long they are.
 */
export class Admission {
  readonly #waiting: Waiting[] = [];
  readonly #lanes = new Set<Lane>();

  constructor(private readonly limits: AdmissionLimits) {}

  /** Adds a model, whose speed is measured on its own. */
  lane(): Lane {
    const lane = new Lane(this.limits.batchTokens);
    this.#lanes.add(lane);
    return lane;
  }

  /** Estimated tokens of the texts that were admitted and are not done. */
  get tokens(): number {
    return sum(this.#lanes, ({ tokens }) => tokens);
  }

  /** Seconds until a request that comes now is expected to have its turn. */
  get seconds(): number {
    return sum(this.#lanes, ({ seconds }) => seconds);
  }

  /**
   * Admits a request with so many UTF-16 units of text.
   *
   * @throws NeriumError SERVE_OVERLOADED
   */
  enter(lane: Lane, units: number): Ticket {
    const tokens = lane.estimate(units);
    if (!this.#hasRoom(tokens, 1)) throw overloaded();
    return this.#admit(lane, tokens);
  }

  /** Admits a text as soon as there is room. Rejects with the signal's reason if that is aborted before. */
  async wait(lane: Lane, units: number, signal: AbortSignal): Promise<Ticket> {
    signal.throwIfAborted();
    const tokens = lane.estimate(units);
    if (this.#waiting.length === 0 && this.#hasRoom(tokens, SHARE_OF_LINES)) return this.#admit(lane, tokens);
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        tokens,
        admit: () => {
          signal.removeEventListener("abort", leave);
          resolve(this.#admit(lane, tokens));
        },
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason);
        this.#admitWaiting();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  #hasRoom(tokens: number, share: number): boolean {
    const now = this.tokens;
    if (now === 0) return true;
    if (now + tokens > this.limits.maxQueueTokens) return false;
    // However slow the machine is, a batch may wait while another one runs.
    const batch = Math.max(...[...this.#lanes].map(({ batchSeconds }) => batchSeconds));
    return this.seconds <= share * Math.max(this.limits.maxQueueTime, batch);
  }

  #admit(lane: Lane, tokens: number): Ticket {
    lane.add(tokens);
    let isOpen = true;
    return {
      leave: () => {
        if (!isOpen) return;
        isOpen = false;
        lane.remove(tokens);
        this.#admitWaiting();
      },
    };
  }

  #admitWaiting(): void {
    while (this.#waiting.length > 0 && this.#hasRoom(this.#waiting[0]!.tokens, SHARE_OF_LINES))
      this.#waiting.shift()!.admit();
  }
}

/** The place of an admitted request. */
export interface Ticket {
  /** Gives the place up. Calling it again does nothing. */
  leave(): void;
}

interface Waiting {
  readonly tokens: number;
  admit(): void;
}

/** What a model has to do, and how fast it is. */
export class Lane {
  tokens = 0;
  /** Of each request, at most a batch counts. */
  #ahead = 0;
  #tokensPerUnit = 0.3;
  #ran = { tokens: 0, seconds: 0 };

  constructor(private readonly batchTokens: number) {}

  /** Expected seconds until a new request has its turn. It can be in one batch with what fits into that. */
  get seconds(): number {
    const { tokens, seconds } = this.#ran;
    const before = Math.max(0, this.#ahead - this.batchTokens);
    return tokens === 0 ? 0 : (before * seconds) / tokens;
  }

  /** Expected seconds of a full batch. */
  get batchSeconds(): number {
    const { tokens, seconds } = this.#ran;
    return tokens === 0 ? 0 : (this.batchTokens * seconds) / tokens;
  }

  /** Returns the number of tokens that a text of this length is expected to have. */
  estimate(units: number): number {
    return Math.ceil(units * this.#tokensPerUnit) + 2;
  }

  add(tokens: number): void {
    this.tokens += tokens;
    this.#ahead += Math.min(tokens, this.batchTokens);
  }

  remove(tokens: number): void {
    this.tokens -= tokens;
    this.#ahead -= Math.min(tokens, this.batchTokens);
  }

  /** Forgets the speed. The first batch of a model is slower than all others. */
  forget(): void {
    this.#ran = { tokens: 0, seconds: 0 };
  }

  /** Measures the speed. */
  observe({ tokens, seconds, error }: BatchReport): void {
    if (error !== undefined || tokens === 0) return;
    // A small batch takes longer per token. If it does not, the batches before were slower than usual.
    const isTelling =
      tokens >= LARGE * this.batchTokens || seconds * this.#ran.tokens < this.#ran.seconds * tokens;
    if (!isTelling) return;
    this.#ran = {
      tokens: DECAY * this.#ran.tokens + tokens,
      seconds: DECAY * this.#ran.seconds + seconds,
    };
  }

  /** Measures how many tokens texts have. Long texts count more than short ones. */
  learn(units: number, tokens: number): void {
    if (units === 0) return;
    const weight = (0.2 * units) / (units + 1000);
    // Never so few that the tokens of another kind of text are far above the estimate.
    const found = Math.max(FEWEST, tokens / units);
    this.#tokensPerUnit += weight * (found - this.#tokensPerUnit);
  }
}

const sum = <T>(items: Iterable<T>, of: (item: T) => number): number => {
  let total = 0;
  for (const item of items) total += of(item);
  return total;
};
