import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { prefixOf } from "../pythonPrefix.js";

export type Environment = Readonly<Record<string, string | undefined>>;

/** A library that was found, and how. */
export interface FoundLibrary {
  readonly file: string;
  /** What led to it, such as an environment variable. */
  readonly by: string;
}

/** A place to search: folders in the order of preference. */
export interface Place {
  readonly by: string;
  folders(): readonly string[];
}

export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

/**
 * The Python environments that a user may have installed a package in. Python itself is not started.
 *
 * @param inPackages the folder of its libraries, in `site-packages`
 */
export function pythonPlaces(
  inPackages: string,
  environment: Environment,
  platform: NodeJS.Platform,
): readonly Place[] {
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
        ? [
            {
              by,
              folders: () => [
                ...packageFolders(prefix, inPackages, platform),
                ...condaFolders(prefix, platform),
              ],
            },
          ]
        : [],
    ),
    {
      by: "pip's folders",
      folders: () =>
        [join(homedir(), ".local"), "/usr/local"].flatMap((prefix) =>
          packageFolders(prefix, inPackages, platform),
        ),
    },
  ];
}

/** The folders of a package's libraries in the Python packages below a prefix. */
export function packageFolders(
  prefix: string,
  inPackages: string,
  platform: NodeJS.Platform,
): readonly string[] {
  if (platform === "win32") return [join(prefix, "Lib", "site-packages", inPackages)];
  return ["lib", "lib64"]
    .map((lib) => join(prefix, lib))
    .filter(isFolder)
    .flatMap((lib) =>
      readdirSync(lib)
        .filter((name) => /^python3/.test(name))
        .map((name) => join(lib, name)),
    )
    .flatMap((python) => ["site-packages", "dist-packages"].map((kind) => join(python, kind, inPackages)));
}

/** The folder of libraries that conda's own packages contain, without Python. */
const condaFolders = (prefix: string, platform: NodeJS.Platform): readonly string[] =>
  platform === "win32"
    ? [join(prefix, "Library", "bin")]
    : existsSync(join(prefix, "conda-meta"))
      ? [join(prefix, "lib")]
      : [];
