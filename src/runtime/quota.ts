import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const read = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
};

/**
 * Returns how many processors the control group of this process may use at once, as containers limit it, or `undefined` if
 * there is no limit. Fractions are rounded up.
 */
export function processorQuota(readFile: (file: string) => string | undefined = read): number | undefined {
  const limits = [...versionTwo(readFile), ...versionOne(readFile)].filter((limit) => limit > 0);
  return limits.length === 0 ? undefined : Math.max(1, Math.ceil(Math.min(...limits)));
}

/**
 * Returns the number of threads that can work at once: that of the processors, or fewer if a container limits them. More
 * threads than that would be stopped for a part of every tenth of a second. Node 20 does not see such limits.
 */
export function usableThreads(
  processors: number = availableParallelism(),
  readFile: (file: string) => string | undefined = read,
): number {
  return Math.min(processors, processorQuota(readFile) ?? processors);
}

type ReadFile = (file: string) => string | undefined;

/** The limits of the group and of those above it, in the unified hierarchy. In a container, the root is the container's group. */
function versionTwo(readFile: ReadFile): number[] {
  const [, path = "/"] = /^0::(.*)$/m.exec(readFile("/proc/self/cgroup") ?? "") ?? [];
  return pathsAbove(path).flatMap((group) => {
    const [quota, period] = (readFile(`/sys/fs/cgroup${group}cpu.max`) ?? "max").split(" ");
    return quota === "max" ? [] : [Number(quota) / Number(period)];
  });
}

function versionOne(readFile: ReadFile): number[] {
  const [, path = "/"] =
    /^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/m.exec(readFile("/proc/self/cgroup") ?? "") ?? [];
  return pathsAbove(path).flatMap((group) => {
    const folder = `/sys/fs/cgroup/cpu${group}`;
    const quota = Number(readFile(`${folder}cpu.cfs_quota_us`) ?? -1);
    return quota > 0 ? [quota / Number(readFile(`${folder}cpu.cfs_period_us`) ?? 100_000)] : [];
  });
}

/** "/a/b" becomes "/a/b/", "/a/" and "/". */
function pathsAbove(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "" && name !== "..");
  return Array.from({ length: names.length + 1 }, (_, left) =>
    ["", ...names.slice(0, names.length - left), ""].join("/"),
  );
}
