//! What units are written with, whole and broken, for tests that make up texts.

use proptest::prelude::*;

const PIECES: &[&str] = &[
    "[Unit]\n",
    "[Service]\n",
    "[Install]\n",
    "[Socket]\n",
    "[X-Web]\n",
    "[Web]\n",
    "[D-BUS Service]\n",
    "[Service",
    "]",
    "Description=Web\n",
    "After=web.socket network.target\n",
    "Requires=web.socket\n",
    "Wants=other.timer\n",
    "StartLimitIntervalSec=30\n",
    "Type=oneshot\n",
    "Type=dbus\n",
    "Type=",
    "Simple\n",
    "BusName=org.example.Web\n",
    "ExecStart=/usr/bin/web\n",
    "ExecStart=\n",
    "ExecStop=systemctl stop web.service\n",
    "Restart=always\n",
    "  KillMode =  mixed  \n",
    "PrivateTmp= yes\n",
    "RestartSec=5s # slowly\n",
    "RestartSec=often\n",
    "TimeoutStartSec=1min\n",
    "RestartSteps=3\n",
    "Environment=A=\\\n  b \\\n",
    "WantedBy=multi-user.target\n",
    "Also=web.socket\n",
    "Restrat=no\n",
    "{{ extra }}\n",
    "@KEY@=value\n",
    "no equals sign\n",
    "=value\n",
    "# a comment\n",
    "\n",
    "\r\n",
    " \\\n",
    "\\ \n",
    "=",
    "#",
    "[",
    "S",
    "é",
    "\0",
];

/// One of the pieces.
pub(crate) fn piece() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(PIECES)
}
