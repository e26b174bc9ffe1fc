import { readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { type Collective, singleProcess } from "../collective.js";
import { mpiAlone } from "../errors.js";
import type { Launch } from "../launch.js";
import type { Session } from "../open.js";
import { Watch } from "../watch.js";
import { findMpi } from "./library.js";
import { Mpi } from "./mpi.js";
import { MpiCollective } from "./mpiCollective.js";

/** Milliseconds that a run has to end by itself once another process is gone. */
const GRACE = 5000;

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
    return { during: (work) => work(singleProcess) };
  }
  return MpiSession.open(mpi, rank, size);
}

/** The use of MPI by this process, from its start to its end. */
class MpiSession implements Session {
  private readonly collective: MpiCollective;
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

  async *during<E, T>(work: (collective: Collective) => AsyncGenerator<E, T>): AsyncGenerator<E, T> {
    this.works = true;
    this.watch?.work();
    try {
      if (this.watch?.failure !== undefined) throw this.watch.failure;
      const result = yield* work(this.collective);
      this.works = false;
      this.watch?.rest();
      return result;
    } catch (error) {
      clearTimeout(this.ending);
      const failure = this.watch?.failure;
      if (failure === undefined) this.watch?.tell(error);
      throw failure ?? error;
    }
  }

  /** Ends all processes if the run does not end by itself, because it computes. */
  private endSoon(): void {
    this.ending = setTimeout(() => {
      if (this.collective.rank <= 1) writeSync(2, `error: ${this.watch?.failure?.message}\n`);
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
