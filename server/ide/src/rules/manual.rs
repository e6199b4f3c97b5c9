//! The manual pages of the rules and their index, in Markdown.

use std::fmt::Write as _;

use super::{FixAvailability, RULES, Rule, Since};

impl Rule {
    /// The whole manual page: heading, facts, text.
    pub fn manual(&self) -> String {
        let since = match self.since {
            Since::Always => "any".to_owned(),
            Since::Version(release) => format!("{release} and later"),
        };
        format!(
            "# {}\n\nCategory: {} · severity: {} · systemd: {since} · fix: {}\n\n{}\n",
            self.code,
            self.category.as_str(),
            self.severity.as_str(),
            self.fix.as_str(),
            self.page_text().trim()
        )
    }

    /// Where the manual page is on the web.
    pub fn url(&self) -> String {
        format!("{}/blob/main/docs/rules/{}.md", env!("CARGO_PKG_REPOSITORY"), self.code)
    }

    /// The first sentence of the page.
    pub fn summary(&self) -> String {
        let page = self.page_text();
        let body = page.split("## What it does").nth(1).unwrap_or_default().trim_start();
        let paragraph = body.split("\n\n").next().unwrap_or_default();
        let paragraph = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
        let end = paragraph.match_indices(". ").find(|(end, _)| {
            // A period inside of code ends no sentence, nor does one before a small letter.
            paragraph[..*end].matches('`').count() % 2 == 0
                && paragraph[end + 2..].starts_with(|next: char| !next.is_lowercase())
        });
        paragraph[..end.map_or(paragraph.len(), |(end, _)| end + 1)].to_owned()
    }
}

impl FixAvailability {
    /// The word that pages and listings use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sometimes => "sometimes",
            Self::Always => "always",
        }
    }
}

/// The index of all pages, by category.
pub fn index() -> String {
    let mut text = "# Rules\n\nWritten by `cargo xtask rules` from the rules' doc comments. `unitls explain CODE` prints a page.\n"
        .to_owned();
    let mut categories: Vec<_> = RULES.iter().map(|rule| rule.category).collect();
    let mut seen = Vec::new();
    categories.retain(|category| {
        let new = !seen.contains(category);
        seen.push(*category);
        new
    });
    for category in categories {
        let _ = write!(
            text,
            "\n## {}\n\n| rule | severity | fix | about |\n| --- | --- | --- | --- |\n",
            category.as_str()
        );
        for rule in RULES.iter().filter(|rule| rule.category == category) {
            let (code, severity, fix) = (rule.code, rule.severity.as_str(), rule.fix.as_str());
            let about = rule.summary().replace('|', "\\|");
            let _ = writeln!(text, "| [{code}]({code}.md) | {severity} | {fix} | {about} |");
        }
    }
    text
}
