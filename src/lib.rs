//! Writeback.
