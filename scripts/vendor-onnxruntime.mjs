// Puts ONNX Runtime's CPU library into dist/native/<platform>-<arch>/, where Nerium looks for it: that of this
// machine after `npm ci`, before each build and before the tests, and with --all those of every platform, before
// the package is packed.
//
// The libraries come from the npm package `onnxruntime-node`, at the version and with the hash of
// scripts/onnxruntime/package-lock.json. Nerium cannot depend on it: it unpacks to 288 MB for all platforms, and on
// linux/x64 its install script downloads the CUDA provider, so that the whole install fails if that host cannot be
// reached. `npm pack` downloads its tarball through npm's cache, and only the libraries are unpacked.
//
// These files are left out, since CPU code does not load them: the JavaScript binding, a second copy of the
// macOS library under its full version, and on Windows DirectML.dll, dxcompiler.dll and dxil.dll
// (delay-loaded by the GPU providers).
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { npm } from "./npm.mjs";

const source = join(import.meta.dirname, "onnxruntime");
const target = resolve(import.meta.dirname, "../dist/native");

/** The file name of the library on each platform that onnxruntime-node has a build for. */
export const libraries = {
  "linux-x64": "libonnxruntime.so.1",
  "linux-arm64": "libonnxruntime.so.1",
  "darwin-arm64": "libonnxruntime.1.dylib",
  "win32-x64": "onnxruntime.dll",
  "win32-arm64": "onnxruntime.dll",
};

const lock = JSON.parse(readFileSync(join(source, "package-lock.json"), "utf8"));
const { version, integrity } = lock.packages["node_modules/onnxruntime-node"];

/** True if the library of `platform` is there, in the locked version. */
function isThere(platform) {
  const stamp = join(target, platform, "VERSION");
  return (
    existsSync(join(target, platform, libraries[platform])) &&
    existsSync(stamp) &&
    readFileSync(stamp, "utf8").trim() === version
  );
}

/** Downloads the tarball of onnxruntime-node to `folder`, or takes it from npm's cache, and checks its hash. */
async function tarball(folder) {
  const args = [
    "pack",
    `onnxruntime-node@${version}`,
    "--prefer-offline",
    "--no-dry-run",
    "--loglevel=error",
  ];
  await npm([...args, "--pack-destination", folder], { cwd: source });
  const file = join(
    folder,
    readdirSync(folder).find((name) => name.endsWith(".tgz")),
  );
  const [algorithm, hash] = [
    integrity.slice(0, integrity.indexOf("-")),
    integrity.slice(integrity.indexOf("-") + 1),
  ];
  if (createHash(algorithm).update(readFileSync(file)).digest("base64") !== hash) {
    throw new Error(
      `onnxruntime-node ${version} does not have the hash that ${join(source, "package-lock.json")} names.`,
    );
  }
  return file;
}

/** Puts the libraries of `platforms` into dist/native/, unless they are there. */
export async function vendor(platforms) {
  const missing = platforms.filter((platform) => !isThere(platform));
  if (missing.length === 0) return;
  console.error(`Unpacking ONNX Runtime ${version} for ${missing.join(", ")} …`);
  mkdirSync(target, { recursive: true });
  const scratch = mkdtempSync(join(target, ".unpacking-"));
  try {
    const file = await tarball(scratch);
    const inside = (platform) => `package/bin/napi-v6/${platform.replace("-", "/")}/${libraries[platform]}`;
    const { status, stderr, error } = spawnSync("tar", ["-xzf", file, ...missing.map(inside)], {
      cwd: scratch,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`Could not unpack ${file}: ${error?.message ?? stderr}`);
    for (const platform of missing) {
      const folder = join(target, platform);
      mkdirSync(folder, { recursive: true });
      const library = join(folder, libraries[platform]);
      renameSync(join(scratch, inside(platform)), library);
      writeFileSync(join(folder, "VERSION"), `${version}\n`);
      console.error(`  ${platform}: ${(statSync(library).size / 1e6).toFixed(1)} MB`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Puts the library of this machine into dist/native/. Vitest calls this before the tests. */
export async function setup() {
  const platform = `${process.platform}-${process.arch}`;
  if (platform in libraries) await vendor([platform]);
  else
    console.error(`ONNX Runtime has no build for ${platform}: set NERIUM_ONNXRUNTIME to the library file.`);
}

if (process.argv[1] === import.meta.filename) {
  try {
    if (process.argv.includes("--all")) await vendor(Object.keys(libraries));
    else await setup();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
