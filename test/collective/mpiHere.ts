import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe } from "vitest";
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

/** The library of MPI and its launcher. Use them in {@link describeMpi} only. */
export const mpi = here as Exclude<typeof here, string>;

/** The command that starts a number of processes of what follows. */
export const launcher = (processes: number): string[] => [mpi.mpiexec, "-n", String(processes)];

/** The variables for processes that the launcher starts. */
export const mpiEnvironment = () => ({ NERIUM_MPI: mpi.library });

/** `describe`, if MPI is installed. Otherwise the tests are skipped, and their title says why. */
export const describeMpi = (title: string, tests: () => void): void =>
  typeof here === "string"
    ? void describe.skip(`${title} (skipped: ${here})`, tests)
    : void describe(title, tests);
