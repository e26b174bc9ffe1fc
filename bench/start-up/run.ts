/**
 * The time that a user waits for the command line:
 *
 *     npm run build && npm run bench:start-up -- FOLDER
 *
 * Measures `nerium --help`, `nerium train --help` and `nerium predict FOLDER TEXT` as whole processes, in
 * turn. Prints the median, minimum and maximum of five rounds.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: npm run bench:start-up -- FOLDER");
const main = join(import.meta.dirname, "../../dist/cli/main.js");
const commands = [
  ["--help"],
  ["train", "--help"],
  ["predict", folder, "Angela Merkel visited Paris."],
] as const;
const seconds = commands.map((): number[] => []);
for (let round = 0; round < 6; round++)
  commands.forEach((args, index) => {
    const begin = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    if (round > 0) seconds[index]!.push((performance.now() - begin) / 1000); // The first round reads from the disk.
  });
commands.forEach(([first, second], index) => {
  const sorted = seconds[index]!.toSorted((a, b) => a - b);
  const name = `nerium ${first} ${second === undefined ? "" : first === "predict" ? "FOLDER TEXT" : second}`;
  console.log(
    `${name.padEnd(28)} median ${sorted[2]!.toFixed(2)} s, ${sorted[0]!.toFixed(2)} to ${sorted[4]!.toFixed(2)}`,
  );
});
