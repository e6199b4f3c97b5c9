//! What judging values costs: all of a unit's, and ten thousand of all kinds.
//!
//! Goals: 50 µs for a unit of 60 lines, 10 ms for ten thousand assignments.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use unit_catalog::{Section, UnitType, Version, directive};
use unit_ide::value::{ValueContext, check};
use unit_syntax::Unit;

/// A hardened service as distributions ship them, 60 lines.
const SERVICE: &str = "\
[Unit]
Description=Web application server
Documentation=man:web(8) https://example.org/web/docs
After=network-online.target postgresql.service
Wants=network-online.target
Requires=web.socket
ConditionPathExists=/etc/web/web.conf
AssertPathIsDirectory=/var/lib
StartLimitIntervalSec=5min
StartLimitBurst=5

[Service]
Type=notify
User=web
Group=web
SupplementaryGroups=ssl-cert adm
Environment=\"WEB_HOME=/var/lib/web\" LANG=C.UTF-8 PORT=8080
EnvironmentFile=-/etc/default/web
ExecStartPre=/usr/bin/web --check-configuration /etc/web/web.conf
ExecStart=/usr/bin/web --port ${PORT} --name %n $OPTIONS
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=2s
TimeoutStartSec=1min 30s
TimeoutStopSec=20
WatchdogSec=30s
KillMode=mixed
KillSignal=SIGINT
SuccessExitStatus=143 SIGTERM TEMPFAIL
LimitNOFILE=65536:524288
LimitCORE=infinity
TasksMax=80%
MemoryHigh=1.5G
MemoryMax=2G
CPUWeight=200
CPUQuota=150%
IOWeight=50
UMask=0027
RuntimeDirectory=web web/cache
RuntimeDirectoryMode=0750
StateDirectory=web
ReadWritePaths=/var/lib/web -/srv/web
InaccessiblePaths=/home /root
BindReadOnlyPaths=/etc/web:/etc/app
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_SETUID
AmbientCapabilities=CAP_NET_BIND_SERVICE
SystemCallFilter=@system-service @mount pivot_root
SystemCallErrorNumber=EPERM
SystemCallArchitectures=native
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
IPAddressAllow=10.0.0.0/8 localhost
IPAddressDeny=any
DeviceAllow=/dev/null rw
NoNewPrivileges=true
ProtectSystem=strict
PrivateTmp=true

[Install]
WantedBy=multi-user.target
";

type Assignment = (ValueContext<'static>, String);

fn context(unit_type: UnitType, section: &str, key: &str) -> Option<ValueContext<'static>> {
    let directive = directive(Section::from_name(section)?, key)?;
    Some(ValueContext { directive, version: Version::NEWEST, unit_type, unit: None })
}

fn unit() -> Vec<Assignment> {
    let unit = Unit::parse(SERVICE);
    let mut found = Vec::new();
    for section in unit.sections() {
        for entry in section.entries {
            if let (Some(key), Some(value)) = (entry.item.key(), entry.item.value()) {
                let context = context(UnitType::Service, section.name(), key);
                found.push((context.expect("systemd knows the key"), value.to_owned()));
            }
        }
    }
    found
}

/// Recorded values, good and bad, of every key in turn.
fn mixed(count: usize) -> Vec<Assignment> {
    let mut all = Vec::new();
    for section in ["unit", "service", "socket", "timer", "path", "mount", "slice"] {
        let path = format!("{}/tests/oracle/{section}.txt", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(Path::new(&path)).expect("the record is there");
        let mut about = None;
        for line in text.lines() {
            let words: Vec<_> = line.split(' ').collect();
            match (line.split_once('\t'), &words[..]) {
                (Some((_, value)), _) => all.extend(about.map(|context| (context, value.to_owned()))),
                (None, [unit_type, section, key]) => {
                    about = UnitType::from_suffix(unit_type).and_then(|found| context(found, section, key));
                }
                _ => {}
            }
        }
    }
    let step = all.len() / count;
    all.into_iter().step_by(step.max(1)).take(count).collect()
}

fn values(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("values");
    for (name, assignments) in [("a unit of 60 lines", unit()), ("ten thousand, mixed", mixed(10_000))] {
        // Elements per second, and so nanoseconds per assignment.
        group.throughput(Throughput::Elements(assignments.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for (context, value) in &assignments {
                    black_box(check(*context, black_box(value)));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, values);
criterion_main!(benches);
