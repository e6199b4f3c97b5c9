// Places of units and edges; by dagre, in layers from left to right.

import dagre from '@dagrejs/dagre';
import type { Edge, Graph, Unit } from './model';

export interface Point {
  x: number;
  y: number;
}

export interface Box extends Point {
  unit: Unit;
  width: number;
  height: number;
}

export interface Line {
  edge: Edge;
  points: Point[];
  /** The middle of the label. */
  label: Point;
  text: string;
  width: number;
}

export interface Layout {
  width: number;
  height: number;
  boxes: Box[];
  lines: Line[];
}

/** More than these take a browser many seconds, and nobody finds anything among them. */
export const MOST_EDGES = 800;

const LINE_HEIGHT = 16;
const PADDING = 12;

/** What stands beside an edge: its relations, each once. */
export function labelOf(edge: Edge): string {
  return [...new Set(edge.reasons.map(({ relation }) => relation))].join(', ');
}

/** Lays out a graph; `measure` gives the width of a text. */
export function layOut(graph: Graph, measure: (text: string) => number): Layout {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 46, edgesep: 12, marginx: 16, marginy: 16 });
  for (const { unit } of graph.units) {
    drawing.setNode(unit, { width: measure(unit) + 2 * PADDING, height: LINE_HEIGHT + PADDING });
  }
  for (const edge of graph.edges) {
    const label = { width: measure(labelOf(edge)), height: LINE_HEIGHT, labelpos: 'c' };
    drawing.setEdge(edge.from, edge.to, label);
  }
  dagre.layout(drawing);
  const boxes = graph.units.map(unit => {
    const { x, y, width, height } = drawing.node(unit.unit) as Point & { width: number; height: number };
    return { unit, x, y, width, height };
  });
  const lines = graph.edges.map(edge => {
    const { points, x, y, width } = drawing.edge(edge.from, edge.to) as Point & { points: Point[]; width: number };
    return { edge, points, label: { x, y }, text: labelOf(edge), width };
  });
  const { width = 0, height = 0 } = drawing.graph() as { width?: number; height?: number };
  return { width, height, boxes, lines };
}
