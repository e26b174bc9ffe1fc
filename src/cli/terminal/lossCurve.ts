/** Cells of the curve. */
const CELLS = 16;
/** A curve of fewer cells says nothing. */
const FEWEST = 3;

const BLOCKS = [..."▁▂▃▄▅▆▇█"];

/** The training losses of a run in a few cells, each the mean of as many steps. It grows no further than that. */
export interface LossCurve {
  /** Steps of each cell; the last one may have fewer. */
  readonly stepsPerCell: number;
  readonly cells: readonly { readonly loss: number; readonly steps: number }[];
}

export const emptyCurve: LossCurve = { stepsPerCell: 1, cells: [] };

/** Returns the curve after another step. Where it is full, each two cells become one. */
export function withLoss({ stepsPerCell, cells }: LossCurve, loss: number): LossCurve {
  const last = cells.at(-1);
  if (last !== undefined && last.steps < stepsPerCell)
    return {
      stepsPerCell,
      cells: [...cells.slice(0, -1), { loss: last.loss + loss, steps: last.steps + 1 }],
    };
  if (cells.length < CELLS) return { stepsPerCell, cells: [...cells, { loss, steps: 1 }] };
  const halved = Array.from({ length: CELLS / 2 }, (_, cell) => {
    const [one, other] = [cells[2 * cell]!, cells[2 * cell + 1]!];
    return { loss: one.loss + other.loss, steps: one.steps + other.steps };
  });
  return { stepsPerCell: 2 * stepsPerCell, cells: [...halved, { loss, steps: 1 }] };
}

/**
 * Draws a curve in characters from the lowest loss to the highest. A loss that is not finite leaves a space.
 * Returns an empty text at the beginning of a run.
 */
export function curveText({ cells }: LossCurve): string {
  if (cells.length < FEWEST) return "";
  const means = cells.map(({ loss, steps }) => loss / steps);
  const finite = means.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return means
    .map((mean) => {
      if (!Number.isFinite(mean)) return " ";
      const height = high === low ? 0 : (mean - low) / (high - low);
      return BLOCKS[Math.min(BLOCKS.length - 1, Math.floor(height * BLOCKS.length))]!;
    })
    .join("");
}
