// Journal of the Node peers: the tables and the chain of audit/sqlite/journal.sql, written by node:sqlite in the loop.
// Entries that wait when the loop is idle are one transaction, which is flushed to the disk before any is acknowledged.

import { createHash } from "node:crypto";
import { chmodSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

const DDL = readFileSync(new URL("../../../audit/sqlite/journal.sql", import.meta.url), "utf8");
const COLUMNS = ["sequence", "previous", "hash", "id", "kind", "at", "user", "agency", "case_number", "body"];

export class Journal {
  #file;
  #insert;
  #sequence = 0;
  #hash = Buffer.alloc(32);
  #position = Buffer.alloc(8);
  #waiting = [];

  constructor(path) {
    this.#file = new DatabaseSync(path);
    chmodSync(path, 0o600);
    this.#file.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    if (!this.#file.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").get())
      this.#file.exec(`BEGIN; ${DDL}; COMMIT;`);
    const last = this.#file.prepare("SELECT sequence, hash FROM entry ORDER BY sequence DESC LIMIT 1").get();
    if (last) [this.#sequence, this.#hash] = [last.sequence, Buffer.from(last.hash)];
    this.#insert = this.#file.prepare(`INSERT INTO entry (${COLUMNS}) VALUES (${COLUMNS.map(() => "?")})`);
  }

  // The keys of an entry are sorted, and those without a value are undefined.
  append(entry) {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ entry, resolve, reject }) === 1) setImmediate(() => this.#commit());
    });
  }

  #commit() {
    const batch = this.#waiting;
    this.#waiting = [];
    let [sequence, previous] = [this.#sequence, this.#hash];
    try {
      this.#file.exec("BEGIN IMMEDIATE");
      for (const { entry } of batch) {
        const body = JSON.stringify(entry);
        this.#position.writeBigUInt64BE(BigInt(++sequence));
        const hash = createHash("sha256").update(previous).update(this.#position).update(body).digest();
        const { id, kind, at, user, agency, case_number: caseNumber = null } = entry;
        this.#insert.run(sequence, previous, hash, id, kind, at, user, agency, caseNumber, body);
        previous = hash;
      }
      this.#file.exec("COMMIT");
    } catch (error) {
      if (this.#file.isTransaction) this.#file.exec("ROLLBACK");
      for (const { reject } of batch) reject(error);
      return;
    }
    [this.#sequence, this.#hash] = [sequence, previous];
    for (const { resolve } of batch) resolve();
  }
}
