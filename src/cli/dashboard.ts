import type { Option } from "commander";
import type { DashboardServer } from "../dashboard/index.js";
import { isNeriumError, type NeriumError } from "../errors.js";
import { PORT } from "../optionKinds.js";
import type { TrainListener } from "../run/driveRun.js";
import type { Io } from "./io.js";
import { numberOption } from "./options.js";
import { printWarning } from "./terminal/messages.js";

/** The port of a dashboard if none is given. */
export const DASHBOARD_PORT = 8090;

export const dashboardPortOption = (flags: string, description: string): Option =>
  numberOption(flags, PORT, description);

/** What the flags of a command say about its dashboard. */
export interface DashboardFlags {
  readonly dashboard?: boolean;
  readonly dashboardPort?: number;
}

/**
 * Starts the dashboard of a run if the flags ask for one. If the default port is in use, it takes a free one.
 *
 * @throws NeriumError DASHBOARD_CANNOT_LISTEN if the flags name a port that cannot be used
 */
export async function openDashboard(
  folder: string,
  { dashboard = false, dashboardPort }: DashboardFlags,
  { io, say }: { readonly io: Io; readonly say: (line: string) => void },
): Promise<DashboardServer | undefined> {
  if (!dashboard) return undefined;
  const { serveDashboard } = await import("../dashboard/index.js");
  let failure: unknown;
  for (const port of dashboardPort === undefined ? [DASHBOARD_PORT, 0] : [dashboardPort]) {
    try {
      const server = await serveDashboard([folder], { port });
      say(`dashboard  ${server.url}${failure === undefined ? "" : ` (port ${DASHBOARD_PORT} is in use)`}`);
      return server;
    } catch (error) {
      if (dashboardPort !== undefined || !isNeriumError(error)) throw error;
      failure = error;
    }
  }
  const { code, message } = failure as NeriumError;
  printWarning(io, `There is no dashboard: ${message}`, code);
  return undefined;
}

/** Returns a listener that notes the events of a run in its output folder, so that dashboards can show it. */
export async function notingListener(folder: string, io: Io): Promise<TrainListener> {
  const { runRecorder } = await import("../dashboard/recorder.js");
  return runRecorder(folder, {
    now: Date.now,
    onProblem: (message) => printWarning(io, message, "RUN_NOT_NOTED"),
  });
}
