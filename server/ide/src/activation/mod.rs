//! What happens to a service at run time: readiness by type, restarts by cause, start limits by arithmetic.

mod arguments;
pub(crate) mod listening;
mod program;
mod restart;
mod service_type;
pub mod settings;
mod shell;
mod start_limit;
mod systemctl;
pub mod timeline;
pub mod timer;
mod topic;

pub use arguments::CallWord;
pub(crate) use program::file_name;
pub use program::{Launch, Mode, Reason, Via};
pub use restart::{End, Restart};
pub use service_type::{Behaviour, Fate, ServiceType, Start};
pub use shell::{Script, ShellCommand, ShellWord};
pub use start_limit::{StartLimit, Verdict, seconds};
pub(crate) use systemctl::{
    CalledManager, ManagerCall, calls_in, calls_in_lines, manager_calls, may_call_manager,
};
pub(crate) use topic::Topic;
