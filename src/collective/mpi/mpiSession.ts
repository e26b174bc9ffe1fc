import { readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { isNeriumError } from "../../errors.js";
import { type Session, singleProcess } from "../collective.js";
import { CALL_FAILED, LOST, mpiAlone } from "../errors.js";
import type { Launch } from "../launch.js";
import { Watch } from "../watch.js";
import { findMpi } from "./library.js";
import { Mpi } from "./mpi.js";
import { MpiCollective } from "./mpiCollective.js";

/** Milliseconds that a run has to end by itself once another process is gone. */
const GRACE = 5000;

/** Milliseconds within which the watch must notice what MPI has noticed. */
const NOTICED = 1000;

/**
 * Loads MPI and connects the processes.
 *
 * @throws NeriumError COLLECTIVE_MPI_MISSING, COLLECTIVE_MPI_UNUSABLE, COLLECTIVE_MPI_ALONE
 */
export async function openMpi(launch: Launch): Promise<Session> {
  const mpi = Mpi.load(findMpi());
  const { rank, size } = mpi.init();
  if (size === 1 && (launch.size ?? 1) > 1) {
    mpi.finalize();
    throw mpiAlone(mpi.file, launch.by, launch.size);
  }
  if (size === 1) {
    process.once("exit", () => mpi.finalize());
    return { collective: singleProcess, begin() {}, rest() {}, failed: async (error) => error };
  }
  return MpiSession.open(mpi, rank, size);
}

/** The use of MPI by this process, from its start to its end. */
class MpiSession implements Session {
  readonly collective: MpiCollective;
  private watch: Watch | undefined;
  /** False between two runs, when the process may end. */
  private works = true;
  private ending: NodeJS.Timeout | undefined;

  private constructor(
    private readonly mpi: Mpi,
    rank: number,
    size: number,
  ) {
    this.collective = new MpiCollective(mpi, rank, size, () => this.watch?.failure);
    // MPICH's launcher may send it when another process has died. Node would start its debugger.
    process.on("SIGUSR1", () => {});
    process.once("exit", (code) => {
      if (this.works) this.mpi.abort(code === 0 ? 1 : code);
      else this.mpi.finalize();
    });
  }

  static async open(mpi: Mpi, rank: number, size: number): Promise<MpiSession> {
    const session = new MpiSession(mpi, rank, size);
    const { collective } = session;
    const places = await collective.toFirst(ownPlace());
    const all = await collective.fromFirst(places!);
    collective.sharing = all.filter((place) => place === all[rank]).length;
    session.watch = await Watch.start(collective, () => session.endSoon());
    return session;
  }

  begin(): void {
    this.works = true;
    this.watch?.work();
    if (this.watch?.failure !== undefined) throw this.watch.failure;
  }

  rest(): void {
    this.works = false;
    this.watch?.rest();
  }

  async failed(error: unknown): Promise<unknown> {
    // MPI may notice first that a process is gone, but does not know which one.
    const isOfMpi = isNeriumError(error) && error.code === CALL_FAILED;
    for (let waits = 0; isOfMpi && this.watch?.failure === undefined && waits < NOTICED; waits++)
      await sleep(1);
    clearTimeout(this.ending);
    const failure = this.watch?.failure;
    if (failure === undefined) this.watch?.tell(error);
    // The first process says why, and then ends all. If this one ended before, its launcher might end the first one.
    if (this.collective.rank > 0) await this.watch?.firstEnds(2 * GRACE);
    return failure ?? error;
  }

  /** Says which process is gone. Ends all others if the run does not end by itself, because it computes. */
  private endSoon(): void {
    const failure = this.watch?.failure;
    // At once, and by no other way: some launchers kill all processes a few milliseconds after one of them.
    const isLost = isNeriumError(failure) && failure.code === LOST;
    if (isLost) writeSync(2, `error: ${failure.message} [${LOST}]\n  ${failure.commandRemedy}\n`);
    this.ending = setTimeout(() => {
      if (this.collective.rank === 0 && !isLost) writeSync(2, `error: ${failure?.message}\n`);
      this.mpi.abort(1);
    }, GRACE);
    this.ending.unref();
  }
}

/** The machine, and the processors of it that this process may use: a launcher may have divided them. */
function ownPlace(): string {
  let processors = "";
  try {
    [, processors = ""] =
      /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  } catch {
    // Other systems than Linux do not say.
  }
  return `${hostname()} ${processors}`;
}
