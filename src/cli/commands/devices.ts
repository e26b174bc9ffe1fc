import type { Command } from "commander";
import type { NeriumError } from "../../errors.js";
import { type DeviceKind, formatsOf } from "../../runtime/combinations.js";
import type { EngineReport, Gpu, MachineReport } from "../../runtime/index.js";
import { newCommand } from "../command.js";
import { type Io, lineWidth, writeJson, writeText } from "../io.js";
import { jsonOption } from "../options.js";
import { table } from "../terminal/table.js";
import { wrapped } from "../terminal/wrapped.js";

export const define = (io: Io): Command =>
  newCommand("nerium devices", io, { examples: ["nerium devices", "nerium devices --json"] })
    .usage("[options]")
    .description(
      "Show what this machine can compute with: its processor, whether it has bf16, the engines, with their libraries or what is missing, its GPUs, and whether they can be used.",
    )
    .optionsGroup("Output:")
    .addOption(jsonOption())
    .action((flags: { readonly json?: boolean }) => showDevices(flags, io));

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync([...args], { from: "user" });
}

async function showDevices({ json }: { readonly json?: boolean }, io: Io): Promise<void> {
  const { machineReport } = await import("../../runtime/index.js");
  const machine = await machineReport();
  if (json) return writeJson(io.stdout, asJson(machine));
  await writeText(io.stdout, `${asText(machine, lineWidth(io.stdout)).join("\n")}\n`);
}

function asText(machine: MachineReport, width: number): string[] {
  const { processor, architecture, threads, quota, bf16, bf16Problem, engines, devices, gpus } = machine;
  const limit = quota !== undefined && quota <= threads ? ", as many as its container allows" : "";
  const lines = table(
    [
      ["processor", `${processor} (${architecture})`],
      ["threads", `${threads}${limit}`],
      ["bf16", bf16Problem === undefined ? `yes, with ${bf16}` : `no: ${bf16Problem.message}`],
    ],
    "",
    [1],
  );
  const listed = table([["engine", "version", "library"], ...engines.map(engineRow)], "", [1, 2]);
  const missing = engines.flatMap(({ name, problem }) =>
    problem === undefined ? [] : ["", wrapped(`${name}: ${whatToDo(problem)}`, width)],
  );
  const formats = (name: DeviceKind) => [...new Set(formatsOf("auto", name))].join(", ");
  const usable = devices.map(({ name, problem }) => [name, problem?.message ?? `usable: ${formats(name)}`]);
  // Whether the CPU has bf16 stands above.
  const ofCpu = formatsOf("auto", "cpu").filter((format) => format !== "bf16" || bf16Problem === undefined);
  const cpu = ["cpu", `usable: ${[...new Set(ofCpu)].join(", ")}`];
  const places = table([["device", ""], cpu, ...usable], "", [1]);
  const remedies = devices.flatMap(({ name, problem }) =>
    problem === undefined ? [] : ["", wrapped(`${name}: ${whatToDo(problem)}`, width)],
  );
  return [...lines, "", ...listed, "", ...places, ...gpuTable(gpus), ...missing, ...remedies];
}

/** Those of NVIDIA have the numbers that CUDA gives them. */
function gpuTable(gpus: readonly Gpu[]): string[] {
  if (gpus.length === 0) return ["", "The system lists no GPU."];
  const rows = gpus.map(({ name, vendor, isDiscrete, memory, driver }, index) => [
    vendor === "NVIDIA" && driver?.startsWith("nvidia ") ? `${name} (cuda:${index})` : name,
    isDiscrete ? "discrete" : "shares the memory of the CPU",
    memory === undefined ? "–" : `${(memory / 1e9).toFixed(1)} GB`,
    driver ?? "none",
  ]);
  return ["", ...table([["gpu", "", "memory", "driver"], ...rows], "", [0, 1, 3])];
}

const engineRow = ({ name, version, file, foundBy, problem }: EngineReport): string[] =>
  problem === undefined
    ? [name, version!, foundBy === undefined ? file! : `${file} (${foundBy})`]
    : [name, "–", problem.message];

const whatToDo = ({ where, commandRemedy }: NeriumError): string =>
  [where && `Searched: ${where}.`, commandRemedy].filter(Boolean).join(" ");

function asJson({ bf16Problem, engines, devices, ...machine }: MachineReport) {
  return {
    ...machine,
    quota: machine.quota ?? null,
    bf16Problem: bf16Problem === undefined ? null : problemJson(bf16Problem),
    engines: engines.map(withProblem),
    devices: devices.map(withProblem),
  };
}

const withProblem = <T extends { readonly problem?: NeriumError }>({ problem, ...found }: T) => ({
  ...found,
  ...(problem && { problem: problemJson(problem) }),
});

const problemJson = ({ code, message, where, commandRemedy }: NeriumError) => ({
  code,
  message,
  where,
  remedy: commandRemedy,
});
