import {
  mergeRecipes,
  parseRecipe,
  RawRecipe,
  type Recipe,
  type RecipeInput,
  rawRecipe,
  withoutFields,
} from "../recipe/index.js";
import type { TrainListener, TrainResult, TrainRun } from "../run/driveRun.js";
import { train } from "../train/index.js";
import { foundIn } from "../train/seeds/seeds.js";
import { stoppedBetween } from "./errors.js";

/** A run of training that a command starts. */
export interface CommandRun {
  /** What it is, such as "fold 2 of 5". */
  readonly title: string;
  readonly recipe: Recipe;
  /** Starts it. Further listeners get its events too. */
  readonly start: (options: { readonly listeners: readonly TrainListener[] }) => TrainRun;
}

/** Follows a run to its end, for example to show its progress. */
export type FollowRun = (run: CommandRun) => Promise<TrainResult>;

/** What a command that trains several models needs from outside. */
export interface ImproveEdge {
  readonly follow: FollowRun;
  readonly signal: AbortSignal;
  /** Called with facts worth a line of output. */
  readonly say: (line: string) => void;
}

/** What a command needs from outside, with defaults: no output, and no end before the end. */
export const edgeOf = ({
  follow = ({ start }) => start({ listeners: [] }).result(),
  signal = new AbortController().signal,
  say = () => {},
}: Partial<ImproveEdge>): ImproveEdge => ({ follow, signal, say });

/** A recipe of any form as fields with their places. */
export const rawOf = (input: RecipeInput | RawRecipe): RawRecipe =>
  input instanceof RawRecipe ? input : rawRecipe(input, { kind: "object", name: "the recipe" });

/** Returns a recipe without some of its fields, and with others. */
export function changedRecipe(
  input: RawRecipe,
  without: Iterable<keyof Recipe>,
  set: Readonly<Record<string, unknown>>,
): RawRecipe {
  return mergeRecipes(withoutFields(input, without), rawRecipe(set, { kind: "object" }));
}

interface RunOptions {
  /** Get the events. */
  readonly listeners?: readonly TrainListener[];
  /** Changes what whoever follows the run hears. */
  readonly heard?: (listener: TrainListener) => TrainListener;
  /** When aborted, the run saves a checkpoint and ends. The command goes on. */
  readonly pause?: AbortSignal;
}

/**
 * Trains with a recipe, or continues the run in its output folder. A finished run is only read.
 *
 * @throws NeriumError IMPROVE_STOPPED if the command was stopped, and the errors of training
 */
export async function trained(
  title: string,
  input: RawRecipe,
  { follow, signal }: Pick<ImproveEdge, "follow" | "signal">,
  folder: string,
  { listeners = [], heard = (listener) => listener, pause }: RunOptions = {},
): Promise<TrainResult> {
  if (signal.aborted) throw stoppedBetween(folder);
  const { recipe } = parseRecipe(input);
  const found = await foundIn(recipe.output);
  const anew =
    found === "an unfinished result"
      ? mergeRecipes(input, rawRecipe({ overwriteOutputDir: true }, { kind: "object" }))
      : input;
  const result = await follow({
    title,
    recipe,
    start: (options) =>
      train(anew, {
        resume: found === "a run",
        signal: pause === undefined ? signal : AbortSignal.any([signal, pause]),
        listeners: [...options.listeners.map(heard), ...listeners],
      }),
  });
  if (signal.aborted) throw stoppedBetween(folder);
  return result;
}
