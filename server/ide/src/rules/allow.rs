//! `# unitls: allow(code): reason`: comments that silence findings.

use std::sync::Arc;

use unit_syntax::{Entry, ItemKind, TextRange};

use super::unused_allow::UNUSED_ALLOW;
use super::{RULES, Rule, rule};
use crate::diagnostic::Diagnostic;
use crate::fix::Fix;
use crate::workspace::File;

/// What a comment for us begins with, behind its `#` or `;`.
const OURS: &str = "unitls:";

/// Whether everything was judged that a comment may speak of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    Whole,
    /// Lines only: the unit is masked, cannot be read as it stands, or time ran out.
    Lines,
}

/// Whether a logical line is a comment for us.
pub(crate) fn is_allow(entry: &Entry) -> bool {
    matches!(entry.item.kind(), ItemKind::Comment) && ours(entry.item.text()).is_some()
}

/// A code that a comment allows.
struct Allowed<'a> {
    code: &'a str,
    /// Where it stands in the file.
    range: TextRange,
    /// What the comment speaks of; `None` where it stands above nothing.
    scope: Option<TextRange>,
    /// Takes it out of its comment.
    removal: Fix,
    used: bool,
}

/// Takes away what the file's comments allow, and reports those that allow nothing. Costs nothing where there are none.
pub(super) fn silence(file: &Arc<File>, judged: Judged, findings: &mut Vec<Diagnostic>) {
    if file.allows().is_empty() {
        return;
    }
    let mut allowed = Vec::new();
    let mut odd: Vec<Diagnostic> = Vec::new();
    for &number in file.allows() {
        let comment = &file.unit.entries()[number as usize];
        match codes(comment) {
            Some(codes) => {
                let scope = scope(file, number as usize);
                allowed.extend(codes.iter().enumerate().map(|(index, &(code, range))| {
                    let removal = removal(file, comment, &codes, index);
                    Allowed { code, range, scope, removal, used: false }
                }));
            }
            None => {
                let message = "Not understood: say `# unitls: allow(code)`, or `allow(code, code): reason`.";
                odd.push(finding(file, content(comment), message.to_owned()));
            }
        }
    }
    let mut covers = |finding: &Diagnostic| {
        let mut found = false;
        for allow in &mut allowed {
            let within = allow.scope.is_some_and(|scope| scope.contains(finding.range.start));
            if within && allow.code == finding.code {
                allow.used = true;
                found = true;
            }
        }
        found
    };
    findings.retain(|finding| !covers(finding));
    let itself = |allow: &Allowed<'_>| allow.code == UNUSED_ALLOW.code;
    for allow in allowed.iter().filter(|allow| !allow.used && !itself(allow)) {
        let message = match (rule(allow.code), allow.scope) {
            (None, _) => no_such_rule(allow.code),
            (Some(_), _) if judged == Judged::Lines => continue,
            (Some(_), None) => {
                "This stands above no assignment or section header, so that it allows nothing.".to_owned()
            }
            (Some(_), Some(_)) => format!("There is no `{}` here to allow.", allow.code),
        };
        let mut finding = finding(file, allow.range, message);
        finding.offer(allow.removal.clone());
        odd.push(finding);
    }
    odd.retain(|finding| !covers_itself(&allowed, finding));
    findings.append(&mut odd);
}

/// Whether a finding about comments is allowed itself.
fn covers_itself(allowed: &[Allowed<'_>], finding: &Diagnostic) -> bool {
    let covers = |allow: &Allowed<'_>| {
        allow.code == finding.code && allow.scope.is_some_and(|scope| scope.contains(finding.range.start))
    };
    allowed.iter().any(covers)
}

fn finding(file: &File, range: TextRange, message: String) -> Diagnostic {
    Diagnostic {
        path: file.path.clone(),
        range,
        code: UNUSED_ALLOW.code,
        severity: UNUSED_ALLOW.severity,
        message,
        related: Vec::new(),
        fixes: Vec::new(),
    }
}

fn no_such_rule(code: &str) -> String {
    let similar = |rule: &&&Rule| (strsim::jaro(rule.code, code) * 1000.0) as u32;
    match RULES.iter().max_by_key(similar).filter(|rule| similar(rule) > 850) {
        Some(near) => format!("There is no rule `{code}`: is `{}` meant?", near.code),
        None => format!("There is no rule `{code}`."),
    }
}

/// The line without the blanks around it.
fn content(entry: &Entry) -> TextRange {
    let text = entry.item.text();
    let start = text.len() - text.trim_start().len();
    TextRange::new(start as u32, text.trim_end().len().max(start) as u32).shift(entry.start)
}

/// What stands behind `unitls:` in a comment for us.
fn ours(text: &str) -> Option<&str> {
    let comment = text.trim_start().trim_start_matches('\u{feff}').strip_prefix(['#', ';'])?;
    comment.trim_start().strip_prefix(OURS)
}

/// The codes that a comment allows, with their places in the file; `None` where it is not understood.
fn codes(comment: &Entry) -> Option<Vec<(&str, TextRange)>> {
    let text = comment.item.text();
    let list = ours(text)?.trim_start().strip_prefix("allow")?.trim_start().strip_prefix('(')?;
    let (list, _) = list.split_once(')')?;
    let place = |code: &str| {
        let start = code.as_ptr().addr() - text.as_ptr().addr();
        TextRange::from(start..start + code.len()).shift(comment.start)
    };
    let codes = list.split(',').map(str::trim).filter(|code| !code.is_empty());
    let codes: Vec<_> = codes.map(|code| (code, place(code))).collect();
    (!codes.is_empty()).then_some(codes)
}

/// The code at `offset` of the file, or the place for one, where that is between the parentheses of a comment for us; the
/// closing one may be missing yet.
pub(crate) fn code_at(comment: &Entry, offset: u32) -> Option<(&str, TextRange)> {
    let text = comment.item.text();
    let list = ours(text)?.trim_start().strip_prefix("allow")?.trim_start().strip_prefix('(')?;
    let list = list.lines().next()?.split(')').next()?;
    let start = list.as_ptr().addr() - text.as_ptr().addr();
    let at = (offset.checked_sub(comment.start)? as usize).checked_sub(start)?;
    let (before, behind) = list.split_at_checked(at)?;
    let from = before.rfind(',').map_or(0, |comma| comma + 1);
    let from = from + (before[from..].len() - before[from..].trim_start().len());
    let to = at + behind.find(',').unwrap_or(behind.len());
    let to = at.max(list[..to].trim_end().len());
    let place = TextRange::from(start + from..start + to).shift(comment.start);
    Some((&list[from..to], place))
}

/// Silences a finding of the file by a comment above its line, or by a code more in the comment that is there.
pub(crate) fn allowing(file: &File, finding: &Diagnostic) -> Option<Fix> {
    let code = finding.code;
    let (index, entry) = file.unit.entry_at(finding.range.start)?;
    let above = &file.unit.entries()[..index];
    // What stands there is no comment of its own line.
    let first_line = entry.start == 0 && entry.item.text().starts_with('\u{feff}');
    if code == UNUSED_ALLOW.code || first_line {
        return None;
    }
    let place = match entry.item.kind() {
        _ if index <= file.unit.preamble().len() => "in this file",
        ItemKind::Header => "in this section",
        ItemKind::Assignment { .. } | ItemKind::Junk(_) => "here",
        ItemKind::Blank | ItemKind::Comment => return None,
    };
    let fix = Fix::risky(format!("Allow `{code}` {place}"));
    let comments = above.iter().rev().take_while(|entry| matches!(entry.item.kind(), ItemKind::Comment));
    let last = comments.filter_map(codes).find_map(|codes| codes.last().copied());
    Some(match last {
        Some((_, last)) => fix.replace(file, TextRange::at(last.end), format!(", {code}")),
        None => fix.insert_above(file, entry, &format!("# {OURS} allow({code})")),
    })
}

/// Takes one of the codes out of a comment, and the comment away with the last one.
fn removal(file: &File, comment: &Entry, codes: &[(&str, TextRange)], index: usize) -> Fix {
    let (code, range) = codes[index];
    let part = match (index.checked_sub(1), codes.get(index + 1)) {
        (None, None) => return Fix::risky("Remove the comment").remove(file, comment),
        (_, Some((_, next))) => TextRange::new(range.start, next.start),
        (Some(previous), None) => TextRange::new(codes[previous].1.end, range.end),
    };
    Fix::risky(format!("Remove `{code}`")).replace(file, part, "")
}

/// What a comment speaks of: the whole file from before its first section, else the section or assignment below.
fn scope(file: &File, comment: usize) -> Option<TextRange> {
    let entries = file.unit.entries();
    if comment < file.unit.preamble().len() {
        return Some(TextRange::new(0, u32::MAX));
    }
    let below = &entries[comment..];
    let target = below.iter().find(|entry| !matches!(entry.item.kind(), ItemKind::Comment))?;
    match target.item.kind() {
        ItemKind::Header => file.unit.section_at(target.start).map(|section| section.range),
        ItemKind::Assignment { .. } | ItemKind::Junk(_) => Some(target.range()),
        ItemKind::Blank | ItemKind::Comment => None,
    }
}
