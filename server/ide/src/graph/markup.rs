//! Drawings of the graph as text for other programs: DOT of Graphviz, and Mermaid, which many Markdown viewers draw.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::drawing::{Drawing, Part, Stroke, colour};

impl Drawing<'_> {
    /// As a graph in the DOT language.
    pub fn to_dot(&self) -> String {
        let mut out = "digraph units {\n  rankdir=LR;\n".to_owned();
        out += "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=11];\n";
        out += "  edge [fontname=\"sans-serif\", fontsize=9];\n";
        for (unit, part) in &self.units {
            // A backslash begins an escape in labels, and is one of the name's characters in names.
            let (label, fill) = (quoted(unit.as_str()), colour(unit.unit_type()));
            let dashed = if *part == Part::Neighbour { ", style=\"rounded,filled,dashed\"" } else { "" };
            let _ = writeln!(out, "  \"{unit}\" [label={label}, fillcolor=\"{fill}\"{dashed}];");
        }
        for arrow in self.arrows() {
            let (from, to) = (arrow.from, arrow.to);
            let style = match arrow.stroke {
                Stroke::Trigger => "color=\"#b45309\", style=bold, penwidth=2",
                Stroke::Requirement => "color=\"#1d4ed8\"",
                Stroke::Conflict => "color=\"#b91c1c\", arrowhead=tee",
                Stroke::Bond => "color=\"#6d28d9\"",
                Stroke::Order => "color=\"#6b7280\", style=dotted, arrowhead=vee",
                Stroke::Intent => "color=\"#6b7280\", style=dashed",
            };
            let _ = writeln!(out, "  \"{from}\" -> \"{to}\" [label={}, {style}];", quoted(&arrow.label));
        }
        out + "}\n"
    }

    /// As a Mermaid flowchart.
    pub fn to_mermaid(&self) -> String {
        let mut out = "flowchart LR\n".to_owned();
        let numbers: BTreeMap<_, _> = self.units.keys().zip(0..).collect();
        for (unit, part) in &self.units {
            let class = if *part == Part::Neighbour { ":::neighbour" } else { "" };
            let _ = writeln!(out, "  u{}[\"{}\"]{class}", numbers[unit], entities(unit.as_str()));
        }
        for arrow in self.arrows() {
            let line = match arrow.stroke {
                Stroke::Trigger => "==>",
                Stroke::Requirement | Stroke::Bond => "-->",
                Stroke::Conflict => "--x",
                Stroke::Order | Stroke::Intent => "-.->",
            };
            let (from, to, label) = (numbers[arrow.from], numbers[arrow.to], entities(&arrow.label));
            let _ = writeln!(out, "  u{from} {line}|\"{label}\"| u{to}");
        }
        out + "  classDef neighbour stroke-dasharray: 4 3\n"
    }
}

/// A label of the DOT language.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Text between quotes in Mermaid.
fn entities(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;")
}
