import { drawnUnits, mulberry32 } from "../../data/index.js";
import { mean, type PairedSentences, pairedBootstrap, sampleDeviation } from "../../evaluate/index.js";
import type { Dataset } from "../../text/index.js";
import type { Setting } from "./space.js";
import type { RunRecord } from "./sweepRun.js";

/** Draws of the paired bootstrap, and its seed, as in `nerium compare`. */
const DRAWS = 10_000;
const DRAW_SEED = 42;

/** A setting with the records of its runs. */
export interface TrainedSetting {
  readonly values: Setting;
  /** One per seed. */
  readonly records: readonly RunRecord[];
}

/** How a setting did. */
export interface SweptSetting {
  /** Number of the setting, from 1, in the order of the search space. Its runs are in `setting-NUMBER`. */
  readonly setting: number;
  /** The values of this setting, by recipe field. */
  readonly values: Setting;
  /** Share of its steps that it was trained: below 1 if halving stopped it. */
  readonly trained: number;
  /** Mean F1 over the seeds on the validation data, where it ended. */
  readonly f1: number;
  /** Standard deviation over the seeds; null for a single one. */
  readonly standardDeviation: number | null;
  /** F1 of each seed. */
  readonly runs: readonly number[];
  /** How much better the best setting is, by the paired bootstrap. Absent for the best setting and for stopped ones. */
  readonly behind?: {
    readonly difference: number;
    /** The middle 95% of the draws. */
    readonly interval: readonly [low: number, high: number];
    /** Share of the draws in which the best setting is better. */
    readonly better: number;
  };
}

/** Mean F1 of all settings that have a value of a field. */
export interface FieldEffect {
  readonly field: string;
  /** Mean F1 with the best value minus that with the worst. */
  readonly spread: number;
  readonly values: readonly {
    readonly value: unknown;
    readonly f1: number;
    /** F1 of the worst and the best setting with this value. */
    readonly range: readonly [low: number, high: number];
    readonly settings: number;
  }[];
}

/** The largest share of the steps after which all settings have an F1: below 1 if halving stopped some. */
export const commonShare = (settings: readonly TrainedSetting[]): number => {
  const records = settings.flatMap((setting) => setting.records);
  const stopped = records.filter(({ final }) => final === undefined);
  return Math.min(1, ...stopped.map(({ paused }) => Math.max(...Object.keys(paused).map(Number))));
};

/** F1 of a run after a share of its steps. A run that ended before has its last one. */
export const f1At = ({ paused, final }: RunRecord, share: number): number => paused[share] ?? final!.f1;

const lastOf = ({ paused, final }: RunRecord): readonly [share: number, f1: number] => {
  if (final !== undefined) return [1, final.f1];
  const share = Math.max(...Object.keys(paused).map(Number));
  return [share, paused[share]!];
};

/** The settings in the order of their F1, those that were trained longest first, with their distance from the best. */
export function rankedSettings(
  settings: readonly TrainedSetting[],
  { sentences }: Dataset,
  gold: readonly (readonly string[])[],
): readonly SweptSetting[] {
  const rows = settings.map(({ values, records }, index) => {
    const last = records.map(lastOf);
    const runs = last.map(([, f1]) => f1);
    const deviation = runs.length > 1 ? sampleDeviation(runs) : null;
    return {
      ...{ setting: index + 1, values, trained: Math.min(...last.map(([share]) => share)), runs },
      ...{ f1: mean(runs), standardDeviation: deviation, records },
    };
  });
  rows.sort((a, b) => b.trained - a.trained || b.f1 - a.f1 || a.setting - b.setting);
  const best = rows[0]!;
  const { members } = drawnUnits(sentences);
  return rows.map(({ records, ...row }) => {
    if (row.setting === best.setting || row.trained < 1) return row;
    const pairs = members.map((unit): PairedSentences => {
      const of = (tags: readonly (readonly string[])[]) => unit.map((at) => tags[at]!);
      const runsOf = (all: readonly RunRecord[]) => all.map(({ final }) => of(final!.predicted));
      return { gold: of(gold), a: runsOf(records), b: runsOf(best.records) };
    });
    const { difference, interval, better } = pairedBootstrap(pairs, {
      draws: DRAWS,
      random: mulberry32(DRAW_SEED),
      mode: "default",
    });
    return { ...row, behind: { difference, interval, better } };
  });
}

/** Which field matters, the one that matters most first, by the F1 of all settings after the same share of their steps. */
export function fieldEffects(settings: readonly TrainedSetting[], share: number): readonly FieldEffect[] {
  const scored = settings.map(({ values, records }) => ({
    values,
    f1: mean(records.map((record) => f1At(record, share))),
  }));
  const fields = Object.keys(settings[0]!.values);
  return fields
    .map((field): FieldEffect => {
      const byValue = new Map<string, { value: unknown; scores: number[] }>();
      for (const { values, f1 } of scored) {
        const key = JSON.stringify(values[field]);
        const own = byValue.get(key) ?? { value: values[field], scores: [] };
        byValue.set(key, own);
        own.scores.push(f1);
      }
      const values = [...byValue.values()].map(({ value, scores }) => ({
        value,
        f1: mean(scores),
        range: [Math.min(...scores), Math.max(...scores)] as const,
        settings: scores.length,
      }));
      const means = values.map(({ f1 }) => f1);
      return { field, spread: Math.max(...means) - Math.min(...means), values };
    })
    .sort((a, b) => b.spread - a.spread);
}
