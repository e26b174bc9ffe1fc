// Publishes the package to npm:
//
//     npm run release -- --dry-run    # checks everything, and prints what would be published
//     npm run release                 # the same, then publishes with npm's provenance
//
// It refuses to publish if the working tree has changes, if package.json, the lock file and CHANGELOG.md do not
// agree on the version, or if publint or attw finds a problem. npm only accepts provenance from a CI that it
// supports, and needs the field `repository` for it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { problemsOf } from "./checkTarball.mjs";
import { npm } from "./npm.mjs";

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
  console.log(
    `\n${packed.id}: ${packed.files.length} files, ${(packed.size / 1e6).toFixed(1)} MB packed, ${(packed.unpackedSize / 1e6).toFixed(1)} MB unpacked`,
  );
  const sizes = new Map();
  for (const { path, size } of packed.files) {
    const [folder] = /^dist\/native\/[^/]+|^[^/]+(?=\/)/.exec(path) ?? ["."];
    sizes.set(folder, (sizes.get(folder) ?? 0) + size);
  }
  for (const [folder, size] of sizes) console.log(`  ${(size / 1e6).toFixed(2).padStart(6)} MB  ${folder}`);
  console.log(`  integrity ${packed.integrity}`);
  console.log("  the tests are not part of this script: run npm test on this commit\n");
  for (const problem of problems) console.error(`problem: ${problem}`);
  const publish = ["publish", tarball, "--provenance", "--access", "public"];
  if (problems.length > 0) process.exitCode = 1;
  else if (!dryRun) console.log(await npm([...publish, "--no-dry-run"], { cwd: root }));
  console.log(
    problems.length > 0
      ? "Not published: solve the problems above."
      : `${dryRun ? "Dry run, nothing was published. It would run" : "Published with"}: npm ${publish.join(" ")}`,
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
