import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { installedFolder } from "../../../installed.js";
import { openvinoMissing } from "../../errors.js";
import { prefixOf } from "../../pythonPrefix.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** A library that was found, and how. */
export interface FoundLibrary {
  readonly file: string;
  /** What led to it, such as `NERIUM_OPENVINO` or `VIRTUAL_ENV`. */
  readonly by: string;
}

/** Whether this is the file name of OpenVINO's C interface. */
function isLibraryName(name: string, platform: NodeJS.Platform): boolean {
  if (platform === "win32") return name.toLowerCase() === "openvino_c.dll";
  if (platform === "darwin") return /^libopenvino_c(\.\d+)*\.dylib$/.test(name);
  return /^libopenvino_c\.so(\.\d+)*$/.test(name);
}

/** Returns the library in a folder, the one with the longest version if there are several. */
function libraryIn(folder: string, platform: NodeJS.Platform): string | undefined {
  if (!isFolder(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => isLibraryName(name, platform));
  names.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return names[0] && join(folder, names[0]);
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/** The package that contains nothing but the libraries, made by scripts/openvino-package.mjs. */
const PACKAGE = "nerium-openvino-linux-x64";

/** A place to search: folders in the order of preference. */
interface Place {
  readonly by: string;
  folders(): readonly string[];
}

/**
 * Finds OpenVINO's C library: the file or folder that `NERIUM_OPENVINO` names, the package nerium-openvino-linux-x64 or
 * openvino-node, a Python environment with the package openvino, or the system's libraries.
 *
 * @throws NeriumError RUNTIME_OPENVINO_MISSING
 */
export function findLibrary(
  environment: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
  folderOf: (name: string) => string | undefined = installedFolder,
  systemFolders: readonly string[] = SYSTEM_FOLDERS,
): FoundLibrary {
  const named = environment.NERIUM_OPENVINO;
  if (named !== undefined && named !== "") return namedLibrary(named, platform);
  const inPackage = (name: string, folder: string): Place => ({
    by: name,
    folders: () => [folderOf(name)].flatMap((at) => (at ? [join(at, folder)] : [])),
  });
  const places: Place[] = [
    inPackage(PACKAGE, "."),
    inPackage("openvino-node", "bin"),
    ...pythonPlaces(environment, platform),
    { by: "the system", folders: () => systemFolders },
  ];
  for (const { by, folders } of places) {
    for (const folder of folders()) {
      const file = libraryIn(folder, platform);
      if (file !== undefined) return { file, by };
    }
  }
  throw openvinoMissing(places.map(({ by }) => by).join(", "));
}

function namedLibrary(named: string, platform: NodeJS.Platform): FoundLibrary {
  const path = resolve(named);
  const by = "NERIUM_OPENVINO";
  if (!isFolder(path)) {
    if (existsSync(path)) return { file: path, by };
    throw openvinoMissing(`NERIUM_OPENVINO=${named}`);
  }
  // The folder of the libraries, a Python environment, or one of the folders between them.
  const folders = [path, join(path, "libs"), join(path, "openvino", "libs"), ...packagesIn(path, platform)];
  const file = folders.map((folder) => libraryIn(folder, platform)).find((found) => found !== undefined);
  if (file === undefined) throw openvinoMissing(`NERIUM_OPENVINO=${named}`);
  return { file, by };
}

/** The Python environments that a user may have installed OpenVINO in. Python itself is not started. */
function pythonPlaces(environment: Environment, platform: NodeJS.Platform): Place[] {
  const { VIRTUAL_ENV, CONDA_PREFIX, NERIUM_PYTHON, PATH = "" } = environment;
  const prefixes: (readonly [by: string, prefix: string | undefined])[] = [
    ["VIRTUAL_ENV", VIRTUAL_ENV],
    ["CONDA_PREFIX", CONDA_PREFIX],
    ["NERIUM_PYTHON", prefixOf(NERIUM_PYTHON, PATH, platform)],
    ["python3 on the PATH", prefixOf("python3", PATH, platform) ?? prefixOf("python", PATH, platform)],
  ];
  return [
    ...prefixes.flatMap(([by, prefix]) =>
      prefix
        ? [{ by, folders: () => [...packagesIn(prefix, platform), ...condaFolders(prefix, platform)] }]
        : [],
    ),
    {
      by: "pip's folders",
      folders: () =>
        [join(homedir(), ".local"), "/usr/local"].flatMap((prefix) => packagesIn(prefix, platform)),
    },
  ];
}

/** The folders of OpenVINO's libraries in the Python packages below a prefix. */
function packagesIn(prefix: string, platform: NodeJS.Platform): readonly string[] {
  const inPackage = join("openvino", "libs");
  if (platform === "win32") return [join(prefix, "Lib", "site-packages", inPackage)];
  return ["lib", "lib64"]
    .map((lib) => join(prefix, lib))
    .filter(isFolder)
    .flatMap((lib) =>
      readdirSync(lib)
        .filter((name) => /^python3/.test(name))
        .map((name) => join(lib, name)),
    )
    .flatMap((python) => ["site-packages", "dist-packages"].map((kind) => join(python, kind, inPackage)));
}

/** The folder of conda's own packages of OpenVINO, which contain no Python. */
const condaFolders = (prefix: string, platform: NodeJS.Platform): readonly string[] =>
  platform === "win32"
    ? [join(prefix, "Library", "bin")]
    : existsSync(join(prefix, "conda-meta"))
      ? [join(prefix, "lib")]
      : [];

const SYSTEM_FOLDERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/local/lib",
  "/opt/intel/openvino/runtime/lib/intel64",
  "/opt/homebrew/lib",
];
