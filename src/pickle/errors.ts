import { NeriumError } from "../errors.js";

/** Turns a file into safetensors. */
const CONVERT =
  'Convert it once: python -c "import sys, torch; from safetensors.torch import save_file; ' +
  "w = torch.load(sys.argv[1], map_location='cpu', weights_only=True); " +
  "save_file({k: v.clone().contiguous() for k, v in w.items()}, 'model.safetensors', {'format': 'pt'})\" FILE";

/** A file of PyTorch weights breaks a rule of its format. */
export const invalidTorchFile = (file: string, rule: string) =>
  new NeriumError("MODEL_TORCH_INVALID", `Invalid file of PyTorch weights: ${rule}`, {
    where: file,
    remedy: "The file is damaged or was not written by torch.save. Download it again.",
  });

/** A file of PyTorch weights was written in a form that Nerium does not read. */
export const torchFormUnsupported = (file: string, form: string) =>
  new NeriumError("MODEL_TORCH_UNSUPPORTED", `${form} is not supported`, { where: file, remedy: CONVERT });

/** A file of PyTorch contains a program. Its tensors have no names that a model knows. */
export const torchScript = (file: string) =>
  new NeriumError("MODEL_TORCH_UNSUPPORTED", "TorchScript programs are not supported", {
    where: file,
    remedy: "Use the Hugging Face model that the program was made from.",
  });

/** A file of PyTorch weights contains something other than tensors by their names. */
export const torchFileRefused = (file: string, what: string) =>
  new NeriumError("MODEL_TORCH_REFUSED", `Refused to read a file of PyTorch weights: ${what}`, {
    where: file,
    remedy:
      "Nerium reads tensors only and never runs code from a model. If you trust the file, load the model in Python and save it with save_pretrained.",
  });
