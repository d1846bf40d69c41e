// How a test speaks with an application that runs on Node: a line of JSON in, a line of JSON out.
'use strict';

const fs = require('node:fs');
const readline = require('node:readline');

// The clock of the process, which the application reads by Date: ahead of the machine's by so many milliseconds.
let ahead = 0;
const Real = Date;
class Moved extends Real {
  constructor(...parts) {
    super(...(parts.length === 0 ? [Moved.now()] : parts));
  }

  static now() {
    return Real.now() + ahead;
  }
}
globalThis.Date = new Proxy(Moved, { apply: () => new Moved().toString() });

// What an application prints is for people: standard output is for answers alone.
process.stdout.write = process.stderr.write.bind(process.stderr);

function answer(line) {
  fs.writeSync(1, `${JSON.stringify(line)}\n`);
}

const own = {
  clock({ moment }) {
    ahead = moment === null ? 0 : moment - Real.now();
  },
};

/// Answers requests by `handlers`, functions by the name that stands under "do", until standard input ends. One at a time.
async function serve(handlers) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: what, ...details } = JSON.parse(line);
    try {
      answer({ answer: (await { ...own, ...handlers }[what](details)) ?? null });
    } catch (fault) {
      answer({ fault: String(fault?.stack ?? fault) });
    }
  }
  process.exit(0);
}

module.exports = { serve };
