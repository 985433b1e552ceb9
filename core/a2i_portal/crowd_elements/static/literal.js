/**
 * Reads the literals that templates write into attributes: JSON, but also single quotes, bare
 * keys and trailing commas, as in categories="['Yes', 'No']". Nothing is ever evaluated.
 */

export class LiteralError extends Error {}

const CONSTANTS = { true: true, false: false, null: null, undefined: undefined };
const ESCAPES = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v", 0: "\0" };
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$-]*/uy;
const SPACE = /\s*/y;

/** @throws {LiteralError} when `text` is not one literal */
export function parseLiteral(text) {
  const reader = new Reader(text);
  const value = reader.value();
  reader.expectEnd();
  return value;
}

class Reader {
  #at = 0;

  constructor(text) {
    this.text = text;
  }

  value() {
    this.#match(SPACE);
    const next = this.text[this.#at];
    if (next === "[") return this.#array();
    if (next === "{") return this.#object();
    if (next === "'" || next === '"' || next === "`") return this.#string();
    const number = this.#match(NUMBER);
    if (number !== null) return Number(number);
    const word = this.#match(WORD);
    if (word !== null && Object.hasOwn(CONSTANTS, word)) return CONSTANTS[word];
    throw this.#error("a value");
  }

  expectEnd() {
    this.#match(SPACE);
    if (this.#at < this.text.length) throw this.#error("the end");
  }

  #array() {
    const items = [];
    this.#sequence("]", () => items.push(this.value()));
    return items;
  }

  #object() {
    const members = [];
    this.#sequence("}", () => {
      const key = this.#key();
      if (!this.#take(":")) throw this.#error("':'");
      members.push([key, this.value()]);
    });
    return Object.fromEntries(members);
  }

  #sequence(end, readItem) {
    this.#at += 1;
    while (!this.#take(end)) {
      readItem();
      if (!this.#take(",")) {
        if (!this.#take(end)) throw this.#error(`',' or '${end}'`);
        return;
      }
    }
  }

  #key() {
    this.#match(SPACE);
    const next = this.text[this.#at];
    if (next === "'" || next === '"') return this.#string();
    const key = this.#match(WORD) ?? this.#match(NUMBER);
    if (key === null) throw this.#error("a key");
    return key;
  }

  #string() {
    const quote = this.text[this.#at];
    this.#at += 1;
    let value = "";
    while (this.#at < this.text.length) {
      const character = this.text[this.#at];
      this.#at += 1;
      if (character === quote) return value;
      value += character === "\\" ? this.#escape() : character;
    }
    throw this.#error(`a closing ${quote}`);
  }

  #escape() {
    const character = this.text[this.#at];
    this.#at += 1;
    if (character !== "u") return ESCAPES[character] ?? character ?? "";
    const digits = this.text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw this.#error("four hexadecimal digits");
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #take(character) {
    this.#match(SPACE);
    if (this.text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern) {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #error(expected) {
    const found = this.text.slice(this.#at, this.#at + 12) || "the end";
    return new LiteralError(`expected ${expected} at character ${this.#at + 1}, found: ${found}`);
  }
}
