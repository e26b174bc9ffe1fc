import { describe, expect, it } from "vitest";
import { labelScheme } from "../../src/text/labelScheme.js";

const schemeOf = (labels: string) => labelScheme(labels.split(" ")).scheme;
const tagsOf = (labels: string) => labelScheme(labels.split(" ")).tags.join(" ");

describe("a model's labels say how it marks entities", () => {
  it("B- and I- for each type are IOB2", () => {
    expect(schemeOf("O B-PER I-PER B-LOC I-LOC")).toBe("IOB2");
  });

  it("a type that only begins is still IOB2", () => {
    expect(schemeOf("O B-PER I-PER B-LOC")).toBe("IOB2");
  });

  it("a type that has I- but no B- makes it IOB1", () => {
    expect(schemeOf("B-LOC B-MISC B-ORG I-LOC I-MISC I-ORG I-PER O")).toBe("IOB1");
  });

  it("I- alone is IO", () => {
    expect(schemeOf("O I-PER I-LOC")).toBe("IO");
  });

  it("E- and S- make it IOBES, L- and U- BILOU", () => {
    expect(schemeOf("O B-PER I-PER E-PER S-PER")).toBe("IOBES");
    expect(schemeOf("O B-PER I-PER L-PER U-PER")).toBe("BILOU");
  });

  it("types that begin with a scheme's letter and a hyphen are no scheme", () => {
    expect(schemeOf("O E-MAIL S-CORP")).toBe("IO");
    expect(tagsOf("O E-MAIL S-CORP")).toBe("O I-E-MAIL I-S-CORP");
  });

  it("BILOU is read as IOBES, so that neighbouring single words stay apart", () => {
    expect(tagsOf("O B-PER I-PER L-PER U-PER")).toBe("O B-PER I-PER E-PER S-PER");
  });

  it("labels without a prefix are types of their own", () => {
    expect(tagsOf("O PER LOC")).toBe("O I-PER I-LOC");
    expect(tagsOf("LABEL_0 LABEL_1")).toBe("I-LABEL_0 I-LABEL_1");
    expect(tagsOf("O B-PER I-PER [PAD]")).toBe("O B-PER I-PER I-[PAD]");
  });
});
