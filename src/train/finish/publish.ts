import { basename, resolve } from "node:path";
import { counted } from "../../counted.js";
import type { Recipe } from "../../recipe/index.js";
import type { TrainResult } from "../../run/driveRun.js";
import type { TrainEvent } from "../../run/events.js";

type Events<T> = AsyncGenerator<TrainEvent, T>;

/** The hub name that the recipe uploads the model to; `undefined` if it does not upload. */
function destination({ pushToHub, hubModelId, output }: Recipe): string | undefined {
  if (pushToHub === false) return undefined;
  return pushToHub === true ? (hubModelId ?? basename(resolve(output))) : pushToHub;
}

/**
 * A run whose model is uploaded at the end. The hub repository is created before the run starts, so that a
 * missing permission is found early. A stopped run uploads nothing.
 *
 * @throws NeriumError `HUB_…`, and the errors of the run
 */
export async function* published(
  run: Events<TrainResult>,
  recipe: Recipe,
  signal: AbortSignal,
): Events<TrainResult> {
  const asked = destination(recipe);
  if (asked === undefined) return yield* run;
  const { preparePush, push } = await import("../../hub/index.js");
  const visibility = recipe.hubPrivateRepo === undefined ? {} : { private: recipe.hubPrivateRepo };
  const name = await preparePush(asked, visibility);
  const result = yield* run;
  if (result.reason === "stopped") return result;
  const message = `Upload model trained with Nerium, ${counted(result.steps, "step")}`;
  const { url, commit, files } = await push(result.folder, name, { message, signal });
  const text = `Uploaded ${counted(files.length, "file")} to ${url} (commit ${commit.slice(0, 7)}).`;
  yield { type: "notice", code: "UPLOADED", message: text };
  return result;
}
