/** Whether this process is one of several that MPI started. Reads only the environment, so that every command can ask. */

type Environment = Readonly<Record<string, string | undefined>>;

/** What the launcher says about this process. */
export interface Launch {
  /** The launcher's variable that says so. */
  readonly by: string;
  /** The number of this process, from 0. */
  readonly rank: number;
  /** The number of processes; `undefined` if the launcher does not say. */
  readonly size: number | undefined;
}

const whole = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

/**
 * Returns what the launcher of MPI says: mpiexec of MPICH (`PMI_RANK`), a launcher with PMIx (`PMIX_RANK`), or Slurm's srun
 * (`SLURM_PROCID` in a step of several tasks). Returns `undefined` for a process that was started alone.
 *
 * @example
 * launchOf({ PMI_RANK: "1", PMI_SIZE: "4" }); // { by: "PMI_RANK", rank: 1, size: 4 }
 */
export function launchOf(environment: Environment): Launch | undefined {
  const { PMI_RANK, PMI_SIZE, PMIX_RANK, OMPI_COMM_WORLD_SIZE } = environment;
  const { SLURM_PROCID, SLURM_NTASKS, SLURM_STEP_ID } = environment;
  const tasks = SLURM_STEP_ID === undefined ? undefined : whole(SLURM_NTASKS);
  const candidates = [
    { by: "PMI_RANK", rank: whole(PMI_RANK), size: whole(PMI_SIZE) },
    { by: "PMIX_RANK", rank: whole(PMIX_RANK), size: whole(OMPI_COMM_WORLD_SIZE) ?? tasks },
    // The script of a Slurm job has SLURM_PROCID too, but belongs to no step.
    { by: "SLURM_PROCID", rank: tasks === undefined ? undefined : whole(SLURM_PROCID), size: tasks },
  ];
  const { by, rank, size } = candidates.find((each) => each.rank !== undefined) ?? candidates[0]!;
  return rank === undefined || size === 1 ? undefined : { by, rank, size };
}
