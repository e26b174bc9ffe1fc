import { NeriumError } from "../../../src/errors.js";
import type { Reader } from "../reader.js";

let kept: Buffer | undefined;

/** Computes for so long, however busy the machine is with other things. */
function computeFor(milliseconds: number): void {
  const started = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
  while (used() < milliseconds);
}

/** What is wrong with a case, by its number. */
const FAULTS: Readonly<Record<number, () => void | Promise<void>>> = {
  1() {
    throw new TypeError("no NeriumError");
  },
  3: () => computeFor(1050),
  5: () => process.abort(),
  // Never answers, with something that keeps the process alive.
  7: () => new Promise(() => setInterval(() => {}, 1000)),
  8() {
    throw new NeriumError("FAULTY", "refused");
  },
  9() {
    throw Object.assign(new NeriumError("FAULTY", "refused"), { where: "a folder ".repeat(200) });
  },
  11() {
    kept = Buffer.alloc(400 * 2 ** 20, 1);
  },
};

/** A reader with every defect that is looked for, to see that it is found. */
export const faulty: Reader = {
  name: "faulty",
  weight: 0,
  make: (_, index) => ({ case: Buffer.from(String(index)) }),
  async read(files) {
    await FAULTS[Number(Buffer.from(files.case!).toString())]?.();
    if (kept?.length === 0) throw new Error("unreachable: keeps the memory alive");
  },
};
