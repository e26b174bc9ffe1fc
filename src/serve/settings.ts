import { z } from "zod";
import { limits } from "../limits.js";
import type { Dtype } from "../models/index.js";
import { snakeCase } from "../recipe/spelling.js";
import { deviceNames } from "../runtime/combinations.js";
import { engineNames } from "../runtime/engineNames.js";
import { settingInvalid } from "./errors.js";

// Not those of models/, which a help text would load.
const DTYPES = ["fp32", "bf16", "q8", "int8"] as const satisfies readonly Dtype[];

const count = (standard: number, description: string, most = 2 ** 31 - 1) =>
  z.int().min(1).max(most).default(standard).describe(description);
const seconds = (standard: number, description: string) =>
  z.number().min(0.001).max(86_400).default(standard).describe(`${description} (seconds)`);
const yes = (description: string) => z.boolean().default(false).describe(description);

/** All settings of the server, with their defaults. The descriptions are those of `--help` and docs/serving.md. */
export const settingsSchema = z.strictObject({
  host: z
    .string()
    .min(1)
    .default("127.0.0.1")
    .describe("Address to listen on; 0.0.0.0 is every address of the machine"),
  port: z.int().min(0).max(65_535).default(8080).describe("Port to listen on; 0 chooses a free one"),
  dtype: z.enum(DTYPES).default("fp32").describe("Number format of the computation"),
  engine: z.enum(engineNames).default("auto").describe("What computes; openvino must be installed"),
  device: z
    .enum(deviceNames)
    .default("cpu")
    .describe(
      "Where it computes; auto is a discrete GPU if one can be used, otherwise the CPU; webgpu is a GPU, in fp32, and cuda one of NVIDIA, with onnxruntime-gpu",
    ),
  threads: z
    .int()
    .min(1)
    .max(limits.threads)
    .optional()
    .describe("CPU threads per model; all that this process may use, if not given"),
  batchTokens: count(1024, "Most tokens of a batch, with padding", 2 ** 20),
  apiKeys: z
    .array(
      z
        .string()
        .min(8)
        .max(1024)
        .regex(/^[\x21-\x7e]+$/),
    )
    .max(1000)
    .default([])
    .describe("Bearer tokens that requests may have; without any, no token is needed"),
  openMetrics: yes("Whether /metrics needs no token"),
  corsOrigins: z
    .array(z.union([z.literal("*"), z.string().regex(/^https?:\/\/[^/\s]+$/)]))
    .max(1000)
    .default([])
    .describe("Origins of web pages that may use the server, such as https://example.org; * for all"),
  logLevel: z
    .enum(["silent", "error", "warn", "info", "debug"])
    .default("info")
    .describe("What is logged; info is a line per request"),
  logTexts: yes("Whether the log contains the texts of requests"),
  maxBodyBytes: count(2_000_000, "Most bytes of a body, except NDJSON"),
  maxTexts: count(32, "Most texts of a request, except NDJSON"),
  maxTextLength: count(100_000, "Most characters (UTF-16 units) of a text", limits.textUnits),
  maxLineBytes: count(1_000_000, "Most bytes of a line of NDJSON", limits.recordUnits),
  maxQueueTokens: count(524_288, "Most tokens that wait; more is answered with 429"),
  maxQueueTime: seconds(
    2,
    "Longest expected wait before the first batch of a request; more is answered with 429",
  ),
  deadline: seconds(10, "Longest time for a request after its body has arrived, or for a line of NDJSON"),
  headersTimeout: seconds(10, "Longest time for the headers of a request"),
  bodyTimeout: seconds(
    30,
    "Longest time for the body of a request, and for the client to read the answer; not for NDJSON",
  ),
  idleTimeout: seconds(
    30,
    "Longest time between two lines of NDJSON, and for the client to read an answer line",
  ),
  keepAliveTimeout: seconds(5, "Longest time that a connection may stay open without a request"),
  maxConnections: count(1024, "Most connections at once; further ones are closed at once"),
  maxHeadersCount: count(100, "Most headers of a request", 10_000),
  maxHeaderBytes: count(16_384, "Most bytes of all headers of a request", 2 ** 20),
  drainTimeout: seconds(15, "Longest time to finish what has begun after SIGTERM"),
});

/** Settings of the server, checked, with defaults. */
export type Settings = z.output<typeof settingsSchema>;
/** Settings of the server as given: those that are left out have their defaults. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type SettingName = keyof Settings;

/** A setting as flags, the environment and the documentation show it. */
export interface SettingFacts {
  readonly name: string;
  readonly kind: "text" | "number" | "switch" | "list" | readonly string[];
  readonly description: string;
  /** `undefined` if there is none. */
  readonly standard: unknown;
}

/** All settings, in the order of the documentation. */
export const settings: readonly (SettingFacts & { readonly name: SettingName })[] = Object.entries(
  settingsSchema.shape,
).map(([name, schema]) => ({
  name: name as SettingName,
  kind: kindOf(schema),
  description: schema.description!,
  standard: schema.parse(undefined),
}));

/** What flags, the environment and the file have in addition: a program has the tokens themselves. */
export const keyFile: SettingFacts = {
  name: "apiKeyFile",
  kind: "text",
  description: "File with further bearer tokens, one per line",
  standard: undefined,
};

function kindOf(schema: z.ZodType): SettingFacts["kind"] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return kindOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodEnum) return schema.options as string[];
  if (schema instanceof z.ZodBoolean) return "switch";
  if (schema instanceof z.ZodArray) return "list";
  return schema instanceof z.ZodNumber ? "number" : "text";
}

/**
 * Checks settings and fills in the defaults.
 *
 * @param whereIs where a setting was given, for errors
 * @throws NeriumError SERVE_SETTING_INVALID
 */
export function resolvedSettings(given: object, whereIs = (name: string): string => name): Settings {
  const { data, error } = settingsSchema.safeParse(given);
  if (error === undefined) return data;
  const { path, message } = error.issues[0]!;
  const name = String(path[0] ?? "");
  throw settingInvalid(whereIs(name), `${path.join(".") || "settings"}: ${message}`);
}

/** The variable of a setting: `maxTexts` → `NERIUM_SERVE_MAX_TEXTS`. */
export const variableOf = (name: string): string => `${PREFIX}${snakeCase(name).toUpperCase()}`;

/** How the variables of all settings begin. */
export const PREFIX = "NERIUM_SERVE_";

/** Returns a value from its text. A text that does not fit stays as it is, and is refused with all others. */
export function settingValue(text: string, kind: SettingFacts["kind"]): unknown {
  if (kind === "number") return /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (kind === "switch") return /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : text;
  return kind === "list" ? listOf(text) : text;
}

/** Returns the items of a text, which commas separate. */
export const listOf = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
