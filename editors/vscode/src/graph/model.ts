// The graph of units as the extension hands it to its view; read from `unitls graph --format json`.

/** A unit that was asked about, or one beside it. */
export interface Unit {
  unit: string;
  part: 'subject' | 'neighbour';
}

/** Why one unit stands to another. */
export interface Reason {
  /** As `systemctl show` calls it: `Triggers`, `Wants`, `After` … */
  relation: string;
  path: string | null;
  /** Counted from 1. */
  line: number | null;
  /** Holds only once a unit is enabled. */
  onceEnabled: boolean;
  note: string | null;
}

/** All that one unit says of another. */
export interface Edge {
  from: string;
  to: string;
  reasons: Reason[];
}

export interface Graph {
  units: Unit[];
  edges: Edge[];
}

/** Which edges are drawn. */
export type Wanted = 'everything' | 'order' | 'requirement';

/** From the extension to the view. */
export type ToView =
  | { kind: 'graph'; graph: Graph; wanted: Wanted; implied: boolean }
  | { kind: 'trouble'; message: string };

/** From the view to the extension. */
export type FromView =
  | { kind: 'ready' }
  | { kind: 'unit'; unit: string }
  | { kind: 'line'; path: string; line: number | null }
  | { kind: 'wanted'; wanted: Wanted; implied: boolean };

type Line =
  | ({ record: 'unit' } & Unit)
  | ({ record: 'edge'; from: string; to: string; holds: string } & Omit<Reason, 'onceEnabled'>);

/** Reads one object a line; edges between the same two units become one. */
export function parseGraph(text: string): Graph {
  const units: Unit[] = [];
  const edges = new Map<string, Edge>();
  for (const line of text.split('\n').filter(Boolean)) {
    const record = JSON.parse(line) as Line;
    if (record.record === 'unit') {
      units.push({ unit: record.unit, part: record.part });
      continue;
    }
    const { from, to, relation, path, line: number, note, holds } = record;
    const key = `${from}\n${to}`;
    const edge = edges.get(key) ?? { from, to, reasons: [] };
    edge.reasons.push({ relation, path, line: number, note, onceEnabled: holds === 'once-enabled' });
    edges.set(key, edge);
  }
  return { units, edges: [...edges.values()] };
}

/** How an edge is drawn: what starts a unit stands out, what only orders steps back. */
export function styleOf(edge: Edge): 'trigger' | 'requirement' | 'order' {
  const relations = edge.reasons.map(({ relation }) => relation);
  if (relations.includes('Triggers')) {
    return 'trigger';
  }
  return relations.every(relation => relation === 'After' || relation === 'Before') ? 'order' : 'requirement';
}
