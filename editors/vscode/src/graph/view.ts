// The view's side of the graph: draws it as SVG, and says what was clicked. Runs in the webview, without Node.

import { type Box, type Line, layOut, MOST_EDGES, type Point } from './layout';
import { type FromView, type Graph, styleOf, type ToView, type Wanted } from './model';

declare function acquireVsCodeApi(): { postMessage(message: FromView): void };

const SVG = 'http://www.w3.org/2000/svg';
const editor = acquireVsCodeApi();
const main = byId('graph');
const wanted = byId('wanted') as HTMLSelectElement;
const implied = byId('implied') as HTMLInputElement;

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) {
    throw new Error(`the page has no ${id}`);
  }
  return element;
}

function svg(name: string, attributes: Record<string, string | number>, ...children: (Element | string)[]): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, String(value));
  }
  element.append(...children);
  return element;
}

/** Widths in the font that is shown. */
function measurer(): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) {
    return text => text.length * 8;
  }
  context.font = getComputedStyle(document.body).font;
  return text => context.measureText(text).width;
}

/** What is done by a click, or by Enter where the focus is. */
function clickable(element: SVGElement, title: string, act: () => void): SVGElement {
  element.append(svg('title', {}, title));
  element.classList.add('clickable');
  element.setAttribute('tabindex', '0');
  element.setAttribute('role', 'button');
  element.addEventListener('click', act);
  element.addEventListener('keydown', event => {
    if ((event as KeyboardEvent).key === 'Enter') {
      act();
    }
  });
  return element;
}

function box({ unit: { unit, part }, x, y, width, height }: Box): SVGElement {
  const group = svg(
    'g',
    { class: `unit ${part}`, 'data-unit': unit },
    svg('rect', { x: x - width / 2, y: y - height / 2, width, height, rx: 5 }),
    svg('text', { x, y, 'text-anchor': 'middle', 'dominant-baseline': 'central' }, unit),
  );
  return clickable(group, `Open ${unit}`, () => editor.postMessage({ kind: 'unit', unit }));
}

/** A smooth line through the points. */
function curve(points: Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) {
    return '';
  }
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    // Straight at the end, so that the arrow's head lies in the line.
    path +=
      next === undefined
        ? ` L${point.x},${point.y}`
        : ` Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`;
  });
  return path;
}

function line({ edge, points, label, text, width }: Line): SVGElement {
  const style = styleOf(edge);
  const dashed = edge.reasons.every(({ onceEnabled }) => onceEnabled) ? ' once-enabled' : '';
  const group = svg(
    'g',
    { class: `edge ${style}${dashed}` },
    svg('path', { d: curve(points), 'marker-end': `url(#${style})` }),
    svg('rect', { x: label.x - width / 2, y: label.y - 8, width, height: 16 }),
    svg('text', { x: label.x, y: label.y, 'text-anchor': 'middle', 'dominant-baseline': 'central' }, text),
  );
  const why = edge.reasons.map(({ relation, path, line: number, note }) =>
    [`${edge.from} ${relation} ${edge.to}`, path && (number === null ? path : `${path}:${number}`), note]
      .filter(Boolean)
      .join('\n  '),
  );
  const placed = edge.reasons.find(({ path }) => path !== null);
  return clickable(group, why.join('\n'), () => {
    if (placed?.path) {
      editor.postMessage({ kind: 'line', path: placed.path, line: placed.line });
    }
  });
}

function arrows(): SVGElement {
  const heads = ['trigger', 'requirement', 'order'].map(id =>
    svg(
      'marker',
      {
        id,
        class: id,
        viewBox: '0 0 8 8',
        refX: 7.5,
        refY: 4,
        markerWidth: 8,
        markerHeight: 8,
        orient: 'auto',
        markerUnits: 'userSpaceOnUse',
      },
      svg('path', { d: 'M0,0.5 L8,4 L0,7.5 z' }),
    ),
  );
  return svg('defs', {}, ...heads);
}

let picture: SVGElement | undefined;
let zoom = 1;

/** Shows the picture larger or smaller, its proportions kept. */
function scale(to: number): void {
  zoom = Math.min(2, Math.max(0.1, to));
  const [, , width = 0, height = 0] = picture?.getAttribute('viewBox')?.split(' ').map(Number) ?? [];
  picture?.setAttribute('width', String(width * zoom));
  picture?.setAttribute('height', String(height * zoom));
}

function draw(graph: Graph): void {
  const { units, edges } = graph;
  if (units.length === 0) {
    say('There are no units here.');
    return;
  }
  if (edges.length > MOST_EDGES) {
    const many = `${units.length} units that stand to each other in ${edges.length} ways`;
    say(`${many} are too much for one picture: open a unit and show the graph around it.`);
    return;
  }
  const { width, height, boxes, lines } = layOut(graph, measurer());
  const viewBox = `0 0 ${width} ${height}`;
  picture = svg('svg', { viewBox }, arrows(), ...lines.map(line), ...boxes.map(box));
  scale(zoom);
  main.replaceChildren(picture);
}

function say(text: string): void {
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  main.replaceChildren(paragraph);
}

window.addEventListener('message', ({ data }: MessageEvent<ToView>) => {
  if (data.kind === 'trouble') {
    say(data.message);
    return;
  }
  if (picture === undefined) {
    // A page that is shown again begins with what was chosen; from then on the choice is the page's own.
    wanted.value = data.wanted;
    implied.checked = data.implied;
  }
  if (data.graph.edges.length > 100) {
    say(`Placing ${data.graph.units.length} units …`);
  }
  // The words are on the screen before the work begins.
  requestAnimationFrame(() => setTimeout(() => draw(data.graph)));
});
byId('smaller').addEventListener('click', () => scale(zoom / 1.25));
byId('larger').addEventListener('click', () => scale(zoom * 1.25));
main.addEventListener(
  'wheel',
  event => {
    if (event.ctrlKey) {
      event.preventDefault();
      scale(zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
    }
  },
  { passive: false },
);
for (const control of [wanted, implied]) {
  control.addEventListener('change', () => {
    editor.postMessage({ kind: 'wanted', wanted: wanted.value as Wanted, implied: implied.checked });
  });
}
editor.postMessage({ kind: 'ready' });
