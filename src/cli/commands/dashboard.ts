import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { kebabFlags, newCommand } from "../command.js";
import { DASHBOARD_PORT, dashboardPortOption } from "../dashboard.js";
import { exitCodes } from "../exit.js";
import type { Io } from "../io.js";

interface DashboardFlags {
  readonly port?: number;
}

export function define(io: Io): Command {
  return newCommand("nerium dashboard", io, {
    examples: [
      "nerium dashboard my-model",
      "nerium dashboard my-model my-model-2",
      "nerium dashboard my-models --port 9000",
    ],
  })
    .description(
      "Show curves of training runs in the browser, of running and of finished ones, several side by side. Only this machine can open the page. Press Ctrl-C to end.",
    )
    .argument("<FOLDERS...>", "Output folders of runs, or folders that contain some.")
    .addOption(
      dashboardPortOption(
        "--port <number>",
        `Port of the page; 0 chooses a free one. Default: ${DASHBOARD_PORT}.`,
      ),
    )
    .action((folders: string[], { port = DASHBOARD_PORT }: DashboardFlags) => show(folders, port, io));
}

export async function run(args: readonly string[], io: Io): Promise<void> {
  await define(io).parseAsync(kebabFlags(args), { from: "user" });
}

async function show(folders: readonly string[], port: number, io: Io): Promise<void> {
  const [{ serveDashboard }, { dashboardFolderMissing }] = await Promise.all([
    import("../../dashboard/index.js"),
    import("../../dashboard/errors.js"),
  ]);
  for (const folder of folders)
    if (!(await stat(folder).catch(() => undefined))?.isDirectory()) throw dashboardFolderMissing(folder);
  io.outliveOutput();
  const server = await serveDashboard(folders, { port });
  io.stderr.write(`dashboard  ${server.url}\n`);
  let release = () => {};
  try {
    await new Promise<void>((resolve) => {
      release = io.onInterrupt(resolve, exitCodes.done);
    });
  } finally {
    await server.close();
    release();
  }
}
