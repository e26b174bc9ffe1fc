/** Work whose cost must not grow faster than its amount: measured in processor time, since a busy machine stretches the clock. */

/** Processor time below this is noise. */
const LEAST_SECONDS = 0.02;

/** The processor time that `work` takes. */
export async function processorSeconds(work: () => unknown): Promise<number> {
  const started = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

/** How often the work for ten times as much is that for the tenth: 10 if it is linear, 100 if it is quadratic. */
export async function growth(work: (amount: number) => unknown, amount = 100_000): Promise<number> {
  const seconds = (of: number) => processorSeconds(() => work(of));
  // What is loaded and compiled at the first use counts for neither.
  await seconds(amount / 100);
  const tenth = await seconds(amount / 10);
  return (await seconds(amount)) / Math.max(tenth, LEAST_SECONDS);
}

/** Between linear and quadratic, with room on both sides. */
export const LINEAR = 30;
