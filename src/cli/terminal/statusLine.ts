import { downloadParts } from "./download.js";
import { count, counted, duration, epochs, memory, rate } from "./figures.js";
import { type RunFigures, recentLoss, secondsLeft, tokensPerSecond } from "./runFigures.js";

/** Where a run stands, in parts; the ones that a narrow terminal does without have higher numbers. */
export function statusParts(
  figures: RunFigures,
  loss = recentLoss(figures),
): readonly (readonly [keep: number, text: string])[] {
  const { start, download, reading, step, epoch, learningRate, evaluating, recent } = figures;
  if (download !== undefined) return downloadParts(download);
  if (reading !== undefined)
    return [
      [0, `${reading.phase} ${reading.file}`],
      [1, counted(reading.sentences, "sentence")],
    ];
  if (start === undefined) return [[0, "reading data, tokenizer and model"]];
  if (evaluating !== undefined) {
    const { split, done, total } = evaluating;
    return [
      [0, `evaluating on ${split} data`],
      [1, `${count(done)}/${count(total)}`],
      [2, `step ${count(step)}/${count(start.totalSteps)}`],
    ];
  }
  const left = secondsLeft(figures);
  const speed = tokensPerSecond(figures);
  const now = recent.at(-1)?.memory;
  return [
    [0, `step ${count(step)}/${count(start.totalSteps)}`],
    [4, `epoch ${epochs(epoch)}/${epochs(start.totalSteps / start.stepsPerEpoch)}`],
    ...(loss === undefined ? [] : [[1, `loss ${loss.toFixed(4)}`] as const]),
    ...(step === 0 ? [] : [[6, `lr ${rate(learningRate)}`] as const]),
    ...(speed === undefined ? [] : [[3, `${count(speed)} tokens/s`] as const]),
    ...(left === undefined ? [] : [[2, `${duration(Math.round(left))} left`] as const]),
    ...(now === undefined ? [] : [[5, memory(now)] as const]),
  ];
}

/** Cells of the bar, and the width below which there is none. */
const BAR = 10;
const ROOM_FOR_BAR = 76;

/** The status line: a bar, and of the parts as many as the width has room for. */
export function statusLine(figures: RunFigures, width: number): string {
  let parts = statusParts(figures);
  const text = () => parts.map(([, part]) => part).join("  ");
  const bar = width >= ROOM_FOR_BAR && figures.start !== undefined ? `${progressBar(figures)}  ` : "";
  while (parts.length > 1 && bar.length + text().length > width) {
    const least = Math.max(...parts.map(([keep]) => keep));
    parts = parts.filter(([keep]) => keep !== least);
  }
  return (bar + text()).slice(0, width);
}

/** Filled by steps in training, by windows in an evaluation. */
function progressBar({ start, step, evaluating }: RunFigures): string {
  const [done, total] = evaluating ? [evaluating.done, evaluating.total] : [step, start?.totalSteps ?? 0];
  const filled = total === 0 ? 0 : Math.min(BAR, Math.floor((done / total) * BAR));
  return "█".repeat(filled) + "░".repeat(BAR - filled);
}

/** The same parts for a line of a log; `loss` is the one to show, the mean of the last steps where there is none. */
export const logParts = (figures: RunFigures, loss?: number): string =>
  statusParts(figures, loss)
    .map(([, part]) => part)
    .join("  ");
