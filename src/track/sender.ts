import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { counted } from "../counted.js";
import type { NeriumWarning } from "../errors.js";
import { withoutSecrets } from "../shown.js";
import { Refused } from "./client.js";
import type { Outcome } from "./tracker.js";

/** Milliseconds before a request is sent again, at first and at most. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/** Milliseconds for what is left at the end of a run. */
const PATIENCE_AT_END = 5000;

/** What a sender does, step by step. */
export interface Sending {
  /** Sends one request, or waits for something to send with {@link Sender.idle}. Returns true if all is done. */
  next(): Promise<boolean>;
  /** Called when no answer came, so that the server may have handled the request or not. */
  onUnsure(): void;
  /** Number of figures that were not sent. */
  unsent(): number;
  close(): Promise<void>;
}

/** The server that a sender sends to. */
export interface Receiver {
  readonly name: string;
  readonly address: string;
  /** How the codes of its warnings begin. */
  readonly code: string;
}

/**
 * Sends to a server in the background, so that a slow server does not slow down the run. While the server does not
 * answer, it tries again after a pause. A server that refuses is not asked again.
 */
export class Sender {
  /** What is sent; set before {@link begin}. */
  sending: Sending | undefined;
  readonly #stop = new AbortController();
  /** Ends a pause. */
  #wake = () => {};
  #isIdle = false;
  #running: Promise<void> = Promise.resolve();
  #ending: Outcome | undefined;
  #isGone = false;
  #isWarned = false;
  #warnings: NeriumWarning[] = [];

  constructor(private readonly receiver: Receiver) {}

  /** Is aborted at the end of the run, whatever has been sent. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** How the run ended, if it has. */
  get ending(): Outcome | undefined {
    return this.#ending;
  }

  /** True once the server has refused, so that nothing more can be sent. */
  get isGone(): boolean {
    return this.#isGone;
  }

  begin(): void {
    this.#running = this.#run();
  }

  /** Says that there is something to send. */
  notify(): void {
    if (this.#isIdle) this.#wake();
  }

  /** Resolves when there is something to send, or when the run ends. */
  async idle(): Promise<void> {
    this.#isIdle = true;
    await new Promise<void>((wake) => {
      this.#wake = wake;
    });
    this.#isIdle = false;
  }

  /** Waits for the rest, but for some seconds at most. */
  async end(outcome: Outcome): Promise<void> {
    this.#ending = outcome;
    this.#wake();
    const patience = new AbortController();
    await Promise.race([
      this.#running,
      wait(PATIENCE_AT_END, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
    this.#stop.abort();
    await this.#running;
    await this.sending?.close();
    const lost = this.sending?.unsent() ?? 0;
    const { name, code } = this.receiver;
    if (lost > 0 && !this.#isGone)
      this.warn(`${code}_INCOMPLETE`, `${counted(lost, "figure")} could not be sent to ${name}.`);
  }

  warn(code: string, message: string): void {
    this.#warnings.push({ code, message: withoutSecrets(message) });
  }

  /** Returns what went wrong since the last call. */
  warnings(): NeriumWarning[] {
    return this.#warnings.splice(0);
  }

  /** Never throws. */
  async #run(): Promise<void> {
    for (let pause = FIRST_PAUSE; !this.#stop.signal.aborted; ) {
      try {
        if (await this.sending!.next()) return;
        pause = FIRST_PAUSE;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        if (error instanceof Refused || error instanceof z.ZodError || error instanceof SyntaxError)
          return this.#giveUp(error);
        this.sending!.onUnsure();
        this.#warnOnce(error);
        await this.#pause(pause);
        pause = this.#ending === undefined ? Math.min(LONGEST_PAUSE, pause * 2) : FIRST_PAUSE;
      }
    }
  }

  /** The end of the run cuts a pause short. */
  async #pause(milliseconds: number): Promise<void> {
    const pause = new AbortController();
    const cut = () => pause.abort();
    this.#stop.signal.addEventListener("abort", cut, { once: true });
    if (this.#ending === undefined) this.#wake = cut;
    await wait(milliseconds, undefined, { signal: pause.signal }).catch(() => {});
    this.#stop.signal.removeEventListener("abort", cut);
  }

  #giveUp(error: Error): void {
    const { name, address, code } = this.receiver;
    this.#isGone = true;
    const why = error instanceof Refused ? error.message : `its answer is not that of ${name}`;
    this.warn(`${code}_REFUSED`, `Nothing more is sent to ${name} at ${address}: ${why}`);
  }

  #warnOnce(error: unknown): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    const { cause, message } = error as Error & { cause?: Error };
    const { name, address, code } = this.receiver;
    const why = cause?.message || message;
    this.warn(
      `${code}_NOT_REACHED`,
      `${name} at ${address} does not answer (${why}). The run goes on, and sends its figures later.`,
    );
  }
}
