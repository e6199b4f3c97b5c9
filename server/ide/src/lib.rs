//! Many unit files at once: the workspace, values, rules and editor features. No I/O and no protocol types.

pub mod activation;
pub mod call_hierarchy;
pub mod code_action;
pub mod code_lens;
pub mod completion;
pub mod definition;
pub mod diagnostic;
pub mod document_highlight;
pub mod document_link;
pub mod document_symbol;
pub mod effective_unit;
pub mod fix;
pub mod fix_all;
pub mod formatting;
pub mod graph;
pub mod hover;
pub mod implementation;
pub mod navigation;
pub mod references;
pub mod rename;
pub mod rules;
mod unit_card;
pub mod unit_reference;
pub mod value;
pub mod workspace;
pub mod workspace_symbol;
