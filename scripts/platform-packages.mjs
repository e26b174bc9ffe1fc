// Packs Nerium for one platform at a time, so that users download 18 MB instead of 63:
//
//     node scripts/platform-packages.mjs [FOLDER] [--platform linux-x64]
//
// FOLDER (default: packages) then holds, for every platform or the one given, two sets of tarballs:
//   npm/         nerium without libraries, and nerium-<platform> with the library of one platform each. They are
//                published together: nerium names the others as optional dependencies, and npm installs the one
//                whose `os`, `cpu` and `libc` fit.
//   standalone/  nerium with the library of one platform inside. Each installs alone, with no other package of
//                Nerium's, from a file.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { npm } from "./npm.mjs";
import { libraries } from "./vendor-onnxruntime.mjs";

const root = resolve(import.meta.dirname, "..");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { platform: { type: "string" } },
});
const out = resolve(positionals[0] ?? join(root, "packages"));
const chosen = values.platform === undefined ? Object.keys(libraries) : [values.platform];
if (values.platform !== undefined && !(values.platform in libraries)) {
  console.error(`Unknown platform ${values.platform}: choose from ${Object.keys(libraries).join(", ")}.`);
  process.exit(1);
}
const stage = mkdtempSync(join(tmpdir(), "nerium-packages-"));
const { scripts, devDependencies, allowScripts, ...manifest } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const { version } = manifest;

/** Writes a package's folder in the staging folder. Returns the folder. */
function folderOf(name, packageJson, files) {
  const folder = join(stage, name);
  for (const [from, to] of files) {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(join(root, from), join(folder, to));
  }
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(packageJson, null, 2)}\n`);
  return folder;
}

/** Packs a folder into FOLDER/set, under `name` if it is given, and prints its size. */
async function pack(folder, set, name) {
  const target = join(out, set);
  mkdirSync(target, { recursive: true });
  const args = ["pack", folder, "--json", "--ignore-scripts", "--pack-destination", target];
  const [{ filename, unpackedSize }] = JSON.parse(await npm(args, { cwd: stage }));
  const file = join(target, name ?? filename);
  if (name !== undefined) renameSync(join(target, filename), file);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1).padStart(5)} MB`;
  console.log(`${megabytes(statSync(file).size)} packed ${megabytes(unpackedSize)} unpacked  ${file}`);
}

try {
  await npm(["run", "--silent", "prepack"], { cwd: root });
  const list = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const [{ files }] = JSON.parse(await npm(list, { cwd: root }));
  const common = files
    .map(({ path }) => path)
    .filter((path) => !path.startsWith("dist/native/") && path !== "package.json")
    .map((path) => [path, path]);
  const platforms = Object.entries(libraries).map(([platform, library]) => {
    const [os, cpu] = platform.split("-");
    const fits = { os: [os], cpu: [cpu], ...(os === "linux" ? { libc: ["glibc"] } : {}) };
    const native = [library, "VERSION"].map((name) => join("dist", "native", platform, name));
    return { platform, fits, library, native };
  });

  const packed = platforms.filter(({ platform }) => chosen.includes(platform));
  const optional = platforms.map(({ platform }) => [`nerium-${platform}`, version]);
  const optionalDependencies = { ...manifest.optionalDependencies, ...Object.fromEntries(optional) };
  await pack(folderOf("nerium", { ...manifest, optionalDependencies }, common), "npm");
  const { license, repository, publishConfig } = manifest;
  for (const { platform, fits, library, native } of packed) {
    const name = `nerium-${platform}`;
    const description = `ONNX Runtime for nerium on ${platform}. Install nerium, not this package.`;
    const texts = ["LICENSE", "THIRD-PARTY-NOTICES"].map((text) => [text, text]);
    const inside = native.map((path, index) => [path, [library, "VERSION"][index]]);
    const own = { name, version, description, license, repository, publishConfig, ...fits };
    await pack(folderOf(name, { ...own, preferUnplugged: true }, [...texts, ...inside]), "npm");
  }
  for (const { platform, fits, native } of packed) {
    const folder = folderOf(`standalone-${platform}`, { ...manifest, ...fits }, [
      ...common,
      ...native.map((path) => [path, path]),
    ]);
    await pack(folder, "standalone", `nerium-${platform}.tgz`);
  }
} finally {
  rmSync(stage, { recursive: true, force: true });
}
