import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";

/** A GPU, as the system lists it. Whether it can be used for computing is another question. */
export interface Gpu {
  /** Such as "NVIDIA H200", or "GPU of AMD" if the system does not know more. */
  readonly name: string;
  readonly vendor: "NVIDIA" | "AMD" | "Intel";
  /** Whether it has memory of its own. */
  readonly isDiscrete: boolean;
  /** Bytes of its own memory, if known. */
  readonly memory?: number;
  /** Its driver, with the version if known. */
  readonly driver?: string;
}

/** What the system is asked. */
export interface GpuSources {
  /** What NVIDIA's program prints for {@link NVIDIA_QUERY}, or `undefined` if it is not installed. */
  readonly nvidia: () => string | undefined;
  /** Linux's folder of graphics cards. */
  readonly cards: string;
}

const NVIDIA_QUERY = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"];

const thisMachine: GpuSources = {
  nvidia() {
    const { status, stdout } = spawnSync("nvidia-smi", NVIDIA_QUERY, { encoding: "utf8", timeout: 10_000 });
    return status === 0 ? stdout : undefined;
  },
  cards: "/sys/class/drm",
};

let listed: readonly Gpu[] | undefined;

/** Lists the GPUs of this machine. Those of NVIDIA come first, in the order in which CUDA numbers them. */
export function machineGpus(): readonly Gpu[] {
  listed ??= gpusIn(thisMachine);
  return listed;
}

/** Like {@link machineGpus}, for what another machine says. */
export function gpusIn({ nvidia, cards }: GpuSources): readonly Gpu[] {
  const told = nvidiaGpus(nvidia() ?? "");
  const listed = cardsIn(cards).filter(({ vendor }) => vendor !== "NVIDIA" || told.length === 0);
  return [...told, ...listed];
}

/** Reads lines such as "NVIDIA H200, 143771, 550.54.15": name, MiB, driver. */
function nvidiaGpus(text: string): Gpu[] {
  return text.split("\n").flatMap((line): Gpu[] => {
    const [, name, memory, driver] = /^(.+), (\d+|\[.*\]), ([\d.]+)\s*$/.exec(line) ?? [];
    if (name === undefined) return [];
    const bytes = Number(memory) * 2 ** 20;
    return [
      {
        ...{ name, vendor: "NVIDIA", isDiscrete: true, driver: `nvidia ${driver}` },
        ...(Number.isFinite(bytes) && { memory: bytes }),
      },
    ];
  });
}

/** PCI's numbers of vendors. Others are screens of servers and virtual machines, which do not compute. */
const VENDORS: Readonly<Record<string, Gpu["vendor"]>> = {
  "0x10de": "NVIDIA",
  "0x1002": "AMD",
  "0x8086": "Intel",
};

/** AMD's processors give their own graphics less than this. */
const LEAST_OWN_MEMORY = 2 * 2 ** 30;

function cardsIn(folder: string): Gpu[] {
  return orElse(() => readdirSync(folder), [])
    .filter((name) => /^card\d+$/.test(name))
    .sort()
    .flatMap((card): Gpu[] => {
      const device = join(folder, card, "device");
      const text = (name: string) => orElse(() => readFileSync(join(device, name), "utf8").trim(), undefined);
      const vendor = VENDORS[text("vendor") ?? ""];
      if (vendor === undefined) return [];
      const memory = Number(text("mem_info_vram_total") ?? Number.NaN);
      const driver = orElse(() => basename(readlinkSync(join(device, "driver"))), undefined);
      const place = orElse(() => basename(realpathSync(device)), "");
      return [
        {
          name: text("product_name") || `GPU of ${vendor}`,
          vendor,
          isDiscrete: isDiscrete(vendor, memory, place),
          ...(Number.isFinite(memory) && { memory }),
          ...(driver !== undefined && { driver }),
        },
      ];
    });
}

/** @param place the address on the PCI bus, such as "0000:03:00.0" */
function isDiscrete(vendor: Gpu["vendor"], memory: number, place: string): boolean {
  if (vendor === "NVIDIA") return true;
  if (vendor === "AMD") return memory >= LEAST_OWN_MEMORY;
  // Intel's processors have theirs on the first bus.
  return /^[\da-f]{4}:/.test(place) && !/^[\da-f]{4}:00:/.test(place);
}

function orElse<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
