import { expect, test } from "vitest";
import { isToldHere } from "../../src/cli/together.js";
import { endedByFirst, mpiMissing, processLost } from "../../src/collective/errors.js";

test("the first process reports every error, but not twice that a process is gone", () => {
  expect(isToldHere(new TypeError("a bug"), 0, {})).toBe(true);
  expect(isToldHere(mpiMissing("the system", undefined), 0, {})).toBe(true);
  expect(isToldHere(processLost("Process 1"), 0, {})).toBe(false);
});

test("other processes are silent, except the first of a machine without MPI", () => {
  expect(isToldHere(new TypeError("a bug"), 1, {})).toBe(false);
  expect(isToldHere(endedByFirst(), 1, {})).toBe(false);
  const missing = mpiMissing("the system", undefined);
  expect(isToldHere(missing, 2, { MPI_LOCALRANKID: "0" })).toBe(true);
  expect(isToldHere(missing, 3, { MPI_LOCALRANKID: "1" })).toBe(false);
  expect(isToldHere(missing, 3, { SLURM_LOCALID: "1" })).toBe(false);
});
