//! Many unit files at once: the workspace, values, rules and editor features. No I/O and no protocol types.

pub mod activation;
pub mod code_action;
pub mod completion;
pub mod diagnostic;
pub mod fix;
pub mod graph;
pub mod hover;
pub mod rules;
pub mod value;
pub mod workspace;
