/** What TypeScript makes of the public functions. The type check (`npm test`, first part) is what fails. */
import { describe, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import {
  type Analysis,
  compare,
  type Dataset,
  type Entity,
  type EvaluationMetrics,
  type GroupedEntity,
  inspect,
  isNeriumError,
  type load,
  type Ner,
  NeriumError,
  type Recipe,
  type RecipeInput,
  readDataset,
  type TokenEntity,
  type TrainEvent,
  type TrainRun,
  train,
} from "../../src/index.js";
import type { recipeSchema } from "../../src/recipe/fields.js";

describe("a recipe", () => {
  type Schema = z.input<typeof recipeSchema>;
  it("has the fields of the schema, and takes what the schema takes", () => {
    expectTypeOf<keyof RecipeInput>().toEqualTypeOf<keyof Schema>();
    expectTypeOf<Schema>().toExtend<RecipeInput>();
  });
  it("needs a model and an output, and takes no other kind of value", () => {
    expectTypeOf<{ model: string; output: string }>().toExtend<RecipeInput>();
    expectTypeOf<{ model: string }>().not.toExtend<RecipeInput>();
    expectTypeOf<RecipeInput["learningRate"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<RecipeInput["evalStrategy"]>().toEqualTypeOf<"no" | "steps" | "epoch" | undefined>();
    expectTypeOf<RecipeInput["labels"]>().toEqualTypeOf<readonly string[] | undefined>();
  });
});

describe("train", () => {
  it("gives a run of events and its result", () => {
    expectTypeOf(train).returns.toEqualTypeOf<TrainRun>();
    expectTypeOf<TrainRun>().toExtend<AsyncIterable<TrainEvent>>();
    expectTypeOf<Awaited<ReturnType<TrainRun["result"]>>["folder"]>().toEqualTypeOf<string>();
  });
  it("tells events apart by their type", () => {
    const read = (event: TrainEvent) => {
      if (event.type === "evaluation") expectTypeOf(event.metrics).toEqualTypeOf<EvaluationMetrics>();
      if (event.type === "start") expectTypeOf(event.recipe).toEqualTypeOf<Recipe>();
      if (event.type === "step") expectTypeOf(event.learningRate).toEqualTypeOf<number>();
      if (event.type === "closed") expectTypeOf<keyof typeof event>().toEqualTypeOf<"type">();
    };
    expectTypeOf(read).returns.toEqualTypeOf<void>();
  });
});

describe("a loaded model", () => {
  // Never called: only its types are looked at.
  const calls = async (ner: Ner, all: readonly string[]) => {
    expectTypeOf(await ner("text")).toEqualTypeOf<Entity[]>();
    expectTypeOf(await ner({ words: ["a"] })).toEqualTypeOf<Entity[]>();
    expectTypeOf(await ner(all)).toEqualTypeOf<Entity[][]>();
    expectTypeOf(await ner("text", { aggregationStrategy: "first" })).toEqualTypeOf<GroupedEntity[]>();
    expectTypeOf(await ner("text", { aggregationStrategy: "none" })).toEqualTypeOf<TokenEntity[]>();
    expectTypeOf(await ner.analyze("text")).toEqualTypeOf<Analysis<Entity>>();
    expectTypeOf(await ner.analyze(all)).toEqualTypeOf<Analysis<Entity>[]>();
    for await (const found of ner.stream(all)) expectTypeOf(found).toEqualTypeOf<Analysis<Entity>>();
    // @ts-expect-error: there is no such strategy
    await ner("text", { aggregationStrategy: "last" });
  };
  it("gives entities by the options", () => {
    expectTypeOf(calls).parameter(0).toEqualTypeOf<Ner>();
    expectTypeOf<typeof load>().returns.resolves.toEqualTypeOf<Ner>();
  });
});

describe("data and errors", () => {
  it("are typed", () => {
    expectTypeOf(readDataset).returns.resolves.toEqualTypeOf<Dataset>();
    expectTypeOf(inspect).parameter(0).toEqualTypeOf<readonly string[]>();
    expectTypeOf(compare)
      .returns.resolves.toHaveProperty("interval")
      .toEqualTypeOf<readonly [low: number, high: number]>();
    const caught: unknown = new NeriumError("CODE", "what");
    if (isNeriumError(caught)) expectTypeOf(caught.code).toEqualTypeOf<string>();
  });
});
