/** The output of processes that train together: the first one speaks for all. */
import { LOST } from "../collective/errors.js";
import { isNeriumError } from "../errors.js";
import type { Io, Output } from "./io.js";

const nowhere: Output = {
  write(_, done) {
    done?.();
    return true;
  },
};

/** The same process without output, for all but the first of several processes. */
export const silenced = (io: Io): Io => ({ ...io, stdout: nowhere, stderr: nowhere, documents: nowhere });

/** The variables with which launchers number the processes of one machine. */
const LOCAL_RANKS = ["MPI_LOCALRANKID", "OMPI_COMM_WORLD_LOCAL_RANK", "PMIX_LOCAL_RANK", "SLURM_LOCALID"];

/**
 * Whether a process must report an error. The first one reports all, except that a process is gone: that has been told
 * already. If MPI does not connect the processes, one of each machine reports that.
 */
export function isToldHere(error: unknown, rank: number, environment: Io["env"]): boolean {
  if (isNeriumError(error) && error.code === LOST) return false;
  if (rank === 0) return true;
  if (!isNeriumError(error)) return false;
  const isFirstHere = LOCAL_RANKS.every((name) => (environment[name] ?? "0") === "0");
  return /^COLLECTIVE_MPI_(MISSING|UNUSABLE|ALONE)$/.test(error.code) && isFirstHere;
}
