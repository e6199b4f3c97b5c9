//! The program behind `ExecStart=`, and how it behaves: through wrappers, shells, variables and prefixes.

mod support;

use support::Fixture;
use unit_catalog::{Hands, Notify, Sockets};
use unit_ide::activation::{Launch, Mode, Reason};

/// The last launch of a service: program, what becomes of the first process, mode.
fn launch(service: &str) -> String {
    let fixture = Fixture::new(&format!("[Service]$0\n{service}\n"));
    let (file, _) = fixture.cursor();
    let unit = fixture.workspace.effective_of(file).expect("a unit file");
    let launches = Launch::all(&unit, "ExecStart");
    let Some(launch) = launches.last() else { return "nothing".to_owned() };
    let hands = match launch.hands() {
        Hands::Becomes => "",
        Hands::Waits => " (child)",
        Hands::Leaves => " (left behind)",
    };
    let mode = match launch.mode() {
        Mode::Foreground(Reason::Flag(Some(word))) => {
            format!("foreground by {}", launch.words[word].text)
        }
        Mode::Background(Reason::Flag(Some(word))) => {
            format!("background by {}", launch.words[word].text)
        }
        Mode::Foreground(_) => "foreground".to_owned(),
        Mode::Background(Reason::DefaultButConfig) => "background unless configured".to_owned(),
        Mode::Background(_) => "background".to_owned(),
        Mode::Config => "as configured".to_owned(),
        Mode::Job => "job".to_owned(),
        Mode::Unknown => "unknown".to_owned(),
    };
    format!("{}{hands}: {mode}", launch.name())
}

#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (service, expected) in cases {
        assert_eq!(launch(service), *expected, "{service}");
    }
}

#[test]
fn flags() {
    check(&[
        ("ExecStart=/usr/sbin/nginx", "nginx: background"),
        ("ExecStart=/usr/sbin/nginx -c /srv/n.conf", "nginx: background unless configured"),
        ("ExecStart=/usr/sbin/nginx -g 'daemon off; master_process on;'", "nginx: foreground by -g"),
        ("ExecStart=/usr/sbin/nginx -t", "nginx: job"),
        ("ExecStart=-/usr/sbin/sshd -De", "sshd: foreground by -De"),
        ("ExecStart=/usr/sbin/sshd -p 22", "sshd: background"),
        ("ExecStart=/usr/sbin/php-fpm8.4 -F", "php-fpm8.4: foreground by -F"),
        ("ExecStart=@/usr/sbin/named named -u bind -f", "named: foreground by -f"),
        ("ExecStart=@/usr/sbin/named -f -u bind", "named: background"),
        ("ExecStart=/usr/bin/redis-server --daemonize yes", "redis-server: background by --daemonize"),
        ("ExecStart=/usr/bin/redis-server --daemonize=no", "redis-server: foreground by --daemonize=no"),
        ("ExecStart=/usr/sbin/haproxy -W -f /etc/haproxy.cfg", "haproxy: as configured"),
        ("ExecStart=/usr/bin/docker run --name x -d image -it", "docker: background by -d"),
        ("ExecStart=/usr/bin/docker run --name x --rm image serve -d", "docker: foreground by run"),
        ("ExecStart=/usr/bin/docker compose -f /srv/c.yml up -d", "docker: background by -d"),
        ("ExecStart=/usr/bin/docker start -a x", "docker: foreground by -a"),
        ("ExecStart=/usr/bin/git daemon --base-path=/srv", "git: foreground"),
        ("ExecStart=/usr/bin/git pull", "git: unknown"),
        ("ExecStart=/usr/bin/sleep infinity", "sleep: foreground by infinity"),
        ("ExecStart=/usr/bin/sleep 5", "sleep: job"),
        ("ExecStart=/opt/x/serve --daemon", "serve: unknown"),
        ("", "nothing"),
    ]);
}

#[test]
fn wrappers() {
    check(&[
        ("ExecStart=/usr/bin/env LANG=C /usr/sbin/nginx", "nginx: background"),
        ("ExecStart=/usr/bin/env -u A -i B=1 nice -n 5 ionice -c3 chronyd -n", "chronyd: foreground by -n"),
        ("ExecStart=/usr/bin/env -S 'dnsmasq -k'", "dnsmasq: foreground by -k"),
        ("ExecStart=/usr/bin/nice -n 10 /usr/bin/memcached -d", "memcached: background by -d"),
        ("ExecStart=/usr/sbin/chroot --userspec=a:b /srv/root /usr/sbin/named -f", "named: foreground by -f"),
        ("ExecStart=/usr/bin/timeout -k 5 1h /usr/sbin/sshd -D", "sshd (child): foreground by -D"),
        ("ExecStart=/usr/bin/sudo -u www VAR=1 -- /usr/bin/mosquitto", "mosquitto (child): foreground"),
        (
            "ExecStart=/usr/sbin/runuser -u www -- /usr/bin/mosquitto -d",
            "mosquitto (child): background by -d",
        ),
        ("ExecStart=/bin/su - www -c 'exec /usr/bin/mosquitto -d'", "mosquitto (child): background by -d"),
        ("ExecStart=/bin/su -s /bin/sh www -c \"gunicorn -D app\"", "gunicorn (child): background by -D"),
        ("ExecStart=/usr/bin/setsid /usr/bin/mosquitto", "mosquitto (left behind): background"),
        ("ExecStart=/usr/bin/setsid -w /usr/bin/mosquitto", "mosquitto (child): foreground"),
        ("ExecStart=/usr/bin/nohup /usr/bin/mosquitto", "mosquitto: foreground"),
        (
            "ExecStart=/sbin/start-stop-daemon --start --exec /usr/bin/memcached -- -d",
            "memcached: background by -d",
        ),
        (
            "ExecStart=/sbin/start-stop-daemon -S -b -m -p /run/x.pid -x /usr/bin/memcached",
            "memcached (left behind): background",
        ),
        ("ExecStart=/usr/bin/python3 -m gunicorn app:app", "gunicorn: foreground"),
        ("ExecStart=/usr/bin/python3 -u /usr/bin/supervisord", "supervisord: background"),
        ("ExecStart=/usr/bin/python3 -c 'print(1)'", "python3: unknown"),
        ("ExecStart=/usr/bin/java -Xmx1g -jar /opt/x/server.jar --port 1", "server.jar: unknown"),
        ("ExecStart=/usr/bin/bundle exec puma -C config.rb", "puma: foreground"),
        ("ExecStart=/usr/bin/npm run start", "npm (child): unknown"),
        ("ExecStart=!/usr/sbin/chronyd", "chronyd: background"),
    ]);
}

#[test]
fn shells() {
    check(&[
        ("ExecStart=/bin/sh -c 'exec /usr/sbin/nginx -g \"daemon off;\"'", "nginx: foreground by -g"),
        ("ExecStart=/bin/sh -c '/usr/bin/mosquitto'", "mosquitto (child): foreground"),
        ("ExecStart=/bin/bash -c '/usr/bin/mosquitto'", "mosquitto: foreground"),
        ("ExecStart=/bin/sh -c '/opt/x & echo $! > /run/x.pid'", "x (left behind): background"),
        ("ExecStart=/bin/sh -c '/opt/x & wait'", "wait (child): unknown"),
        ("ExecStart=/bin/bash -lc 'cd /srv && exec /usr/bin/gunicorn -D app'", "gunicorn: background by -D"),
        ("ExecStart=/bin/sh -c 'while true; do a; sleep 1; done'", "sleep (child): foreground"),
        ("ExecStart=/bin/sh -ec '[ -x /opt/x ] && exec /opt/x --serve'", "x: unknown"),
        ("ExecStart=/bin/sh /opt/tomcat/bin/catalina.sh start", "catalina.sh: background by start"),
        ("ExecStart=/bin/sh -c \\\n  'exec \\\n  /usr/sbin/sshd -D'", "sshd: foreground by -D"),
    ]);
}

#[test]
fn variables() {
    check(&[
        ("ExecStart=/usr/sbin/chronyd $OPTIONS", "chronyd: unknown"),
        ("ExecStart=/usr/sbin/chronyd -n $OPTIONS", "chronyd: foreground by -n"),
        ("ExecStart=/usr/sbin/chronyd -f ${CONF}", "chronyd: background"),
        ("Environment=OPTIONS=-n\nExecStart=/usr/sbin/chronyd $OPTIONS", "chronyd: foreground by -n"),
        ("Environment='O=-F 1 -n'\nExecStart=/usr/sbin/chronyd $O", "chronyd: foreground by -n"),
        (
            "EnvironmentFile=/etc/default/x\nEnvironment=O=-n\nExecStart=/usr/sbin/chronyd $O",
            "chronyd: unknown",
        ),
        ("Environment=O=\nExecStart=/usr/sbin/chronyd $O", "chronyd: background"),
        ("Environment=O=-n\nExecStart=:/usr/sbin/chronyd $O", "chronyd: background"),
        ("ExecStart=/usr/sbin/portsentry -%i", "portsentry: unknown"),
    ]);
}

#[test]
fn readiness_and_sockets() {
    let of = |exec: &str| {
        let fixture = Fixture::new(&format!("[Service]$0\nExecStart={exec}\n"));
        let (file, _) = fixture.cursor();
        let unit = fixture.workspace.effective_of(file).expect("a unit file");
        let launch = Launch::all(&unit, "ExecStart").pop().expect("a command");
        (launch.notifies(), launch.sockets())
    };
    assert_eq!(of("/usr/bin/redis-server").0, Some(Notify::No));
    assert_eq!(of("/usr/bin/redis-server --supervised systemd").0, Some(Notify::Built));
    assert_eq!(of("/usr/bin/redis-server $OPTIONS").0, None);
    assert_eq!(of("/usr/bin/dockerd -H fd:// --x").1, Some(Sockets::Required));
    assert_eq!(of("/usr/bin/dockerd --host=fd://").1, Some(Sockets::Required));
    assert_eq!(of("/usr/bin/dockerd").1, Some(Sockets::No));
    assert_eq!(of("/usr/bin/dbus-daemon --system --address=systemd: --nofork").1, Some(Sockets::Required));
    assert_eq!(of("/opt/x"), (None, None));
}
