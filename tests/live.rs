//! Asks running systemds whether what unitls says is so.

#[path = "live/manager.rs"]
mod manager;
#[path = "live/rules.rs"]
mod rules;
#[path = "live/scenario.rs"]
mod scenario;
#[path = "../server/ide/tests/support/mod.rs"]
mod support;
#[path = "live/systemd.rs"]
mod systemd;
