// Keys by which names are compared: letters, and NYSIIS as in the Python package jellyfish, which filled the index.

export const normalized = (text) =>
  text
    .normalize("NFKD")
    .toUpperCase()
    .replace(/[^A-Z]/g, "");

const isVowel = (letter) => letter !== undefined && "AEIOU".includes(letter);

export function phoneticCode(name) {
  let text = normalized(name);
  if (!text) return "";
  text = text
    .replace(/^MAC/, "MCC")
    .replace(/^KN/, "N")
    .replace(/^K/, "C")
    .replace(/^P[HF]/, "FF")
    .replace(/^SCH/, "SSS")
    .replace(/(IE|EE)$/, "Y")
    .replace(/(DT|RT|RD|NT|ND)$/, "D");
  let key = text[0];
  for (let index = 1; index < text.length; index++) {
    const [before, next] = [text[index - 1], text[index + 1]];
    let code = text[index];
    if (code === "E" && next === "V") {
      code = "AF";
      index++;
    } else if (isVowel(code)) code = "A";
    else if (code === "Q") code = "G";
    else if (code === "Z") code = "S";
    else if (code === "M") code = "N";
    else if (code === "K") code = next === "N" ? "N" : "C";
    else if (code === "S" && text.startsWith("CH", index + 1)) {
      code = "SS";
      index += 2;
    } else if (code === "P" && next === "H") {
      code = "F";
      index++;
    } else if (code === "H" && !(isVowel(before) && isVowel(next))) code = isVowel(before) ? "A" : before;
    else if (code === "W" && isVowel(before)) code = before;
    if (code.at(-1) !== key.at(-1)) key += code;
  }
  if (key.endsWith("S") && key !== "S") key = key.slice(0, -1);
  if (key.endsWith("AY")) key = `${key.slice(0, -2)}Y`;
  if (key.endsWith("A") && key !== "A") key = key.slice(0, -1);
  return key;
}
