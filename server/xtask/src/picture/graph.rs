//! A small graph of units as SVG: rows from those that start to those that are started, with labelled arrows between.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use unit_catalog::Version;
use unit_ide::graph::drawing::{Arrow, Drawing, Implied, Part, Stroke, Wanted, colour};
use unit_ide::workspace::{File, UnitName, Workspace};
use unit_syntax::Unit;

const BOX_HEIGHT: f64 = 34.0;
const ROW_HEIGHT: f64 = 92.0;
const GAP: f64 = 48.0;
const MARGIN: f64 = 16.0;
/// About the width of a letter in boxes.
const LETTER: f64 = 7.4;
/// The room that an arrow takes in a row that it passes.
const PASS: f64 = 60.0;

/// The graph of what starts what among the units in `folder`.
///
/// # Errors
///
/// When the folder cannot be read.
pub(super) fn svg(folder: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut workspace = Workspace::new(vec![folder.into()], Version::NEWEST);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path: Arc<Path> = entry.map_err(unreadable)?.path().into();
        let unit = Unit::parse(&fs::read_to_string(&path).map_err(unreadable)?);
        let file = File::new(path, workspace.places(), Version::NEWEST, Arc::new(unit));
        workspace.set_on_disk([file], []);
    }
    let units: Vec<UnitName> = workspace.files().filter_map(|file| file.unit_name()).collect();
    let place = workspace.places().of_folder(folder);
    let mut drawing = Drawing::new(Wanted::Requirement, Implied::Hidden);
    drawing.add(&workspace.graph(&place), &units);
    Ok(Layout::new(&drawing).svg())
}

/// Units, and arrows that pass rows, in their places.
struct Layout<'d> {
    nodes: Vec<Node<'d>>,
    arrows: Vec<Arrow<'d>>,
    /// For each arrow the nodes from its beginning to its end.
    ways: Vec<Vec<usize>>,
    width: f64,
    height: f64,
}

/// Something that takes room in a row.
struct Node<'d> {
    /// The unit; `None` where an arrow passes.
    unit: Option<(&'d UnitName, Part)>,
    row: usize,
    /// The middle.
    x: f64,
    /// The upper edge.
    y: f64,
    width: f64,
}

impl<'d> Layout<'d> {
    fn new(drawing: &'d Drawing<'_>) -> Self {
        let units: Vec<_> = drawing.units.iter().collect();
        let arrows = drawing.arrows();
        let number = |name: &UnitName| units.iter().position(|(unit, _)| *unit == name).unwrap_or_default();
        let ends: Vec<_> = arrows.iter().map(|arrow| (number(arrow.from), number(arrow.to))).collect();
        let rows = rows(units.len(), &ends);
        let node = |((unit, part), row): (&(&'d UnitName, &Part), &usize)| Node {
            unit: Some((unit, **part)),
            row: *row,
            x: 0.0,
            y: 0.0,
            width: unit.as_str().len() as f64 * LETTER + 24.0,
        };
        let mut nodes: Vec<_> = units.iter().zip(&rows).map(node).collect();
        let ways = ends.iter().map(|(from, to)| {
            let mut way = vec![*from];
            for row in rows[*from] + 1..rows[*to] {
                way.push(nodes.len());
                nodes.push(Node { unit: None, row, x: 0.0, y: 0.0, width: PASS });
            }
            way.push(*to);
            way
        });
        let ways: Vec<_> = ways.collect();
        let mut layout = Self { nodes, arrows, ways, width: 0.0, height: 0.0 };
        layout.place();
        layout
    }

    /// Places row below row; in a row everything stands as near to what leads there as the order allows.
    fn place(&mut self) {
        let count = self.nodes.iter().map(|node| node.row + 1).max().unwrap_or_default();
        let mut widest: f64 = 0.0;
        for row in 0..count {
            let mut members: Vec<usize> =
                (0..self.nodes.len()).filter(|n| self.nodes[*n].row == row).collect();
            let wish = |node: usize| {
                let steps = self.ways.iter().flat_map(|way| way.windows(2));
                let from: Vec<_> =
                    steps.filter(|step| step[1] == node).map(|step| self.nodes[step[0]].x).collect();
                from.iter().sum::<f64>() / from.len().max(1) as f64
            };
            members.sort_by(|a, b| wish(*a).total_cmp(&wish(*b)));
            let mut x = 0.0;
            for member in members {
                let node = &mut self.nodes[member];
                node.x = x + node.width / 2.0;
                node.y = MARGIN + row as f64 * ROW_HEIGHT;
                x += node.width + GAP;
            }
            widest = widest.max(x - GAP);
        }
        for row in 0..count {
            let members = self.nodes.iter().filter(|node| node.row == row);
            let end = members.map(|node| node.x + node.width / 2.0).fold(0.0, f64::max);
            for node in self.nodes.iter_mut().filter(|node| node.row == row) {
                node.x += MARGIN + (widest - end) / 2.0;
            }
        }
        self.width = widest + 2.0 * MARGIN;
        self.height = 2.0 * MARGIN + (count.max(1) - 1) as f64 * ROW_HEIGHT + BOX_HEIGHT;
    }

    fn svg(&self) -> String {
        let (width, height) = (self.width.ceil(), self.height.ceil());
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
        );
        for stroke in [Stroke::Trigger, Stroke::Requirement, Stroke::Conflict, Stroke::Bond, Stroke::Intent] {
            let (name, color, _) = look(stroke);
            let _ = writeln!(
                out,
                "<marker id=\"{name}\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerUnits=\"userSpaceOnUse\" \
                 markerWidth=\"11\" markerHeight=\"11\" orient=\"auto\"><path d=\"M0 0 10 5 0 10z\" \
                 fill=\"{color}\"/></marker>"
            );
        }
        for (arrow, way) in self.arrows.iter().zip(&self.ways) {
            self.arrow(&mut out, arrow, way);
        }
        for node in &self.nodes {
            let Some((unit, part)) = node.unit else {
                continue;
            };
            let (left, middle) = (node.x - node.width / 2.0, node.y + BOX_HEIGHT / 2.0 + 4.5);
            let dashes = if part == Part::Neighbour { " stroke-dasharray=\"4 3\"" } else { "" };
            let _ = writeln!(
                out,
                "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BOX_HEIGHT}\" rx=\"6\" \
                 fill=\"{}\" stroke=\"#374151\"{dashes}/>\n\
                 <text x=\"{:.1}\" y=\"{middle:.1}\" font-size=\"13\" text-anchor=\"middle\" \
                 fill=\"#111827\">{unit}</text>",
                node.y,
                node.width,
                colour(unit.unit_type()),
                node.x
            );
        }
        out + "</svg>\n"
    }

    /// Where an arrow from `node` to `other` leaves; several leave one beside the other.
    fn leaves(&self, node: usize, other: usize) -> f64 {
        let steps = self.ways.iter().flat_map(|way| way.windows(2));
        self.port(node, other, steps.filter(|step| step[0] == node).map(|step| step[1]).collect())
    }

    /// Where an arrow from `other` to `node` arrives.
    fn arrives(&self, other: usize, node: usize) -> f64 {
        let steps = self.ways.iter().flat_map(|way| way.windows(2));
        self.port(node, other, steps.filter(|step| step[1] == node).map(|step| step[0]).collect())
    }

    /// The place of `other` among those at one side of `node`.
    fn port(&self, node: usize, other: usize, mut others: Vec<usize>) -> f64 {
        others.sort_by(|a, b| self.nodes[*a].x.total_cmp(&self.nodes[*b].x));
        let Node { x, width, .. } = self.nodes[node];
        let nth = others.iter().position(|known| *known == other).unwrap_or_default();
        x - width / 2.0 + width * (nth + 1) as f64 / (others.len() + 1) as f64
    }

    /// An arrow through its way, with its label halfway of the first step.
    fn arrow(&self, out: &mut String, arrow: &Arrow<'_>, way: &[usize]) {
        let (name, color, dashes) = look(arrow.stroke);
        let mut path = String::new();
        let mut label = (0.0, 0.0);
        for (step, pair) in way.windows(2).enumerate() {
            let (from, to) = (&self.nodes[pair[0]], &self.nodes[pair[1]]);
            let (x, to_x) = (self.leaves(pair[0], pair[1]), self.arrives(pair[0], pair[1]));
            let (y, to_y) = (from.y + BOX_HEIGHT, to.y);
            if step == 0 {
                let _ = write!(path, "M{x:.1} {y:.1}");
                label = ((x + to_x) / 2.0, (y + to_y) / 2.0 + 4.0);
            }
            let middle = (y + to_y) / 2.0;
            let _ = write!(path, " C{x:.1} {middle:.1} {to_x:.1} {middle:.1} {to_x:.1} {to_y:.1}");
            if to.unit.is_none() {
                let _ = write!(path, " V{:.1}", to.y + BOX_HEIGHT);
            }
        }
        let _ = writeln!(
            out,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{color}\"{dashes} marker-end=\"url(#{name})\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" font-size=\"11\" text-anchor=\"middle\" fill=\"{color}\" stroke=\"#ffffff\" \
             stroke-width=\"4\" paint-order=\"stroke\">{}</text>",
            label.0,
            label.1,
            arrow.label.replace('&', "&amp;").replace('<', "&lt;")
        );
    }
}

/// The row of each of so many units: below all that start it, and as near to what it starts as can be. Arrows that close
/// a circle count for nothing.
fn rows(count: usize, arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut rows = vec![0; count];
    for _ in 0..count {
        for (from, to) in arrows {
            if rows[*from] + 1 < count {
                rows[*to] = rows[*to].max(rows[*from] + 1);
            }
        }
    }
    let mut by_row: Vec<usize> = (0..count).collect();
    by_row.sort_by_key(|unit| std::cmp::Reverse(rows[*unit]));
    for unit in by_row {
        let started = arrows.iter().filter(|(from, _)| *from == unit).map(|(_, to)| rows[*to]).min();
        rows[unit] = started.map_or(0, |row| row.saturating_sub(1)).max(rows[unit]);
    }
    rows
}

/// The name, the colour and the dashes of an arrow.
fn look(stroke: Stroke) -> (&'static str, &'static str, &'static str) {
    match stroke {
        Stroke::Trigger => ("trigger", "#b45309", " stroke-width=\"2.5\""),
        Stroke::Requirement => ("requirement", "#1d4ed8", " stroke-width=\"1.5\""),
        Stroke::Conflict => ("conflict", "#b91c1c", ""),
        Stroke::Bond | Stroke::Order => ("bond", "#6d28d9", ""),
        Stroke::Intent => ("intent", "#6b7280", " stroke-dasharray=\"5 4\""),
    }
}
