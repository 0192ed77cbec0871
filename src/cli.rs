//! Front door 1: the command line, one file a command.

pub mod accounts;
