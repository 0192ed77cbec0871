//! Writeback exports a Domo DataSet as CSV to a file in a data.world dataset.

pub mod accounts;
pub mod cli;
pub mod config;
pub mod dataworld;
pub mod domo;
pub mod explain;
pub mod export;
pub mod figures;
mod files;
pub mod history;
pub mod http;
pub mod journal;
pub mod printable;
pub mod run;
pub mod sandbox;
pub mod screen;
pub mod secret;
pub mod service;
pub mod services;
pub mod tui;
pub mod wizard;
