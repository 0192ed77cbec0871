//! Writeback.

pub mod sandbox;
