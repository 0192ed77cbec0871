//! The command `accounts`.
