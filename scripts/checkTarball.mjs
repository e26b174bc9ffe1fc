// Checks a packed package with publint (the fields of package.json) and attw (its types, for ES modules and
// CommonJS). Both are installed on demand in scripts/publish/.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { installed } from "./npm.mjs";

const tools = join(import.meta.dirname, "publish");
/**
 * "node16": without TypeScript's old "node10" resolution, which does not read `exports`. "false-esm" is meant:
 * CommonJS gets the types of the ES modules that Node loads for it. Only a Node that cannot do so loads
 * require.cjs, which says so.
 */
const checks = [
  ["publint", "node_modules/publint/src/cli.js", (tarball) => ["run", tarball, "--strict"]],
  [
    "attw",
    "node_modules/@arethetypeswrong/cli/dist/index.js",
    (tarball) => [tarball, "--profile", "node16", "--ignore-rules", "false-esm", "--no-emoji", "--no-color"],
  ],
];

/**
 * Returns the problems that the tools find in a tarball, each with the tool's output.
 *
 * @param hasCode false if the package has only libraries, so that there are no types to check
 */
export async function problemsOf(tarball, { hasCode = true } = {}) {
  const missing = await installed(tools);
  if (missing !== undefined) return [`publint and attw did not run: ${missing}`];
  return checks
    .filter(([name]) => hasCode || name !== "attw")
    .flatMap(([name, program, args]) => {
      const run = spawnSync(process.execPath, [join(tools, program), ...args(tarball)], { encoding: "utf8" });
      if (run.status !== 0) return [`${name}:\n${run.stdout}${run.stderr}`];
      console.log(`  ${name}: no problems`);
      return [];
    });
}
