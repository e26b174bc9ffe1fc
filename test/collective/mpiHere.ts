import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { findMpi } from "../../src/collective/mpi/library.js";
import { isNeriumError } from "../../src/errors.js";

/** Returns the library and its launcher, or why there are none. */
function found(): { readonly library: string; readonly mpiexec: string } | string {
  try {
    const library = findMpi();
    const mpiexec = join(dirname(dirname(library)), "bin", "mpiexec");
    return existsSync(mpiexec) ? { library, mpiexec } : `${mpiexec} does not exist`;
  } catch (error) {
    if (isNeriumError(error)) return error.message;
    throw error;
  }
}

const here = found();

/** The library of MPI and its launcher. Use them if {@link mpiMissing} is `undefined` only. */
export const mpi = here as Exclude<typeof here, string>;

/** The command that starts a number of processes of what follows. */
export const launcher = (processes: number): string[] => [mpi.mpiexec, "-n", String(processes)];

/** The variables for processes that the launcher starts. */
export const mpiEnvironment = () => ({ NERIUM_MPI: mpi.library });

/** Why there is no MPI here, if so. */
export const mpiMissing: string | undefined = typeof here === "string" ? here : undefined;
