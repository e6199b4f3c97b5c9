//! Edits by the thousand, large documents, and documents that are no text.

use std::time::Instant;

use crate::lsp_client::{Client, Published, place};
use crate::text::{Random, Text};
use crate::{BAD, CLEAN};
use serde_json::{Value, json};

#[test]
fn edits_outside_the_text_land_at_its_edge() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(a, "[Service]\nExecStart=/bin/true");
    client.change(a, 2, [7_000, 5, u32::MAX, u32::MAX], "\nTimeoutStopSec=1min");
    client.change(a, 3, [2, u32::MAX, 2, u32::MAX], " # soon");
    assert_eq!(client.findings(a, 3).place("inline-comment"), [2, 20, 2, 26]);
    // Backwards: the same range, meant from its end.
    client.change(a, 4, [2, 26, 2, 19], "");
    assert_eq!(client.findings(a, 4).findings, Vec::<Value>::new());
    assert_eq!(client.hover(a, 900, 900), client.hover(a, 2, 19));
}

#[test]
fn a_version_that_goes_backwards_loses_no_edit() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(a, CLEAN);
    client.change(a, 9, [2, 0, 2, 0], "TimeoutStopSec=1min");
    client.change(a, 4, [2, 19, 2, 19], " # soon");
    assert!(client.findings(a, 4).has("inline-comment"));
    client.change(a, 4, [2, 19, 2, 26], "");
    client.until(a, |shown| shown.version == Some(4) && shown.findings.is_empty());
}

#[test]
fn findings_carry_the_version_and_go_with_the_document() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(a, BAD);
    let shown = client.findings(a, 1);
    assert_eq!(shown.place("inline-comment"), [2, 20, 2, 26]);
    assert_eq!(shown.findings.len(), 1);
    let finding = &shown.findings[0];
    assert_eq!((&finding["source"], &finding["severity"]), (&json!("unitls"), &json!(1)));
    client.change(a, 2, [2, 19, 2, 26], "");
    assert_eq!(client.findings(a, 2).findings, Vec::<Value>::new());
    client.change(a, 3, [0, 0, 0, 0], "# a line above\n");
    client.change(a, 4, [3, 19, 3, 19], " # again");
    assert_eq!(client.findings(a, 4).place("inline-comment"), [3, 20, 3, 27]);
    client.close(a);
    let cleared = client.until(a, |shown| shown.findings.is_empty());
    assert_eq!(cleared.version, None, "no version belongs to a closed document");
    // The same again, from version 1: an editor counts afresh.
    client.open(a, BAD);
    assert!(client.findings(a, 1).has("inline-comment"));
}

#[test]
fn edits_in_utf_16_amid_emoji_and_crlf() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(a, "[Unit]\r\nDescription=🎲🎲é\r\n[Service]\r\nExecStart=/bin/true 🎲 # why not\r\nTimeoutStopSec=1min\r\n");
    assert_eq!(client.findings(a, 1).place("inline-comment"), [3, 23, 3, 32]);
    // Between the dice, at the end of the line, and the line break itself.
    client.change(a, 2, [1, 14, 1, 14], "é🎲");
    client.change(a, 3, [1, 20, 1, 20], "!");
    client.change(a, 4, [4, 19, 4, 19], " # 🎲 soon");
    let shown = client.findings(a, 4);
    let places: Vec<_> = shown.findings.iter().map(|finding| finding["range"].clone()).collect();
    assert_eq!(places[1]["start"], json!({ "line": 4, "character": 20 }), "{shown:#?}");
    assert_eq!(places[1]["end"], json!({ "line": 4, "character": 29 }), "{shown:#?}");
    // Joins lines 2 to 4: the command and the timeout become junk behind the header.
    client.change(a, 5, [1, 21, 2, 0], "");
    let shown = client.findings(a, 5);
    assert!(shown.findings.iter().all(|finding| finding["range"]["start"]["line"] != 4), "{shown:#?}");
    client.change(a, 6, [1, 21, 1, 21], "\r\n");
    assert_eq!(
        client.findings(a, 6).findings,
        client_fresh(
            &mut client,
            "[Unit]\r\nDescription=🎲é🎲🎲é!\r\n[Service]\r\nExecStart=/bin/true 🎲 # why not\r\nTimeoutStopSec=1min # 🎲 soon\r\n"
        )
    );
}

/// The findings in a fresh document of this text.
fn client_fresh(client: &mut Client, text: &str) -> Vec<Value> {
    let fresh = "file:///elsewhere/a.service";
    client.open(fresh, text);
    let findings = client.findings(fresh, 1).findings;
    client.close(fresh);
    client.until(fresh, |shown| shown.version.is_none());
    findings
}

/// 5,000 edits without a pause. The text then is what a fresh document of the client's text is, to the last column.
#[test]
fn five_thousand_edits_end_in_the_right_text() {
    let mut client = Client::in_folders(&[]);
    let (burst, fresh) = ("file:///burst/a.service", "file:///fresh/a.service");
    let mut random = Random::new(0x5eed);
    let mut text =
        Text::new("[Unit]\r\nDescription=🎲\r\n\r\n[Service]\nExecStart=/bin/true\nRestart=always\n");
    client.open(burst, text.as_str());
    let started = Instant::now();
    let mut asked = Vec::new();
    for version in 2..=5_001 {
        let edit = text.random_edit(&mut random);
        client.change(burst, version, edit.range, &edit.text);
        text.apply(&edit);
        // Each question makes the server look at the text of that moment.
        if version % 10 == 0 {
            let method = ["textDocument/hover", "textDocument/completion"][random.below(2)];
            asked.push(client.ask(method, place(burst, edit.range[0], edit.range[1])));
        }
    }
    let sent = started.elapsed();
    let after = client.findings(burst, 5_001);
    println!(
        "5,000 edits: sent in {sent:?}, judged in {:?}; {} bytes, {} findings",
        started.elapsed(),
        text.as_str().len(),
        after.findings.len()
    );
    for id in asked {
        client.answer(id).expect("questions amid edits are answered");
    }
    client.open(fresh, text.as_str());
    let expected = client.findings(fresh, 1);
    assert!(expected.findings.len() > 20, "the text must be one that shows: {expected:#?}");
    let same_place = |shown: &Published| json!(shown.findings).to_string().replace("/burst/", "/fresh/");
    assert_eq!(same_place(&after), same_place(&expected), "{}", text.as_str());
    for line in (0..text.lines()).step_by(7) {
        for column in [0, 3, 9, 30] {
            assert_eq!(
                client.hover(burst, line, column),
                client.hover(fresh, line, column),
                "{line}:{column}"
            );
        }
    }
}

/// Each request sees the text as it was when it was asked, whatever follows it.
#[test]
fn requests_amid_edits_see_the_text_of_their_moment() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    let keys = ["ExecStart", "Restart", "Type", "User", "Nice"];
    client.open(a, "[Service]\nNice=1\n");
    let mut asked = Vec::new();
    for (number, key) in (0..1_000).zip(keys.iter().cycle()) {
        // The key at the end of a growing preamble of wide characters is another one each time.
        client.change(
            a,
            number * 2 + 2,
            [number as u32 + 1, 0, number as u32 + 1, u32::MAX],
            &format!("{key}=🎲"),
        );
        asked.push((key, client.ask("textDocument/hover", place(a, number as u32 + 1, 2))));
        client.change(a, number * 2 + 3, [0, 0, 0, 0], "# 🎲\n");
    }
    for (number, (key, id)) in asked.into_iter().enumerate() {
        let hover = client.answer(id).expect("hovers do not fail");
        let text = hover["contents"]["value"].as_str().unwrap_or_default();
        assert!(text.contains(&format!("`{key}=`")), "request {number}, {key}: {text}");
    }
}

#[test]
fn ten_megabytes() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    let line = "Environment=\"WORD=some value that goes on for a while 🎲\"\n";
    let lines = (10 << 20) / line.len();
    let text = format!("[Service]\nExecStart=/bin/true\n{}TimeoutStopSec=1min # soon\n", line.repeat(lines));
    let started = Instant::now();
    client.open(a, &text);
    let last = lines as u64 + 2;
    assert_eq!(client.findings(a, 1).place("inline-comment"), [last, 20, last, 26]);
    println!("10 MB: opened and judged in {:?}", started.elapsed());
    let started = Instant::now();
    client.change(a, 2, [5, 0, 5, 0], "TimeoutStartSec=1min # 🎲\n");
    client.change(a, 3, [last as u32 + 1, 19, last as u32 + 1, 26], "");
    let shown = client.findings(a, 3);
    println!("10 MB: two edits judged in {:?}", started.elapsed());
    assert_eq!(shown.place("inline-comment"), [5, 21, 5, 25]);
    assert!(client.hover(a, last as u32, 3).contains("Environment"));
    let started = Instant::now();
    client.replace(a, 4, BAD);
    assert_eq!(client.findings(a, 4).place("inline-comment"), [2, 20, 2, 26]);
    println!("10 MB: replaced in {:?}", started.elapsed());
}

#[test]
fn more_findings_than_anyone_reads() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    client.open(
        a,
        &format!("[Service]\nExecStart=/bin/true\n{}TimeoutStartSec=1min\n", "Nice=often\n".repeat(20_000)),
    );
    let shown = client.findings(a, 1);
    assert_eq!(shown.findings.len(), 1000);
    assert!(shown.has("invalid-value") && !shown.has("timeoutstart-not-idle-timeout"), "errors come first");
}

#[test]
fn content_that_is_no_text() {
    let mut client = Client::in_folders(&[]);
    let a = "file:///nowhere/a.service";
    let binary: String = (0..100_000_u32)
        .map(|number| char::from_u32((number.wrapping_mul(2_654_435_761) >> 20) & 0x7ff).unwrap_or('\0'))
        .collect();
    client.open(a, &binary);
    assert!(client.findings(a, 1).has("not-text"));
    for version in 2..50 {
        client.change(a, version, [version as u32, 0, version as u32, 1], "\0\r\u{b}\u{2028}🎲\\");
    }
    client.findings(a, 49);
    for line in 0..20 {
        client.hover(a, line, 2);
        client.at("textDocument/completion", a, line, 2);
    }
    client.replace(a, 50, BAD);
    assert_eq!(client.findings(a, 50).place("inline-comment"), [2, 20, 2, 26]);
}
