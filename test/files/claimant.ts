import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Claim } from "./children/claims.js";

/** A process that claims folders. */
export class Claimant {
  private constructor(private readonly child: ChildProcess) {}

  /** @param inside a command that starts the command after it elsewhere, such as `unshare --pid --fork` */
  static async start(inside: readonly string[] = []): Promise<Claimant> {
    const [execPath, ...execArgv] = [...inside, process.execPath, "--import", "tsx"];
    const program = join(import.meta.dirname, "children", "claims.ts");
    const env = { ...process.env, NODE_OPTIONS: "" };
    const claimant = new Claimant(fork(program, { execPath: execPath!, execArgv, env }));
    await claimant.answer();
    return claimant;
  }

  private answer(): Promise<string> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error("the process that claims folders has ended"));
      this.child.once("exit", ended);
      this.child.once("message", (answer: string) => {
        this.child.off("exit", ended);
        resolve(answer);
      });
    });
  }

  /** Returns `claimed` or the code of an error; `released` after null. */
  told(claim: Claim): Promise<string> {
    const answered = this.answer();
    this.child.send(claim as object);
    return answered;
  }

  /** Kills the process. Resolves once it has ended. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGKILL");
    await ended;
  }
}
