import { expect, test } from "vitest";
import { launchOf } from "../../src/collective/index.js";

test("a process that was started alone has no launcher", () => {
  expect(launchOf({})).toBeUndefined();
  expect(launchOf({ PMI_RANK: "0", PMI_SIZE: "1" })).toBeUndefined();
});

test("the script of a Slurm job is not one of its tasks", () => {
  expect(launchOf({ SLURM_PROCID: "0", SLURM_NTASKS: "4" })).toBeUndefined();
  expect(launchOf({ SLURM_PROCID: "2", SLURM_NTASKS: "4", SLURM_STEP_ID: "0" })).toEqual({
    by: "SLURM_PROCID",
    rank: 2,
    size: 4,
  });
});

test("mpiexec, PMIx and srun number their processes", () => {
  expect(launchOf({ PMI_RANK: "3", PMI_SIZE: "4" })).toEqual({ by: "PMI_RANK", rank: 3, size: 4 });
  expect(launchOf({ PMIX_RANK: "1" })).toEqual({ by: "PMIX_RANK", rank: 1, size: undefined });
  expect(launchOf({ PMIX_RANK: "1", OMPI_COMM_WORLD_SIZE: "2" })).toMatchObject({ size: 2 });
});
