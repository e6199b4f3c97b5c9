// The server's settings as VS Code describes settings, made from docs/unitls.schema.json when the extension is packed: there
// is one source for their names, values and meanings.

import { readFileSync } from 'node:fs';

// The bundled tests lie as deep as this file.
const SCHEMA = new URL('../../../docs/unitls.schema.json', import.meta.url);

/** What a setting is where nobody says anything; it is not handed to the server then. */
const EMPTY = { array: [], boolean: false, object: {} };

/** By their full names, as they stand in package.json. */
export function serverSettings() {
  const { properties } = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [`unitls.${name}`, setting(schema)]));
}

function setting({ description, ...schema }) {
  const words = schema.enum ?? schema.anyOf?.flatMap(either => either.enum ?? either.const ?? []);
  return {
    markdownDescription: `${description[0].toUpperCase()}${description.slice(1)}.`,
    default: EMPTY[schema.type] ?? words[0],
    scope: 'window',
    ...schema,
  };
}
