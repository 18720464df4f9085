/**
 * Checks a receipt without asking anybody: values, record, place in the tree, signature. The same rules as
 * consent/receipts/checking.py; both are held to tests/vectors/receipts.json. Hashes and signatures are the browser's own (WebCrypto).
 * @typedef {{code: "form" | "leaf" | "values" | "place" | "signature", holds: boolean | null, why: string}} Step
 * @typedef {{index: number, size: number, proof: string[], checkpoint: string, keys: string[]}} Place
 * @typedef {{format: string, leaf: string, leaf_hash: string, opened: Record<string, {value: string, salt: string}>,
 *   notice: {digest: string, url: string}, ledger: Place | null}} Receipt
 */
export const STEPS = ["form", "leaf", "values", "place", "signature"];
const encoder = new TextEncoder();

/** A step that fails: `why` is a key of the page's words. */
class Wrong extends Error {}

/** @param {any} receipt @param {string[]} [trusted] verifier keys from elsewhere @returns {Promise<Step[]>} up to the first that fails */
export async function checkReceipt(receipt, trusted = []) {
  /** @type {Step[]} */
  const steps = [];
  /** @param {Step["code"]} code @param {() => unknown} rule */
  const step = async (code, rule) => {
    try {
      await rule();
      steps.push({ code, holds: true, why: "" });
      return true;
    } catch (error) {
      // What no rule foresaw is a receipt that is none, and must not pass for one.
      steps.push({ code, holds: false, why: error instanceof Wrong ? error.message : "unreadable" });
      return false;
    }
  };
  if (!(await step("form", () => form(receipt)))) return steps;
  if (!(await step("leaf", () => leaf(receipt)))) return steps;
  if (!(await step("values", () => values(receipt)))) return steps;
  if (!receipt.ledger) return [...steps, { code: "place", holds: null, why: "unsealed" }];
  if (!(await step("place", () => place(receipt)))) return steps;
  await step("signature", () => signature(receipt, trusted));
  return steps;
}

/** @param {Step[]} steps */
export const isProved = (steps) => steps.length == STEPS.length && steps.every((step) => step.holds);

/** @param {unknown} value @returns {value is Record<string, any>} */
const isMap = (value) => typeof value == "object" && value !== null && !Array.isArray(value);
/** @param {unknown} value */
const areTexts = (value) => Array.isArray(value) && value.every((each) => typeof each == "string");

/** @param {any} receipt */
function form(receipt) {
  if (!isMap(receipt) || receipt.format != "consent-receipt-1") throw new Wrong("format");
  const { ledger } = receipt;
  const complete = typeof receipt.leaf == "string" && typeof receipt.leaf_hash == "string" && isMap(receipt.opened) && isMap(receipt.notice);
  if (!complete || !(ledger === null || isPlace(ledger))) throw new Wrong("incomplete");
}

/** @param {any} ledger */
function isPlace(ledger) {
  if (!isMap(ledger)) return false;
  const numbers = [ledger.index, ledger.size].every((number) => Number.isSafeInteger(number) && number >= 0);
  return numbers && areTexts(ledger.proof) && areTexts(ledger.keys) && typeof ledger.checkpoint == "string";
}

/** @param {Receipt} receipt */
async function leaf(receipt) {
  let record;
  try {
    record = JSON.parse(receipt.leaf);
  } catch {
    throw new Wrong("unreadable");
  }
  if (!isMap(record) || canonical(record) != receipt.leaf || record.format != "consent-event-1") throw new Wrong("uncanonical");
  if (hex(await leafHash(receipt.leaf)) != receipt.leaf_hash) throw new Wrong("changed");
  if (record.version !== receipt.notice.digest) throw new Wrong("text");
}

/** RFC 8785: a record holds no floats, and JSON.stringify writes everything else as it asks. @param {any} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isMap(value)) return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => JSON.stringify(key) + ":" + canonical(value[key])).join()}}`;
}

/** @param {Receipt} receipt */
async function values(receipt) {
  const { commitments } = JSON.parse(receipt.leaf);
  if (!isMap(commitments) || Object.keys(commitments).sort().join() != Object.keys(receipt.opened).sort().join()) throw new Wrong("values");
  for (const [name, expected] of Object.entries(commitments)) {
    const { value, salt } = receipt.opened[name];
    if (typeof value != "string" || !/^[0-9a-f]{32}$/.test(salt)) throw new Wrong("values");
    if (hex(await sha256(fromHex(salt), encoder.encode(name + value))) != expected) throw new Wrong("value " + name);
  }
}

/** @param {Receipt} receipt */
async function place(receipt) {
  const { index, size, proof, checkpoint } = /** @type {Place} */ (receipt.ledger);
  const head = readHead(checkpoint);
  if (!head.origin.endsWith("/ledger/" + JSON.parse(receipt.leaf).site)) throw new Wrong("website");
  const root = await rootFrom(fromHex(receipt.leaf_hash), index, size, proof.map(fromBase64));
  if (head.size != size || head.root != base64(root)) throw new Wrong("root");
}

/** @param {string} note a signed note; its first three lines are origin, size, root */
export function readHead(note) {
  const lines = note.split("\n\n")[0].split("\n");
  const [origin, size, root] = lines;
  if (lines.length < 3 || !lines.every((line) => line) || !/^(0|[1-9]\d{0,14})$/.test(size) || fromBase64(root).length != 32) throw new Wrong("checkpoint");
  return { origin, size: Number(size), root };
}

/** RFC 9162 §2.1.3.2. Numbers beyond 2^31 are divided, not shifted. @param {Uint8Array<ArrayBuffer>} hash @param {number} index @param {number} size @param {Uint8Array<ArrayBuffer>[]} proof */
async function rootFrom(hash, index, size, proof) {
  if (index >= size) throw new Wrong("proof");
  let [position, last, root] = [index, size - 1, hash];
  const half = (/** @type {number} */ number) => Math.floor(number / 2);
  for (const step of proof) {
    if (!last || step.length != 32) throw new Wrong("proof");
    if (position % 2 || position == last) {
      root = await nodeHash(step, root);
      while (position && !(position % 2)) [position, last] = [half(position), half(last)];
    } else root = await nodeHash(root, step);
    [position, last] = [half(position), half(last)];
  }
  if (last) throw new Wrong("proof");
  return root;
}

/** @param {Receipt} receipt @param {string[]} trusted */
async function signature(receipt, trusted) {
  const { checkpoint, keys } = /** @type {Place} */ (receipt.ledger);
  const at = checkpoint.lastIndexOf("\n\n");
  const lines = checkpoint.slice(at + 2).split("\n");
  if (at < 0 || lines.pop() || !lines.length || lines.length > 16) throw new Wrong("note");
  const text = checkpoint.slice(0, at + 1);
  const known = await Promise.all((trusted.length ? trusted : keys).map(readKey));
  let good = 0;
  for (const line of lines) {
    const [, name, raw] = /^— (\S+) (\S+)$/.exec(line) || [];
    if (!name) throw new Wrong("note");
    const signed = fromBase64(raw);
    const key = known.find((each) => each.name == name && name == readHead(checkpoint).origin && hex(signed.slice(0, 4)) == each.id);
    if (!key) continue;
    if (!(await isSignedBy(key.raw, signed.slice(4), encoder.encode(text)))) throw new Wrong("signature");
    good++;
  }
  if (!good) throw new Wrong("stranger");
}

/** A verifier key: name+id+base64(type, key). @param {string} line */
async function readKey(line) {
  const [, name, id, raw] = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/.exec(line.trim()) || [];
  if (!name) throw new Wrong("key");
  const bytes = fromBase64(raw);
  const expected = hex((await sha256(encoder.encode(name + "\n"), bytes)).slice(0, 4));
  if (bytes.length != 33 || bytes[0] != 1 || expected != id) throw new Wrong("key");
  return { name, id, raw: bytes.slice(1) };
}

/** @param {Uint8Array<ArrayBuffer>} key @param {Uint8Array<ArrayBuffer>} signed @param {Uint8Array<ArrayBuffer>} text */
async function isSignedBy(key, signed, text) {
  let publicKey;
  try {
    publicKey = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
  } catch {
    throw new Wrong("browser");
  }
  return crypto.subtle.verify("Ed25519", publicKey, signed, text);
}

/** @param {...Uint8Array<ArrayBuffer>} parts */
async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
}
/** @param {string} text */
const leafHash = (text) => sha256(new Uint8Array([0]), encoder.encode(text));
/** @param {Uint8Array<ArrayBuffer>} left @param {Uint8Array<ArrayBuffer>} right */
const nodeHash = (left, right) => sha256(new Uint8Array([1]), left, right);

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
/** @param {string} text */
function fromHex(text) {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Wrong("unreadable");
  return new Uint8Array((text.match(/../g) || []).map((pair) => parseInt(pair, 16)));
}
/** @param {Uint8Array} bytes */
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
/** @param {string} text */
function fromBase64(text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    throw new Wrong("base64");
  }
  // Two spellings of one signature are one too many.
  if (base64(bytes) != text) throw new Wrong("base64");
  return bytes;
}
