import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A process that answers each line of JSON with one line of JSON. */
export class Contestant {
  private readonly lines: AsyncIterator<string>;

  private constructor(private readonly child: ChildProcess) {
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts a script with the interpreter in NERIUM_PYTHON; see bench/python/setup. */
  static start(script: string, args: readonly string[]): Contestant {
    const python = process.env.NERIUM_PYTHON;
    if (python === undefined)
      throw new Error("NERIUM_PYTHON names no interpreter: run bench/python/setup DIR first.");
    return new Contestant(spawn(python, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] }));
  }

  /** Starts a script with Node. */
  static node(script: string, args: readonly string[]): Contestant {
    return new Contestant(spawn(process.execPath, [script, ...args], { stdio: ["pipe", "pipe", "inherit"] }));
  }

  async answer<T>(): Promise<T> {
    const { done, value } = await this.lines.next();
    if (done) throw new Error("The process ended before it answered.");
    return JSON.parse(value) as T;
  }

  ask<T>(question: unknown): Promise<T> {
    this.child.stdin!.write(`${JSON.stringify(question)}\n`);
    return this.answer<T>();
  }

  end(): void {
    this.child.stdin!.end();
  }
}
