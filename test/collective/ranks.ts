import { readdirSync, readFileSync } from "node:fs";

const read = (file: string): string => {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
};

/** The running processes of a training run that mpiexec started, by rank. */
export function ranksOf(output: string): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const words = read(`/proc/${name}/cmdline`).split("\0");
    if (!words[0]!.includes("node") || !words.includes(output)) continue;
    const rank = /(?:^|\0)PMI_RANK=(\d+)/.exec(read(`/proc/${name}/environ`));
    if (rank !== null) found.set(Number(rank[1]), Number(name));
  }
  return found;
}
