// Publishes the package to npm:
//
//     npm run release -- --dry-run    # checks everything, and prints what would be published
//     npm run release                 # the same, then publishes with npm's provenance
//
// It also publishes the package of OpenVINO, which has OpenVINO's version, if npm does not have that version yet.
//
// It refuses to publish if the working tree has changes, if package.json, the lock file and CHANGELOG.md do not
// agree on the version, or if publint or attw finds a problem. npm only accepts provenance from a CI that it
// supports, and needs the field `repository` for it. The package of OpenVINO needs python3 with venv.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { problemsOf } from "./checkTarball.mjs";
import { npm } from "./npm.mjs";
import { packOpenvino } from "./openvino-package.mjs";

const root = resolve(import.meta.dirname, "..");
const read = (name) => readFileSync(join(root, name), "utf8");
const { values } = parseArgs({ options: { "dry-run": { type: "boolean", default: false } } });
// `npm run release --dry-run`, without the --, gives the flag to npm.
const dryRun = values["dry-run"] || process.env.npm_config_dry_run === "true";

/** Problems of the repository itself, each with what to do about it. */
function repositoryProblems({ version, repository }) {
  const problems = [];
  const { status, stdout, stderr } = spawnSync("git", ["status", "--porcelain"], {
    cwd: root,
    encoding: "utf8",
  });
  if (status !== 0) problems.push(`git status failed: ${stderr}`);
  else if (stdout !== "") problems.push(`The working tree has changes. Commit them:\n${stdout.trimEnd()}`);
  const locked = JSON.parse(read("package-lock.json")).version;
  if (locked !== version)
    problems.push(`package-lock.json has version ${locked}, package.json ${version}. Run npm install.`);
  if (!new RegExp(`^## \\[?${version.replaceAll(".", "\\.")}\\b`, "m").test(read("CHANGELOG.md")))
    problems.push(
      `CHANGELOG.md has no entry for ${version}. Rename "## Unreleased" to "## ${version} - DATE".`,
    );
  if (repository === undefined)
    problems.push("package.json has no field repository. npm needs it for provenance: add the URL.");
  return problems;
}

/** Prints what is in a package: its size, and that of each folder or library. */
function printContents({ id, files, size, unpackedSize, integrity }) {
  const megabytes = (bytes, digits) => `${(bytes / 1e6).toFixed(digits)} MB`;
  console.log(
    `\n${id}: ${files.length} files, ${megabytes(size, 1)} packed, ${megabytes(unpackedSize, 1)} unpacked`,
  );
  const sizes = new Map();
  for (const { path, size } of files) {
    const [part] = /^dist\/native\/[^/]+|^[^/]+(?=\/)|^lib.*/.exec(path) ?? ["."];
    sizes.set(part, (sizes.get(part) ?? 0) + size);
  }
  for (const [part, size] of sizes) console.log(`  ${megabytes(size, 2).padStart(9)}  ${part}`);
  console.log(`  integrity ${integrity}`);
}

/** Whether npm has this version of a package. */
async function isPublished(id) {
  try {
    return (await npm(["view", id, "version"], { cwd: root })).trim() !== "";
  } catch (error) {
    if (/\bE404\b/.test(error.message)) return false;
    throw error;
  }
}

const manifest = JSON.parse(read("package.json"));
const scratch = mkdtempSync(join(tmpdir(), "nerium-release-"));
try {
  console.log(`Packing nerium ${manifest.version} …`);
  const args = ["pack", "--json", "--no-dry-run", "--pack-destination", scratch];
  // Scripts of the package, such as prepack, may print before the list.
  const printed = await npm(args, { cwd: root });
  const [packed] = JSON.parse(printed.slice(printed.search(/^\[$/m)));
  const tarball = join(scratch, packed.filename);
  const problems = [...repositoryProblems(manifest), ...(await problemsOf(tarball))];
  console.log("Packing OpenVINO …");
  const openvino = await packOpenvino(scratch);
  problems.push(...(await problemsOf(openvino.path, { hasCode: false })));
  for (const each of [packed, openvino]) printContents(each);
  console.log("  the tests are not part of this script: run npm test on this commit\n");
  for (const problem of problems) console.error(`problem: ${problem}`);
  if (problems.length > 0) {
    process.exitCode = 1;
    console.log("Not published: solve the problems above.");
  } else {
    const tarballs = (await isPublished(openvino.id)) ? [tarball] : [openvino.path, tarball];
    for (const each of tarballs) {
      const publish = ["publish", each, "--provenance", "--access", "public"];
      if (!dryRun) console.log(await npm([...publish, "--no-dry-run"], { cwd: root }));
      console.log(
        `${dryRun ? "Dry run, nothing was published. It would run" : "Published with"}: npm ${publish.join(" ")}`,
      );
    }
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
