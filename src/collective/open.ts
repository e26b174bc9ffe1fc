import { type Collective, type Session, singleProcess } from "./collective.js";
import { launchOf } from "./launch.js";

const alone: Session = {
  collective: singleProcess,
  begin() {},
  rest() {},
  failed: async (error) => error,
};

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

/**
 * Tells the other processes that this one has failed before it connected with them. Otherwise they would wait for it for ever,
 * inside MPI, where no signal reaches them. If MPI cannot be opened, the others find that too.
 */
export async function failedBefore(error: unknown): Promise<void> {
  if (opened !== undefined) return;
  try {
    const session = await openCollective();
    await session.failed(error);
  } catch {
    // The first error is the one to tell.
  }
}

/** Does some work that all processes do together. If it fails at one of them, it fails at all. */
export async function together<T>(work: (collective: Collective) => Promise<T>): Promise<T> {
  const session = await openCollective();
  session.begin();
  try {
    const result = await work(session.collective);
    session.rest();
    return result;
  } catch (error) {
    throw await session.failed(error);
  }
}
