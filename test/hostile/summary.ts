/** Cases `from` to `to` (not included) of a reader. */
export interface Range {
  readonly reader: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

/** A case that shows a defect. */
export interface Finding {
  readonly reader: string;
  readonly seed: number;
  readonly index: number;
  readonly what: string;
}

/** No case may take longer. */
export const SLOW_MS = 1000;

export interface Summary {
  cases: number;
  read: number;
  readonly refused: Record<string, number>;
  slowestMs: number;
  /** The case that took longest. */
  slowest: number;
  /** Most memory that the process had, the readers' code included. */
  peakBytes: number;
  readonly findings: Finding[];
}

export const emptySummary = (): Summary => ({
  cases: 0,
  read: 0,
  refused: {},
  slowestMs: 0,
  slowest: 0,
  peakBytes: 0,
  findings: [],
});

export function addSummary(total: Summary, part: Summary): void {
  total.cases += part.cases;
  total.read += part.read;
  for (const [code, count] of Object.entries(part.refused))
    total.refused[code] = (total.refused[code] ?? 0) + count;
  if (part.slowestMs > total.slowestMs) {
    total.slowestMs = part.slowestMs;
    total.slowest = part.slowest;
  }
  total.peakBytes = Math.max(total.peakBytes, part.peakBytes);
  total.findings.push(...part.findings);
}

/** How a finding is looked at. */
export const replayCommand = ({ reader, seed, index }: Finding): string =>
  `npm run fuzz -- --reader ${reader} --seed ${seed} --case ${index}`;

export function summaryText(name: string, summary: Summary): string {
  const { cases, read, refused, slowestMs, slowest, peakBytes } = summary;
  const codes = Object.entries(refused).sort(([, a], [, b]) => b - a);
  return [
    `${name}: ${cases} cases, ${read} read, ${cases - read - summary.findings.length} refused; ` +
      `slowest ${slowestMs.toFixed(0)} ms (case ${slowest}), peak ${Math.round(peakBytes / 2 ** 20)} MiB`,
    ...codes.map(([code, count]) => `  ${String(count).padStart(8)} ${code}`),
    ...summary.findings.map((finding) => `  FOUND ${finding.what}\n    ${replayCommand(finding)}`),
  ].join("\n");
}
