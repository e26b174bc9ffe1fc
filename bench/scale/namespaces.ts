/** Two network namespaces of this machine whose connection has a bandwidth and a delay. Needs root. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Network } from "./model.js";

export interface Namespaces {
  /** The command that starts one process in each of them, up to the number of processes. */
  launcher(mpiexec: string): readonly string[];
  /** Variables with which MPICH uses the connection, although both are on one machine. */
  readonly env: Readonly<Record<string, string>>;
  readonly network: Pick<Network, "bandwidth" | "latency">;
  remove(): void;
}

const HOSTS = ["10.77.0.1", "10.77.0.2"] as const;
const nameOf = (index: number) => `nerium-scale-${index}`;

/**
 * Reads a network: a bandwidth, and a delay if you like. A delay needs netem, which not every kernel has; a bandwidth alone does
 * with a token bucket.
 *
 * @param text such as `10gbit` or `10gbit,0.1ms`
 */
function networkOf(text: string) {
  const [, number, unit, delay] = /^(\d+(?:\.\d+)?)([mg])bit(?:,(\d+(?:\.\d+)?)ms)?$/.exec(text) ?? [];
  if (number === undefined)
    throw new Error("--network is a bandwidth, and a delay if you like, such as 10gbit or 10gbit,0.1ms");
  const bits = Number(number) * (unit === "g" ? 1e9 : 1e6);
  const rate = ["rate", `${number}${unit}bit`];
  const shape =
    delay === undefined
      ? ["tbf", ...rate, "burst", "1mb", "latency", "100ms"]
      : ["netem", ...rate, "delay", `${delay}ms`, "limit", "100000"];
  return { bandwidth: bits / 8, latency: Number(delay ?? 0) / 1000, shape };
}

/** @param ip runs the program `ip` with these arguments */
export function connected(text: string, ip: (args: readonly string[]) => unknown): Namespaces {
  const { shape, ...network } = networkOf(text);
  const folder = mkdtempSync(join(tmpdir(), "nerium-scale-"));
  const remove = () => {
    for (const index of [0, 1]) {
      try {
        ip(["netns", "delete", nameOf(index)]);
      } catch {
        // It was not made.
      }
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const index of [0, 1]) ip(["netns", "add", nameOf(index)]);
    ip([
      "link",
      "add",
      "scale0",
      "netns",
      nameOf(0),
      "type",
      "veth",
      "peer",
      "name",
      "scale1",
      "netns",
      nameOf(1),
    ]);
    for (const index of [0, 1]) {
      const inside = (...args: string[]) => ip(["netns", "exec", nameOf(index), ...args]);
      inside("ip", "address", "add", `${HOSTS[index]}/24`, "dev", `scale${index}`);
      inside("ip", "link", "set", `scale${index}`, "up");
      inside("ip", "link", "set", "lo", "up");
      inside("tc", "qdisc", "add", "dev", `scale${index}`, "root", ...shape);
    }
  } catch (error) {
    remove();
    throw error;
  }
  // mpiexec starts this instead of ssh, with the name of the host and a command.
  const launch = join(folder, "launch");
  writeFileSync(
    launch,
    `#!/bin/sh
while [ "\${1#-}" != "$1" ]; do shift; done
host=$1; shift
index=0; [ "$host" = ${HOSTS[1]} ] && index=1
exec ip netns exec nerium-scale-$index sh -c "$*"
`,
  );
  chmodSync(launch, 0o755);
  const flags = ["-launcher", "ssh", "-launcher-exec", launch, "-hosts", HOSTS.join(","), "-ppn", "1"];
  return {
    // In the first of them, where the processes that it starts can reach it.
    launcher: (mpiexec) => ["ip", "netns", "exec", nameOf(0), mpiexec, "-localhost", HOSTS[0], ...flags],
    env: { MPIR_CVAR_NOLOCAL: "1", UCX_TLS: "tcp,self" },
    network,
    remove,
  };
}
