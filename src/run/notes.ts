/**
 * What a dashboard shows of a run: its events, with many steps in one note. A run writes its notes to a file in its
 * output folder, one line of JSON each, and a dashboard sends them to the browser as they are. A number that is not
 * finite is null, as in JSON.
 */
export type RunNote = StartNote | StepsNote | EvaluationNote | EndNote;

/** The beginning of a run, or of its continuation after step `resumedAt`. */
export interface StartNote {
  readonly type: "start";
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly resumedAt: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly labels: readonly string[];
  /** Facts for people, by name: `sentences for training`, `parameters`. */
  readonly facts: Readonly<Record<string, number>>;
  /** The fields of the recipe in snake_case. */
  readonly recipe: Readonly<Record<string, unknown>>;
}

/** The steps since the previous note, up to `step`. */
export interface StepsNote {
  readonly type: "steps";
  readonly step: number;
  readonly epoch: number;
  /** The mean of these steps. */
  readonly loss: number | null;
  /** Those of the last of these steps. */
  readonly gradNorm: number | null;
  readonly learningRate: number | null;
  /** Absent if it was not recorded. */
  readonly tokensPerSecond?: number | null;
  /** Bytes. */
  readonly memory?: number | null;
  /** Seconds of all steps and evaluations since the start. */
  readonly seconds?: number | null;
}

/** Names of the metrics of an evaluation, in the order in which they are shown. */
export type NotedMetric = "loss" | "precision" | "recall" | "f1" | "accuracy";

/** Scores of one entity type. */
export interface NotedScores {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly support: number;
}

export interface EvaluationNote {
  readonly type: "evaluation";
  readonly split: "validation" | "test";
  readonly step: number;
  readonly epoch: number;
  readonly metrics: Readonly<Record<NotedMetric, number | null>>;
  /** The mean loss of the steps since the previous evaluation. */
  readonly trainLoss?: number | null;
  /** F1 in seqeval's strict mode. */
  readonly strictF1?: number | null;
  /** Absent if they were not recorded. */
  readonly types?: Readonly<Record<string, NotedScores>>;
}

export interface EndNote {
  readonly type: "end";
  readonly reason: "finished" | "early-stopping" | "stopped" | "failed";
  readonly step: number;
  readonly seconds: number | null;
  /** Why it failed. */
  readonly message?: string;
}

/** What a run does at present: `waiting` before its first note, `interrupted` if its process is gone. */
export type RunStatus = "waiting" | "running" | "interrupted" | EndNote["reason"];

/** A run in the list of a dashboard. */
export interface ListedRun {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly status: RunStatus;
}

/** What a dashboard sends to the browser. */
export type DashboardMessage =
  | {
      readonly type: "runs";
      readonly runs: readonly ListedRun[];
      /** The folders in which it looks for runs. */
      readonly folders: readonly string[];
    }
  | {
      readonly type: "notes";
      readonly id: string;
      /** True if the notes replace all earlier ones of this run. */
      readonly anew: boolean;
      readonly notes: readonly RunNote[];
    };
