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
