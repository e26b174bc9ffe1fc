import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { platformUnsupported, runtimeLibraryMissing } from "../../errors.js";

/** The operating systems and processors for which onnxruntime-node 1.30 contains a CPU build. */
export const supportedPlatforms = [
  "darwin-arm64",
  "linux-arm64",
  "linux-x64",
  "win32-arm64",
  "win32-x64",
] as const;

/** Whether a file name is that of ONNX Runtime's shared library. On macOS the version is before the extension. */
export function isLibraryName(name: string, platform: NodeJS.Platform): boolean {
  if (platform === "win32") return name.toLowerCase() === "onnxruntime.dll";
  if (platform === "darwin") return /^libonnxruntime(\.\d+)*\.dylib$/.test(name);
  return /^libonnxruntime\.so(\.\d+)*$/.test(name);
}

/**
 * Returns the library's path in a folder, or `undefined` if there is none. Of several names it takes the longest, which has
 * the full version.
 */
export function libraryIn(folder: string, platform: NodeJS.Platform): string | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder).filter((name) => isLibraryName(name, platform));
  names.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return names[0] === undefined ? undefined : join(folder, names[0]);
}

/** Returns the folder of the library in a packed Nerium: `<package>/dist/native/<platform>-<arch>`. */
export function packagedFolder(platform: NodeJS.Platform, arch: string): string {
  return join(packageRoot(), "dist", "native", `${platform}-${arch}`);
}

/**
 * The folder of the npm package `nerium-<platform>-<arch>`, which holds the library where Nerium was packed
 * without it. `undefined` if that package isn't installed.
 */
export function platformPackageFolder(platform: NodeJS.Platform, arch: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`nerium-${platform}-${arch}/package.json`));
  } catch {
    return undefined;
  }
}

/**
 * The path of the ONNX Runtime library to load: the file that `NERIUM_ONNXRUNTIME` names, else the packaged copy,
 * else that of the platform package. Throws RUNTIME_LIBRARY_MISSING or RUNTIME_PLATFORM_UNSUPPORTED.
 */
export function libraryPath(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): string {
  const named = environment.NERIUM_ONNXRUNTIME;
  if (named !== undefined && named !== "") {
    if (existsSync(named)) return named;
    throw runtimeLibraryMissing([`NERIUM_ONNXRUNTIME=${named}`]);
  }
  refuseUnsupported(platform, arch);
  const searched: string[] = [];
  for (const folder of [packagedFolder(platform, arch), platformPackageFolder(platform, arch)]) {
    if (folder === undefined) continue;
    const found = libraryIn(folder, platform);
    if (found !== undefined) return found;
    searched.push(folder);
  }
  throw runtimeLibraryMissing(searched);
}

function refuseUnsupported(platform: NodeJS.Platform, arch: string): void {
  const name = `${platform}-${arch}`;
  if (name === "darwin-x64")
    throw platformUnsupported(name, "its last build for Intel Macs is older than 1.30");
  if (!supportedPlatforms.some((supported) => supported === name))
    throw platformUnsupported(name, "no build is published");
  if (platform === "linux" && process.platform === "linux" && !runsOnGlibc()) {
    throw platformUnsupported(`${name} with musl`, "the published build needs glibc");
  }
}

function runsOnGlibc(): boolean {
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime !== undefined;
}

/** The package is four folders above this file's folder, in `src/` as well as in `dist/`. */
function packageRoot(): string {
  return fileURLToPath(new URL("../../../..", import.meta.url));
}
