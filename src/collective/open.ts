import { type Collective, singleProcess } from "./collective.js";
import { launchOf } from "./launch.js";

/** The processes that a launcher has started, from the start of this one to its end. */
export interface Session {
  /** Does some work that all processes do together. If it fails at one of them, it fails at all. */
  during<E, T>(work: (collective: Collective) => AsyncGenerator<E, T>): AsyncGenerator<E, T>;
}

const alone: Session = { during: (work) => work(singleProcess) };

let opened: Promise<Session> | undefined;

/**
 * Connects this process with the others that `mpiexec` or `srun` has started, on the first call. A process that was started
 * alone stays alone, and no library is loaded.
 *
 * @throws NeriumError COLLECTIVE_MPI_MISSING, COLLECTIVE_MPI_UNUSABLE, COLLECTIVE_MPI_ALONE
 */
export function openCollective(): Promise<Session> {
  opened ??= opening();
  return opened;
}

async function opening(): Promise<Session> {
  const launch = launchOf(process.env);
  if (launch === undefined) return alone;
  const { openMpi } = await import("./mpi/mpiSession.js");
  return openMpi(launch);
}
