import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { installedFolder } from "../../../installed.js";
import { openvinoMissing } from "../../errors.js";
import {
  type Environment,
  type FoundLibrary,
  isFolder,
  type Place,
  packageFolders,
  pythonPlaces,
} from "../pythonPlaces.js";

/** The folder of OpenVINO's libraries among Python's packages. */
const IN_PACKAGES = join("openvino", "libs");

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

/** The package that contains nothing but the libraries, made by scripts/openvino-package.mjs. */
const PACKAGE = "nerium-openvino-linux-x64";

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
    ...pythonPlaces(IN_PACKAGES, environment, platform),
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
  const folders = [
    path,
    join(path, "libs"),
    join(path, IN_PACKAGES),
    ...packageFolders(path, IN_PACKAGES, platform),
  ];
  const file = folders.map((folder) => libraryIn(folder, platform)).find((found) => found !== undefined);
  if (file === undefined) throw openvinoMissing(`NERIUM_OPENVINO=${named}`);
  return { file, by };
}

const SYSTEM_FOLDERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/local/lib",
  "/opt/intel/openvino/runtime/lib/intel64",
  "/opt/homebrew/lib",
];
