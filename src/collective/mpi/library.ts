import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { prefixOf } from "../../runtime/pythonPrefix.js";
import { mpiMissing } from "../errors.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** File names of libraries with the standard ABI of MPI 5, which all implementations share. */
const STANDARD = /^libmpi_abi(\.\d+)*\.(so|dylib)(\.\d+)*$/;
/** File names of libraries with an ABI of their own. */
const OTHER = /^libmpi(cxx)?(\.\d+)*\.(so|dylib)(\.\d+)*$/;

const namesIn = (folder: string): string[] =>
  statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder).sort() : [];

/** Returns the library in a folder, the one with the longest version if there are several. */
const libraryIn = (folder: string, kind: RegExp): string | undefined => {
  const names = namesIn(folder).filter((name) => kind.test(name));
  names.sort((a, b) => b.length - a.length);
  return names[0] && join(folder, names[0]);
};

const SYSTEM_FOLDERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/local/lib",
  "/opt/homebrew/lib",
];

/**
 * Finds the library of MPI: the file or folder that `NERIUM_MPI` names, the one that belongs to the launcher of this process or
 * to the `mpiexec` on the PATH, that of a Python environment with the package mpich, or the system's.
 *
 * @throws NeriumError COLLECTIVE_MPI_MISSING
 */
export function findMpi(
  environment: Environment = process.env,
  systemFolders: readonly string[] = SYSTEM_FOLDERS,
  launcher: string | undefined = parentProgram(),
): string {
  const { NERIUM_MPI, NERIUM_PYTHON, VIRTUAL_ENV, CONDA_PREFIX, PATH = "" } = environment;
  if (NERIUM_MPI !== undefined && NERIUM_MPI !== "") {
    const named = resolve(NERIUM_MPI);
    if (statSync(named, { throwIfNoEntry: false })?.isFile()) return named;
    const found = [named, join(named, "lib")].map((folder) => libraryIn(folder, STANDARD)).find(Boolean);
    if (found !== undefined) return found;
    throw mpiMissing(`NERIUM_MPI=${NERIUM_MPI}`, undefined);
  }
  const places: readonly (readonly [by: string, folders: readonly string[]])[] = [
    ["the launcher", besideProgram(launcher)],
    ["mpiexec on the PATH", besideMpiexec(PATH)],
    ...(
      [
        ["VIRTUAL_ENV", VIRTUAL_ENV],
        ["CONDA_PREFIX", CONDA_PREFIX],
        ["NERIUM_PYTHON", prefixOf(NERIUM_PYTHON, PATH, process.platform)],
      ] as const
    ).map(([by, prefix]) => [by, prefix ? [join(prefix, "lib")] : []] as const),
    ["the system", systemFolders],
  ];
  const folders = places.flatMap(([, each]) => each);
  const found = folders.map((folder) => libraryIn(folder, STANDARD)).find(Boolean);
  if (found !== undefined) return found;
  const other = folders.map((folder) => libraryIn(folder, OTHER)).find(Boolean);
  throw mpiMissing(places.map(([by]) => by).join(", "), other);
}

/** The folders of libraries that belong to the first `mpiexec` of a PATH. */
function besideMpiexec(path: string): readonly string[] {
  const prefix = prefixOf("mpiexec", path, process.platform);
  return prefix === undefined ? [] : besideProgram(join(prefix, "bin", "mpiexec"));
}

/** The folders of libraries that belong to a program. It may be a link into another folder. */
function besideProgram(program: string | undefined): readonly string[] {
  if (program === undefined || !existsSync(program)) return [];
  return [...new Set([program, realpathSync(program)])].map((each) => join(dirname(dirname(each)), "lib"));
}

/** The program that started this process, where the system tells. */
function parentProgram(): string | undefined {
  try {
    return realpathSync(`/proc/${process.ppid}/exe`);
  } catch {
    return undefined;
  }
}
