import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findMpi } from "../../src/collective/mpi/library.js";
import { Mpi } from "../../src/collective/mpi/mpi.js";

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "nerium-mpi-")));
});
afterEach(() => rmSync(root, { recursive: true }));

/** Makes an empty file below `root`. */
function file(...path: string[]): string {
  const whole = join(root, ...path);
  mkdirSync(join(whole, ".."), { recursive: true });
  writeFileSync(whole, "");
  return whole;
}

test("the library that belongs to mpiexec comes before those of Python environments", () => {
  const python = file("venv", "lib", "libmpi_abi.so.1");
  const environment = { PATH: join(root, "bin"), VIRTUAL_ENV: join(root, "venv") };
  expect(findMpi(environment, [])).toBe(python);
  file("bin", "mpiexec");
  const own = file("lib", "libmpi_abi.so.1.0.2");
  expect(findMpi(environment, [])).toBe(own);
});

test("an mpiexec that is a link leads to the library of the program that it means", () => {
  file("mpich", "bin", "mpiexec");
  const library = file("mpich", "lib", "libmpi_abi.so.1");
  mkdirSync(join(root, "bin"));
  symlinkSync(join(root, "mpich", "bin", "mpiexec"), join(root, "bin", "mpiexec"));
  expect(findMpi({ PATH: join(root, "bin") }, [])).toBe(library);
});

test("the library of the program that started this one comes first", () => {
  file("other", "bin", "mpiexec");
  file("other", "lib", "libmpi_abi.so.1");
  const launcher = file("mpich", "bin", "hydra_pmi_proxy");
  const library = file("mpich", "lib", "libmpi_abi.so.1");
  expect(findMpi({ PATH: join(root, "other", "bin") }, [], launcher)).toBe(library);
});

test("NERIUM_MPI names the file or the folder, and nothing else is searched", () => {
  const library = file("lib", "libmpi_abi.so.1");
  for (const named of [library, join(root, "lib"), root])
    expect(findMpi({ NERIUM_MPI: named }, [])).toBe(library);
  expect(() => findMpi({ NERIUM_MPI: join(root, "none") }, [join(root, "lib")])).toThrow(
    expect.objectContaining({ code: "COLLECTIVE_MPI_MISSING", where: `NERIUM_MPI=${join(root, "none")}` }),
  );
});

test("a library without the standard ABI is named", () => {
  const other = file("lib", "libmpi.so.40");
  expect(() => findMpi({}, [join(root, "lib")])).toThrow(
    expect.objectContaining({
      code: "COLLECTIVE_MPI_MISSING",
      message: expect.stringContaining(other),
      remedy: expect.stringContaining("pip install mpich"),
    }),
  );
});

test("a file that is not a library of MPI is refused", () => {
  const text = file("libmpi_abi.so");
  expect(() => Mpi.load(text)).toThrow(
    expect.objectContaining({ code: "COLLECTIVE_MPI_UNUSABLE", where: text }),
  );
});
