/** A section of a model card, as data. */
interface PythonSection {
  readonly heading: string;
  readonly blocks: readonly (
    | { readonly paragraph: readonly string[] }
    | { readonly language: "python"; readonly program: string }
  )[];
}

/**
 * Returns the model card section that shows how to get the tags of a conditional random field in Python. It uses pytorch-crf,
 * because `crf.safetensors` has the same names and arithmetic. test/train/crf.test.ts runs the program.
 *
 * @param readsDocuments whether the model was trained to read each sentence in the context of its document
 */
export function crfInPython(readsDocuments: boolean): PythonSection {
  const alone = readsDocuments ? ", for sentences without context" : "";
  const packages = "With `pip install torch transformers pytorch-crf`";
  return {
    heading: "Tags in Python",
    blocks: [
      { paragraph: [`${packages}, this program prints the tags of the conditional random field${alone}:`] },
      { language: "python", program: PROGRAM },
    ],
  };
}

const PROGRAM = `\
import torch
from safetensors.torch import load_file
from torchcrf import CRF
from transformers import AutoModelForTokenClassification, AutoTokenizer

folder = "."  # the folder of this card, or huggingface_hub.snapshot_download("NAME")
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForTokenClassification.from_pretrained(folder).eval()
crf = CRF(model.config.num_labels, batch_first=True)
crf.load_state_dict(load_file(f"{folder}/crf.safetensors"))

words = ["Angela", "Merkel", "visited", "Paris", "."]
inputs = tokenizer(words, is_split_into_words=True, return_tensors="pt")
places = inputs.word_ids()
first = [places.index(word) for word in range(len(words))]  # the first token of each word
with torch.inference_mode():
    [labels] = crf.decode(model(**inputs).logits[:, first])
print([(word, model.config.id2label[label]) for word, label in zip(words, labels)])
`;
