import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { installedFolder } from "../../../installed.js";
import { platformUnsupported, runtimeLibraryMissing } from "../../errors.js";
import { isFolder, packageFolders } from "../pythonPlaces.js";

/** Operating systems and processors that onnxruntime-node 1.30 carries a CPU build for. */
export const supportedPlatforms = [
  "darwin-arm64",
  "linux-arm64",
  "linux-x64",
  "win32-arm64",
  "win32-x64",
] as const;

/** The file name of ONNX Runtime's shared library on a platform; macOS puts the version inside it. */
export function isLibraryName(name: string, platform: NodeJS.Platform): boolean {
  if (platform === "win32") return name.toLowerCase() === "onnxruntime.dll";
  if (platform === "darwin") return /^libonnxruntime(\.\d+)*\.dylib$/.test(name);
  return /^libonnxruntime\.so(\.\d+)*$/.test(name);
}

/** The library's path in a folder, the longest name first (the one with the full version), or undefined. */
export function libraryIn(folder: string, platform: NodeJS.Platform): string | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => isLibraryName(name, platform));
  names.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return names[0] === undefined ? undefined : join(folder, names[0]);
}

/** The folder of ONNX Runtime's libraries among Python's packages. */
export const IN_PACKAGES = join("onnxruntime", "capi");

/** The library that a path stands for: a file, the folder of the libraries, or a Python environment. */
export function namedLibrary(path: string, platform: NodeJS.Platform): string | undefined {
  if (!isFolder(path)) return existsSync(path) ? path : undefined;
  const folders = [path, ...packageFolders(path, IN_PACKAGES, platform)];
  return folders.map((folder) => libraryIn(folder, platform)).find((found) => found !== undefined);
}

/** The installed packages that may hold the library of a platform, each with the folder in it. */
const packagesFor = (platform: string) => [
  // The whole package carries all platforms; published in parts, it depends on one package a platform.
  { name: "nerium", folder: join("dist", "native", platform) },
  { name: `nerium-${platform}`, folder: "." },
];

/**
 * The path of the ONNX Runtime library to load: that of `NERIUM_ONNXRUNTIME`, else that of the package
 * nerium, else that of the platform package. Throws RUNTIME_LIBRARY_MISSING or RUNTIME_PLATFORM_UNSUPPORTED.
 */
export function libraryPath(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
  folderOf: (name: string) => string | undefined = installedFolder,
): string {
  const named = environment.NERIUM_ONNXRUNTIME;
  if (named !== undefined && named !== "") {
    const found = namedLibrary(named, platform);
    if (found !== undefined) return found;
    throw runtimeLibraryMissing([`NERIUM_ONNXRUNTIME=${named}`]);
  }
  refuseUnsupported(platform, arch);
  const searched: string[] = [];
  for (const { name, folder } of packagesFor(`${platform}-${arch}`)) {
    const installed = folderOf(name);
    const found = installed === undefined ? undefined : libraryIn(join(installed, folder), platform);
    if (found !== undefined) return found;
    searched.push(installed === undefined ? `package ${name}` : join(installed, folder));
  }
  throw runtimeLibraryMissing(searched);
}

function refuseUnsupported(platform: NodeJS.Platform, arch: string): void {
  const name = `${platform}-${arch}`;
  if (name === "darwin-x64") throw platformUnsupported(name, "there is no current build for Intel Macs");
  if (!supportedPlatforms.some((supported) => supported === name))
    throw platformUnsupported(name, "there is no build for it");
  if (platform === "linux" && process.platform === "linux" && !runsOnGlibc()) {
    throw platformUnsupported(`${name} with musl`, "the build needs glibc");
  }
}

function runsOnGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}
