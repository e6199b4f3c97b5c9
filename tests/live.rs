//! Asks running systemds whether what unitls says is so.

#[path = "live/dump.rs"]
mod dump;
#[path = "live/graphs.rs"]
mod graphs;
#[path = "live/manager.rs"]
mod manager;
#[path = "live/restarts.rs"]
mod restarts;
#[path = "live/rules.rs"]
mod rules;
#[path = "live/scenario.rs"]
mod scenario;
#[path = "live/service_types.rs"]
mod service_types;
#[path = "live/start_limits.rs"]
mod start_limits;
#[path = "../server/ide/tests/support/mod.rs"]
mod support;
#[path = "live/systemd.rs"]
mod systemd;
#[path = "live/timelines.rs"]
mod timelines;
