/** What training on several machines takes, on paper. Pure functions. */

/** Figures that the model is made from. */
export interface Facts {
  /** Seconds of a step with some sentences on one machine, update included. */
  readonly steps: readonly { readonly batch: number; readonly seconds: number }[];
  /** Bytes of the weights that are trained. */
  readonly bytes: number;
  /** Seconds that the machine itself needs for the exchange of two processes on it: copies, sums, calls. */
  readonly local: number;
  /** Number of pieces that are exchanged one after the other. */
  readonly pieces: number;
}

/** A network between machines. */
export interface Network {
  readonly name: string;
  /** Bytes a second in each direction. */
  readonly bandwidth: number;
  /** Seconds that a message takes, whatever its length. */
  readonly latency: number;
}

export const NETWORKS: readonly Network[] = [
  { name: "10 Gbit/s", bandwidth: 1.25e9, latency: 50e-6 },
  { name: "100 Gbit/s", bandwidth: 12.5e9, latency: 5e-6 },
];

/** One row of the model: a number of machines on a network. */
export interface Row {
  readonly machines: number;
  readonly network: string;
  /** Seconds of a step. */
  readonly seconds: number;
  /** The part of it in which nothing is computed, because gradients and weights are on their way. */
  readonly exchange: number;
  /** How many times as fast as one machine. */
  readonly speedup: number;
}

/** The straight line seconds = fixed + each · batch that is closest to the measured steps. */
export function lineOf(steps: Facts["steps"]): { readonly fixed: number; readonly each: number } {
  const mean = (of: (step: Facts["steps"][number]) => number) =>
    steps.reduce((sum, step) => sum + of(step), 0) / steps.length;
  const [x, y] = [mean(({ batch }) => batch), mean(({ seconds }) => seconds)];
  const spread = mean(({ batch }) => (batch - x) ** 2);
  const each = spread === 0 ? y / x : mean(({ batch, seconds }) => (batch - x) * (seconds - y)) / spread;
  return { fixed: Math.max(0, y - each * x), each };
}

/**
 * Seconds in which gradients are added up and weights come back. Each machine sends (n − 1)/n of the bytes twice. Each piece
 * takes n − 1 messages each way. Copies and sums are those of the measured exchange: there both processes used one memory.
 */
export const exchangeSeconds = (
  { bytes, local, pieces }: Pick<Facts, "bytes" | "local" | "pieces">,
  machines: number,
  { bandwidth, latency }: Pick<Network, "bandwidth" | "latency">,
): number => {
  if (machines === 1) return 0;
  const share = (machines - 1) / machines;
  const sent = (2 * share * bytes) / bandwidth;
  return Math.max(sent, (share / 0.5) * local) + 2 * pieces * (machines - 1) * latency;
};

/**
 * The time of a step on several machines.
 *
 * @param batchOf returns the sentences of a step on all machines together
 */
export function rows(
  facts: Facts,
  machines: readonly number[],
  batchOf: (machines: number) => number,
): Row[] {
  const { fixed, each } = lineOf(facts.steps);
  const compute = (batch: number) => fixed + each * batch;
  return NETWORKS.flatMap((network) =>
    machines.map((count) => {
      const batch = batchOf(count);
      const exchange = exchangeSeconds(facts, count, network);
      const seconds = compute(batch / count) + exchange;
      return { machines: count, network: network.name, seconds, exchange, speedup: compute(batch) / seconds };
    }),
  );
}
