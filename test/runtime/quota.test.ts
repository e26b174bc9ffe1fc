import { expect, test } from "vitest";
import { processorQuota, usableThreads } from "../../src/runtime/quota.js";

const quota = (files: Record<string, string>) => processorQuota((file) => files[file]);

test("without control groups, or without a limit, there is no quota", () => {
  expect(quota({})).toBeUndefined();
  expect(quota({ "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000" })).toBeUndefined();
  expect(
    quota({ "/proc/self/cgroup": "4:cpu,cpuacct:/\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1" }),
  ).toBeUndefined();
});

test("a limit is rounded up to whole processors", () => {
  const limited = (max: string) => quota({ "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": max });
  expect(limited("200000 100000")).toBe(2);
  expect(limited("150000 100000")).toBe(2);
  expect(limited("5000 100000")).toBe(1);
});

test("the smallest limit of a group and those above it counts", () => {
  const files = {
    "/proc/self/cgroup": "0::/a/b\n",
    "/sys/fs/cgroup/a/b/cpu.max": "800000 100000",
    "/sys/fs/cgroup/a/cpu.max": "300000 100000",
  };
  expect(quota(files)).toBe(3);
});

test("version 1 of control groups has two files", () => {
  const files = {
    "/proc/self/cgroup": "5:memory:/x\n4:cpu,cpuacct:/docker/1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "400000",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000",
  };
  expect(quota(files)).toBe(4);
});

test("as many threads are used as processors that the container allows", () => {
  const files: Record<string, string> = {
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/cpu.max": "250000 100000",
  };
  const usable = (processors: number, read = (file: string) => files[file]) =>
    usableThreads(processors, read);
  expect(usable(8)).toBe(3);
  expect(usable(2)).toBe(2);
  expect(usable(8, () => undefined)).toBe(8);
});
