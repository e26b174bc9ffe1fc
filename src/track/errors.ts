import { NeriumError } from "../errors.js";

/** The run should report to MLflow, but no server is named. */
export const mlflowAddressMissing = (): NeriumError =>
  new NeriumError("TRACK_MLFLOW_ADDRESS_MISSING", "report_to is mlflow, but MLFLOW_TRACKING_URI is not set", {
    where: "MLFLOW_TRACKING_URI",
    remedy:
      "Set MLFLOW_TRACKING_URI to the address of the MLflow server, such as http://127.0.0.1:5000, or remove mlflow from report_to.",
  });

/** An environment variable of MLflow has a value that cannot be used. */
export const mlflowSettingInvalid = (variable: string, expected: string): NeriumError =>
  new NeriumError("TRACK_MLFLOW_SETTING_INVALID", `${variable} must be ${expected}`, {
    where: variable,
    remedy: "Correct the variable, or remove mlflow from report_to.",
  });

/** The run should report to Trackio, but no server is named. */
export const trackioAddressMissing = (): NeriumError =>
  new NeriumError(
    "TRACK_TRACKIO_ADDRESS_MISSING",
    "report_to is trackio, but TRACKIO_SERVER_URL is not set",
    {
      where: "TRACKIO_SERVER_URL",
      remedy:
        "Start a server with `trackio show`, and set TRACKIO_SERVER_URL to the address with write_token that it prints. Or remove trackio from report_to.",
    },
  );

/** An environment variable of Trackio has a value that cannot be used. */
export const trackioSettingInvalid = (variable: string, expected: string): NeriumError =>
  new NeriumError("TRACK_TRACKIO_SETTING_INVALID", `${variable} must be ${expected}`, {
    where: variable,
    remedy: "Correct the variable, or remove trackio from report_to.",
  });
