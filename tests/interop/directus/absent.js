// Directus' package names some hundred others, for AI, GraphQL, images, sign-in elsewhere. Those that are not installed are a thing
// that can be called, made and asked for anything, and does nothing: what is tried here never comes to them.
'use strict';

const { readFileSync } = require('node:fs');
const { registerHooks } = require('node:module');
const { fileURLToPath } = require('node:url');

const NOT_INSTALLED = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'];
const ANYTHING = `const anything = new Proxy(function () {}, {
  get: (target, key) => {
    if (key === 'prototype') return target.prototype;
    if (key === Symbol.toPrimitive) return () => '';
    if (key === Symbol.iterator) return function* () {};
    return key === 'then' ? undefined : anything;
  },
  apply: () => anything,
  construct: () => ({}),
});
export default anything;
`;

// What the module at `url` takes from `absent`: { these, names as others } and, of * as itself, itself.these.
function taken(url, absent) {
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const names = [];
  for (const [, clause, from] of source.matchAll(/^import\s+([^;"']*?)\s+from\s+["']([^"']+)["']/gm)) {
    if (from !== absent) continue;
    const braces = clause.match(/\{([^}]*)\}/);
    if (braces) names.push(...braces[1].split(',').map((name) => name.trim().split(/\s+as\s+/)[0]));
    const all = clause.match(/\*\s+as\s+(\w+)/);
    if (all) names.push(...Array.from(source.matchAll(new RegExp(`\\b${all[1]}\\.(\\w+)`, 'g')), (use) => use[1]));
  }
  return [...new Set(names)].filter((name) => name && name !== 'default');
}

registerHooks({
  resolve(name, context, next) {
    try {
      return next(name, context);
    } catch (fault) {
      if (!NOT_INSTALLED.includes(fault.code) || /^[./]/.test(name)) throw fault;
      return { format: 'module', shortCircuit: true, url: `absent:${name}?${taken(context.parentURL, name)}` };
    }
  },
  load(url, context, next) {
    if (!url.startsWith('absent:')) return next(url, context);
    const names = url.split('?')[1].split(',').filter(Boolean);
    const exported = names.map((name) => `export const ${name} = anything;`);
    return { format: 'module', shortCircuit: true, source: ANYTHING + exported.join('\n') };
  },
});
