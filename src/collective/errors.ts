import { NeriumError } from "../errors.js";

/** The command that installs a library with the standard ABI. */
const INSTALL = "pip install mpich";

/** This process was started by a launcher of MPI, but no library of MPI was found. */
export const mpiMissing = (searched: string, other: string | undefined) =>
  new NeriumError(
    "COLLECTIVE_MPI_MISSING",
    other === undefined
      ? "MPI was not found"
      : `MPI was not found with the standard ABI; ${other} does not have it`,
    {
      where: searched,
      remedy: `Install MPICH 5, which contains libmpi_abi and mpiexec: ${INSTALL}. Or set NERIUM_MPI to another file libmpi_abi.`,
    },
  );

/** A library of MPI cannot be loaded, or does not have the functions of the standard ABI. */
export const mpiUnusable = (file: string, what: string, cause?: unknown) =>
  new NeriumError("COLLECTIVE_MPI_UNUSABLE", `Could not use MPI: ${what}`, {
    where: file,
    remedy: `Nerium needs a library with the standard ABI of MPI 5, libmpi_abi: ${INSTALL}. Or set NERIUM_MPI to one.`,
    cause,
  });

/** The launcher started several processes, but MPI does not connect them: the library does not belong to the launcher. */
export const mpiAlone = (file: string, by: string, size: number | undefined) =>
  new NeriumError(
    "COLLECTIVE_MPI_ALONE",
    `The launcher (${by}) started ${size ?? "several"} processes, but MPI sees only one`,
    {
      where: file,
      remedy:
        "Use the mpiexec of the same MPI, or with Slurm srun --mpi=pmi2. Set NERIUM_MPI to the library of your launcher.",
    },
  );

/** The code of {@link mpiCallFailed}. */
export const CALL_FAILED = "COLLECTIVE_MPI_CALL_FAILED";

/** A function of MPI failed. */
export const mpiCallFailed = (name: string, message: string) =>
  new NeriumError("COLLECTIVE_MPI_CALL_FAILED", `MPI failed in ${name}: ${message}`, {
    remedy: "Check the network between the machines. Continue with --resume, with any number of processes.",
  });

/** The code of {@link processLost}, which is told before the run ends. */
export const LOST = "COLLECTIVE_PROCESS_LOST";

/** A process of the run was killed, or its machine is gone. */
export const processLost = (name: string) =>
  new NeriumError("COLLECTIVE_PROCESS_LOST", `${name} ended unexpectedly, which ends the run`, {
    remedy: "The checkpoints are whole. Continue with --resume, with any number of processes.",
  });

/** An error as one process sends it to another. */
export interface SentError {
  /** Empty for a bug. */
  readonly code: string;
  readonly message: string;
  readonly where?: string | undefined;
  readonly remedy?: string | undefined;
}

/** Another process has failed, with an error that it has sent. */
export const processFailed = (name: string, { code, message, where, remedy }: SentError) =>
  new NeriumError("COLLECTIVE_PROCESS_FAILED", `${name} failed: ${message}${code && ` [${code}]`}`, {
    ...(where === undefined ? {} : { where }),
    ...(remedy === undefined ? {} : { remedy }),
  });

/** The first process has ended the run, and says why. */
export const endedByFirst = () =>
  new NeriumError("COLLECTIVE_ENDED", "Process 0 has ended the run, and says why");
