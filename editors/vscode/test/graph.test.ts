// The graph as the server's program prints it, and where its units are put.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut } from '../src/graph/layout';
import { parseGraph, styleOf } from '../src/graph/model';

const TEXT = `\
{"record":"unit","unit":"a.service","part":"subject"}
{"record":"unit","unit":"a.socket","part":"subject"}
{"record":"unit","unit":"sockets.target","part":"neighbour"}
{"record":"edge","from":"a.service","relation":"After","to":"a.socket","cause":"line","path":"/x/a.service","line":2,"holds":"always","note":null}
{"record":"edge","from":"a.socket","relation":"PartOf","to":"a.service","cause":"line","path":"/x/a.socket","line":3,"holds":"always","note":null}
{"record":"edge","from":"a.socket","relation":"Triggers","to":"a.service","cause":"name","path":"/x/a.socket","line":1,"holds":"always","note":null}
{"record":"edge","from":"sockets.target","relation":"Wants","to":"a.socket","cause":"install","path":"/x/a.socket","line":9,"holds":"once-enabled","note":null}
`;

test('edges between the same units are one', () => {
  const { units, edges } = parseGraph(TEXT);
  assert.equal(units.length, 3);
  const said = edges.map(edge => [edge.from, edge.reasons.map(({ relation }) => relation).join(), styleOf(edge)]);
  assert.deepEqual(said, [
    ['a.service', 'After', 'order'],
    ['a.socket', 'PartOf,Triggers', 'trigger'],
    ['sockets.target', 'Wants', 'requirement'],
  ]);
  assert.equal(edges[2]?.reasons[0]?.onceEnabled, true);
});

test('no two units lie on each other, and all is within the picture', () => {
  const { width, height, boxes, lines } = layOut(parseGraph(TEXT), text => text.length * 7);
  for (const [index, box] of boxes.entries()) {
    assert.ok(box.x - box.width / 2 >= 0 && box.x + box.width / 2 <= width, box.unit.unit);
    assert.ok(box.y - box.height / 2 >= 0 && box.y + box.height / 2 <= height, box.unit.unit);
    for (const other of boxes.slice(index + 1)) {
      const apart =
        Math.abs(box.x - other.x) * 2 >= box.width + other.width ||
        Math.abs(box.y - other.y) * 2 >= box.height + other.height;
      assert.ok(apart, `${box.unit.unit} and ${other.unit.unit}`);
    }
  }
  assert.ok(lines.every(({ points }) => points.length >= 2));
});

test('an empty graph is no trouble', () => {
  assert.deepEqual(parseGraph(''), { units: [], edges: [] });
});
