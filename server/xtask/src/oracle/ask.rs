//! Asks `systemd-analyze verify` what it makes of assignments, hundreds in a file.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use unit_catalog::{Section, Version};
use unit_ide::value::Verdict;
use unit_ide::workspace::UnitName;

use super::Assignment;

/// A key that no systemd has: what it says about it tells that it read the file to the end.
const LAST_KEY: &str = "UnitlsOracleEnd";

/// Files in one call: the program's start costs more than a file does.
const FILES_AT_ONCE: usize = 40;

/// A `systemd-analyze`.
pub(super) struct Systemd {
    command: Vec<String>,
    root: PathBuf,
    pub(super) version: Version,
}

/// A file to be verified: the numbers of its assignments, all of one section, with no key twice.
type Content = Vec<usize>;

impl Systemd {
    /// Finds out the version. `Err` when the program cannot be run or is none that says its version.
    pub(super) fn new(command: &str, root: &Path) -> Result<Self, String> {
        let command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        let mut systemd = Self { command, root: root.to_owned(), version: Version::NEWEST };
        let output = systemd.run(&["--version".to_owned()])?;
        let text = String::from_utf8_lossy(&output.stdout);
        let number = text.strip_prefix("systemd ").and_then(|rest| {
            rest.split(|char: char| !char.is_ascii_digit()).next().and_then(|number| number.parse().ok())
        });
        let Some(number) = number else {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = text.lines().chain(said.lines()).next().unwrap_or("nothing");
            return Err(format!("{} --version does not tell a version: {said}", systemd.command.join(" ")));
        };
        systemd.version = Version(number);
        Ok(systemd)
    }

    fn run(&self, arguments: &[String]) -> Result<Output, String> {
        let (program, first) = self.command.split_first().ok_or("--systemd-analyze names no program")?;
        let mut command = Command::new(program);
        command.args(first).args(arguments).env_clear();
        command.envs(["PATH", "HOME"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.envs([("LC_ALL", "C"), ("SYSTEMD_LOG_TARGET", "console"), ("SYSTEMD_LOG_COLOR", "0")]);
        command.output().map_err(|error| format!("cannot run {}: {error}", self.command.join(" ")))
    }

    /// The verdict on each assignment; `None` where it gave up without a word. `Err` when it gives no answers.
    pub(super) fn ask(&self, assignments: &[Assignment]) -> Result<Vec<Option<Verdict>>, String> {
        let mut verdicts = vec![Some(Verdict::Accepted); assignments.len()];
        let mut files = files(assignments);
        while !files.is_empty() {
            let queue = Mutex::new(files.chunks(FILES_AT_ONCE));
            let answers = Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                    scope.spawn(|| {
                        loop {
                            let chunk = queue.lock().expect("no thread fails in there").next();
                            let Some(chunk) = chunk else { break };
                            let answer = self.ask_files(assignments, chunk);
                            answers.lock().expect("no thread fails in there").push(answer);
                        }
                    });
                }
            });
            let mut rest = Vec::new();
            for answer in answers.into_inner().expect("no thread failed in there") {
                let Answer { refused, unread, unanswered } = answer?;
                rest.extend(unread);
                unanswered.iter().for_each(|&number| verdicts[number] = None);
                refused.iter().for_each(|&number| verdicts[number] = Some(Verdict::Refused));
            }
            files = rest;
        }
        if verdicts.iter().all(|verdict| verdict.is_none()) {
            return Err(format!("{} gives no answers", self.command.join(" ")));
        }
        Ok(verdicts)
    }

    /// Writes files and has them verified in one call.
    fn ask_files(&self, assignments: &[Assignment], contents: &[Content]) -> Result<Answer, String> {
        let io = |error| format!("{}/tmp: {error}", self.root.display());
        let folder =
            tempfile::Builder::new().prefix("oracle").tempdir_in(self.root.join("tmp")).map_err(io)?;
        let name = folder.path().file_name().unwrap_or_default().to_string_lossy();
        let mut paths = Vec::new();
        for (number, content) in contents.iter().enumerate() {
            let file = file_name(&assignments[content[0]].unit, number);
            fs::write(folder.path().join(&file), text(assignments, content)).map_err(io)?;
            paths.push(format!("/tmp/{name}/{file}"));
        }
        let options = ["verify", "--recursive-errors=no", "--man=no"].map(str::to_owned);
        let arguments: Vec<String> = options.iter().chain(&paths).cloned().collect();
        let output = self.run(&arguments)?;
        let said = String::from_utf8_lossy(&output.stderr);
        let mut answer = Answer::default();
        let mut messages: HashMap<&str, Vec<(usize, &str)>> = HashMap::new();
        for (path, line, message) in said.lines().filter_map(message) {
            messages.entry(path).or_default().push((line, message));
        }
        for (path, content) in paths.iter().zip(contents) {
            let messages = messages.get(path.as_str()).map_or(&[][..], Vec::as_slice);
            answer.read(content, messages);
        }
        Ok(answer)
    }
}

/// The unit's name with another prefix for each file, as a systemd loads no two units of one name. No digits, which
/// settings would take for numbers.
fn file_name(unit: &UnitName, number: usize) -> String {
    let letter = |place: u32| char::from(b'a' + (number / 26usize.pow(place) % 26) as u8);
    let letters: String = (0..3).map(letter).collect();
    format!("{}{letters}{}", unit.prefix(), &unit.as_str()[unit.prefix().len()..])
}

/// What the verification of some files brought.
#[derive(Default)]
struct Answer {
    /// The assignments that are not taken.
    refused: Vec<usize>,
    /// What systemd did not come to, because it refused the unit before.
    unread: Vec<Content>,
    /// The assignments at which it stopped without a word.
    unanswered: Vec<usize>,
}

impl Answer {
    /// Reads the messages about one file.
    fn read(&mut self, content: &[usize], messages: &[(usize, &str)]) {
        let assignment = |line: usize| line.checked_sub(FIRST_LINE).and_then(|at| content.get(at)).copied();
        let refused = messages.iter().filter(|(_, message)| is_refusal(message));
        self.refused.extend(refused.filter_map(|(line, _)| assignment(*line)));
        let end = FIRST_LINE + content.len();
        if messages.iter().any(|(line, _)| *line == end) {
            return;
        }
        match messages.iter().max_by_key(|(line, _)| *line) {
            // It stopped at the last line that it spoke of, or silently at a later one: that is to be found out.
            Some((line, message)) if *line >= FIRST_LINE => {
                let unread = content.get(line + 1 - FIRST_LINE..).unwrap_or_default();
                if is_refusal(message) {
                    self.unread.extend(unread.iter().map(|&number| vec![number]));
                } else {
                    self.refused.extend(assignment(*line));
                    self.unread.extend((!unread.is_empty()).then(|| unread.to_vec()));
                }
            }
            _ if content.len() > 1 => self.unread.extend(content.iter().map(|&number| vec![number])),
            // Something about this machine, such as a file system that is not mounted.
            _ => self.unanswered.extend(content),
        }
    }
}

/// The number of the first line behind the section's header.
const FIRST_LINE: usize = 2;

/// Whether a message says that a line or a word does not count; other things than these are ignored too.
fn is_refusal(message: &str) -> bool {
    [", ignoring", "it is ignored"].iter().any(|word| message.contains(word))
}

/// `FILE:LINE: MESSAGE`; `None` for what is said about units as a whole.
fn message(line: &str) -> Option<(&str, usize, &str)> {
    let (place, message) = line.split_once(": ")?;
    let (path, number) = place.rsplit_once(':')?;
    Some((path, number.parse().ok()?, message))
}

/// Distributes assignments over files: no key twice in one, so that they do not act on each other; and those whose bad
/// values refuse the unit alone, so that they do not hide others.
fn files(assignments: &[Assignment]) -> Vec<Content> {
    let mut open: HashMap<(Section, &UnitName), Content> = HashMap::new();
    let mut files = Vec::new();
    for (number, assignment) in assignments.iter().enumerate() {
        if assignment.directive.fatal {
            files.push(vec![number]);
            continue;
        }
        let content = open.entry((assignment.directive.section, &assignment.unit)).or_default();
        let key = assignment.directive.name;
        // Keys come in the order of their names, round by round.
        if content.last().is_some_and(|&last| assignments[last].directive.name >= key) {
            files.push(std::mem::take(content));
        }
        content.push(number);
    }
    files.extend(open.into_values());
    files
}

fn text(assignments: &[Assignment], content: &[usize]) -> String {
    let mut text = format!("[{}]\n", assignments[content[0]].directive.section.name());
    for &number in content {
        let Assignment { directive, value, .. } = &assignments[number];
        text += &format!("{}={value}\n", directive.name);
    }
    text + LAST_KEY + "=1\n"
}

#[cfg(test)]
mod tests {
    use super::{Answer, message};

    #[test]
    fn messages_have_a_place() {
        let line = "/tmp/a/b.service:12: Failed to parse X=a: b, ignoring: Invalid argument";
        let expected = ("/tmp/a/b.service", 12, "Failed to parse X=a: b, ignoring: Invalid argument");
        assert_eq!(message(line), Some(expected));
        assert_eq!(message("b.service: Service has no ExecStart=."), None);
        assert_eq!(message(""), None);
    }

    fn read(content: &[usize], messages: &[(usize, &str)]) -> (Vec<usize>, Vec<Vec<usize>>, Vec<usize>) {
        let mut answer = Answer::default();
        answer.read(content, messages);
        (answer.refused, answer.unread, answer.unanswered)
    }

    #[test]
    fn a_parse_that_stops_leaves_the_rest_unread() {
        let content = [10, 11, 12, 13];
        let end = (6, "Unknown key, ignoring");
        assert_eq!(read(&content, &[(3, "is deprecated"), end]), (vec![], vec![], vec![]));
        assert_eq!(read(&content, &[(3, "x, ignoring"), end]), (vec![11], vec![], vec![]));
        let fatal = [(2, "x, ignoring"), (4, "Invalid user")];
        assert_eq!(read(&content, &fatal), (vec![10, 12], vec![vec![13]], vec![]));
        // After a remark about an ignored line, any of the later ones may be the one.
        let singles = vec![vec![12], vec![13]];
        assert_eq!(read(&content, &[(3, "x, ignoring")]), (vec![11], singles, vec![]));
        assert_eq!(read(&[10, 11], &[]), (vec![], vec![vec![10], vec![11]], vec![]));
        assert_eq!(read(&[10], &[(2, "Unbalanced, ignoring")]), (vec![10], vec![], vec![]));
        assert_eq!(read(&[10], &[]), (vec![], vec![], vec![10]));
        // What no line of the file is about changes nothing, wherever it says it comes from.
        assert_eq!(read(&[10], &[(1, "?")]), (vec![], vec![], vec![10]));
        assert_eq!(read(&[10], &[(99, "?")]), (vec![], vec![], vec![]));
    }
}
