/** The output of processes that train together: the first one speaks for all. */
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
 * Whether a process other than the first one must report an error itself: the first one is gone, or MPI does not connect
 * them. Of the processes of one machine, one reports that.
 */
export function isToldByAll(error: unknown, environment: Io["env"]): boolean {
  if (!isNeriumError(error)) return false;
  if (error.code === "COLLECTIVE_PROCESS_LOST") return true;
  const isFirstHere = LOCAL_RANKS.every((name) => (environment[name] ?? "0") === "0");
  return /^COLLECTIVE_MPI_(MISSING|UNUSABLE|ALONE)$/.test(error.code) && isFirstHere;
}
