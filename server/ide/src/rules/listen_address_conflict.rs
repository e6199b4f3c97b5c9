//! Rule: an address that two sockets listen on.

use unit_catalog::{Section, UnitType};

use super::declare::declare_rule;
use super::dependency::names;
use super::unit::UnitContext;
use crate::activation::listening::{Address, Listening, listening};
use crate::activation::settings::flag;
use crate::workspace::{Effective, UnitName};

declare_rule! {
    /// ## What it does
    ///
    /// Reports two sockets, or two lines of one, that listen on the same address.
    ///
    /// ## Why it bites
    ///
    /// Of two sockets with one port, whichever starts second fails. Of two with one path both start: the later one takes
    /// the file away, and the earlier listens where nobody can connect. `ListenStream=N` listens on IPv6 and IPv4, so
    /// `0.0.0.0:N` beside it is the same port again.
    ///
    /// ## Example
    ///
    /// ```ini a.socket
    /// [Socket]
    /// ListenStream=5000
    /// ListenStream=0.0.0.0:5000
    /// ```
    ///
    /// ```ini a.service
    /// [Service]
    /// ExecStart=/usr/bin/a
    /// ```
    ///
    /// ## Use instead
    ///
    /// ```ini a.socket
    /// [Socket]
    /// ListenStream=5000
    /// ```
    ///
    /// ```ini a.service
    /// [Service]
    /// ExecStart=/usr/bin/a
    /// ```
    ///
    /// ## Silent when
    ///
    /// Both have `ReusePort=yes`, they are bound to different devices, one conflicts with the other by `Conflicts=`, one
    /// is for streams and the other for datagrams, `BindIPv6Only=ipv6-only` keeps the families apart, or an address is
    /// known at run time only.
    ///
    /// ## Source
    ///
    /// systemd.socket(5), `BindIPv6Only=`. Seen on 252, 257 and 262: with one port the second socket fails, with one path
    /// both are `listening`.
    LISTEN_ADDRESS_CONFLICT {
        code: "listen-address-conflict",
        category: SocketActivation,
        severity: Warning,
        since: Always,
        fix: None,
        check: Unit(check),
    }
}

fn check(cx: &mut UnitContext<'_>) {
    let Some(name) = cx.name().filter(|name| name.unit_type() == UnitType::Socket && !name.is_template())
    else {
        return;
    };
    if cx.unit.fragment.is_none() {
        return;
    }
    let own = listening(cx.unit);
    for (at, one) in own.iter().enumerate() {
        if let Some(earlier) = own[..at].iter().find(|earlier| earlier.meets(one)) {
            report(cx, one, earlier, None);
        }
    }
    if own.is_empty() {
        return;
    }
    for other in other_sockets(cx, &own) {
        let Some(other_name) = other.name.clone().filter(|other| other != name) else {
            continue;
        };
        if cx.are_same(name, &other_name) || share(cx, &other, &other_name) {
            continue;
        }
        let theirs = listening(&other);
        for one in &own {
            if let Some(same) = theirs.iter().find(|theirs| theirs.meets(one)) {
                report(cx, one, same, Some(&other_name));
            }
        }
    }
}

/// The sockets that the unit sees in its own root and that may listen on one of these addresses.
fn other_sockets<'a>(cx: &UnitContext<'a>, own: &[Listening<'_>]) -> Vec<Effective<'a>> {
    let mut names: Vec<UnitName> = Vec::new();
    for one in own {
        let key = one.address.key();
        let files = cx.workspace.files_with(&key);
        names.extend(files.filter_map(|file| file.unit_name()));
    }
    names.sort_unstable();
    names.dedup();
    let has_own_file = |unit: &Effective<'_>| {
        unit.fragment.is_some_and(|file| {
            file.kind.unit_name() == unit.name.as_ref() && file.place.root == cx.place().root && !file.masked
        })
    };
    let sockets = names.iter().filter_map(|name| cx.workspace.effective(name, cx.place()));
    sockets.filter(has_own_file).collect()
}

fn report(cx: &mut UnitContext<'_>, one: &Listening<'_>, other: &Listening<'_>, name: Option<&UnitName>) {
    let value = one.setting.value();
    let fate = match one.address {
        Address::Port { .. } => "whichever starts second fails",
        Address::Name(_) => {
            "the one that starts later takes the name, and the other listens where nobody can connect"
        }
    };
    let message = match name {
        Some(name) => format!("`{name}` listens on `{}` too: {fate}.", other.setting.value()),
        None if value == other.setting.value() => {
            format!("`{value}` is listened on twice: the socket fails to start.")
        }
        None => format!(
            "`{}` listens here already, for IPv6 and IPv4: the socket fails to start.",
            other.setting.value()
        ),
    };
    let severity = LISTEN_ADDRESS_CONFLICT.severity;
    if let Some(finding) = cx.report_value(&LISTEN_ADDRESS_CONFLICT, severity, one.setting, message) {
        finding.relate(other.setting.file, other.setting.line_range(), "the same address");
    }
}

/// Whether two sockets may have one address by their own will.
fn share(cx: &UnitContext<'_>, other: &Effective<'_>, other_name: &UnitName) -> bool {
    let reuse = |unit: &Effective<'_>| flag(unit, Section::Socket, "ReusePort") == Some(true);
    let device = |unit: &Effective<'_>| {
        unit.scalar(Section::Socket, "BindToDevice", |_| true).map(|setting| setting.value().to_owned())
    };
    let conflicts = names(cx, cx.unit, Section::Unit, &["Conflicts"], other_name)
        || cx.name().is_some_and(|name| names(cx, other, Section::Unit, &["Conflicts"], name));
    reuse(cx.unit) && reuse(other) || device(cx.unit) != device(other) || conflicts
}
