//! This computer: files, processes, environment variables, the log.

pub mod files;
pub mod log;
pub mod process;
pub mod variable;
