// Snippets as files: no `vscode` in here, so that tests can hold them against the server.

/** A snippet of snippets/units.json. */
export interface Snippet {
  prefix: string;
  description: string;
  body: string[];
}

/** Units that belong together; what stands behind the stem of their names, and the snippet of each. */
export interface Kind {
  label: string;
  files: [ending: string, prefix: string][];
}

export const KINDS: Kind[] = [
  { label: 'Service', files: [['.service', 'service']] },
  { label: 'One-shot service', files: [['.service', 'oneshot']] },
  { label: 'Template service', files: [['@.service', 'template']] },
  {
    label: 'Socket and its service',
    files: [
      ['.socket', 'socket'],
      ['.service', 'socket-service'],
    ],
  },
  {
    label: 'Timer and its service',
    files: [
      ['.timer', 'timer'],
      ['.service', 'timer-service'],
    ],
  },
  {
    label: 'Path unit and its service',
    files: [
      ['.path', 'path'],
      ['.service', 'path-service'],
    ],
  },
];

/** What a snippet is while nothing has been typed into it, in a file whose name begins with `stem`. */
export function expand({ body }: Snippet, stem: string): string {
  return body
    .join('\n')
    .replaceAll('$TM_FILENAME_BASE', stem)
    .replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d/g, '');
}
