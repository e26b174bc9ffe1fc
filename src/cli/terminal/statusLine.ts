import { downloadParts } from "./download.js";
import { count, counted, duration, epochs, memory, rate, score } from "./figures.js";
import { curveText } from "./lossCurve.js";
import { type RunFigures, recentLoss, secondsLeft, tokensPerSecond } from "./runFigures.js";

/** The state of a run, in parts. A narrow terminal drops the parts with the highest numbers first. */
export function statusParts(
  figures: RunFigures,
  loss = recentLoss(figures),
): readonly (readonly [keep: number, text: string])[] {
  const { start, download, reading, measuring, step, epoch, learningRate, evaluating, recent } = figures;
  if (download !== undefined) return downloadParts(download);
  if (reading !== undefined)
    return [
      [0, `${reading.phase} ${reading.file}`],
      [1, counted(reading.sentences, "sentence")],
    ];
  if (measuring !== undefined) return [[0, `measuring  ${measuring.done}/${measuring.total}`]];
  if (start === undefined) return [[0, "loading data, tokenizer and model"]];
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
    ...(loss === undefined ? [] : [[1, `loss ${score(loss)}`] as const]),
    ...(step === 0 ? [] : [[6, `lr ${rate(learningRate)}`] as const]),
    ...(speed === undefined ? [] : [[3, `${count(speed)} tokens/s`] as const]),
    ...(left === undefined ? [] : [[2, `${duration(Math.round(left))} left`] as const]),
    ...(now === undefined ? [] : [[5, memory(now)] as const]),
  ];
}

/** Cells of the progress bar, and the width below which it is not shown. */
const BAR = 10;
const ROOM_FOR_BAR = 76;

/** Formats the status line: a progress bar, and as many parts as fit, among them the curve of the loss. */
export function statusLine(figures: RunFigures, width: number): string {
  const curve = figures.evaluating === undefined ? curveText(figures.curve) : "";
  let parts = curve === "" ? statusParts(figures) : [...statusParts(figures), [4.5, curve] as const];
  const text = () => parts.map(([, part]) => part).join("  ");
  const bar = width >= ROOM_FOR_BAR && figures.start !== undefined ? `${progressBar(figures)}  ` : "";
  while (parts.length > 1 && bar.length + text().length > width) {
    const least = Math.max(...parts.map(([keep]) => keep));
    parts = parts.filter(([keep]) => keep !== least);
  }
  return (bar + text()).slice(0, width);
}

/** The bar shows steps during training and windows during an evaluation. */
function progressBar({ start, step, evaluating }: RunFigures): string {
  const [done, total] = evaluating ? [evaluating.done, evaluating.total] : [step, start?.totalSteps ?? 0];
  const filled = total === 0 ? 0 : Math.min(BAR, Math.floor((done / total) * BAR));
  return "█".repeat(filled) + "░".repeat(BAR - filled);
}

/** Formats the same parts as a line of a log. `loss` defaults to the mean of the last steps. */
export const logParts = (figures: RunFigures, loss?: number): string =>
  statusParts(figures, loss)
    .map(([, part]) => part)
    .join("  ");
