//! Reused memory.
//!
//! Memory allocated for each piece comes from the system as fresh pages, which it has to clear and map, and goes back
//! soon after: a quarter of a GiB for each GiB. Copying into memory that is still warm costs less, and pieces lie side
//! by side in it, without the slack of the buffers in which they came.

use std::collections::VecDeque;

use bytes::{Buf as _, Bytes, BytesMut};

pub(in crate::transfer) const BLOCK: u64 = 256 << 10;
/// Alignment of blocks, as disks need it for memory that they take without a copy.
const ALIGNMENT: usize = 4096;
/// Most blocks to track. One that is still held when this many have come after it is no longer reused.
const MAX_LENT: usize = 16;

/// Blocks of memory. Each is reused when everything in it has been dropped.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    current: BytesMut,
    /// The remaining handles of blocks in use, the oldest first.
    lent: VecDeque<BytesMut>,
}

impl Blocks {
    /// Moves as many bytes as fit from `bytes` into the current block; returns the block if it is full.
    pub(super) fn fill(&mut self, bytes: &mut &[u8]) -> Option<Bytes> {
        if self.current.is_empty() {
            self.current = self.new_block();
        }
        let (copied, rest) = bytes.split_at(bytes.len().min(BLOCK as usize - self.current.len()));
        self.current.extend_from_slice(copied);
        *bytes = rest;
        (self.current.len() == BLOCK as usize).then(|| self.take_current())
    }

    pub(super) fn take_current(&mut self) -> Bytes {
        let block = std::mem::take(&mut self.current);
        self.lend(block)
    }

    pub(super) fn new_block(&mut self) -> BytesMut {
        let whole = BLOCK as usize + ALIGNMENT;
        let free = self.lent.pop_front_if(|oldest| oldest.try_reclaim(whole));
        let mut block = free.unwrap_or_else(|| BytesMut::with_capacity(whole));
        let slack = block.as_ptr().align_offset(ALIGNMENT);
        block.resize(slack, 0);
        block.advance(slack);
        block
    }

    /// Freezes a block. Its memory is reused once the bytes are dropped.
    pub(super) fn lend(&mut self, mut block: BytesMut) -> Bytes {
        let bytes = block.split().freeze();
        self.lent.push_back(block);
        if self.lent.len() > MAX_LENT {
            self.lent.pop_front();
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(blocks: &mut Blocks, byte: u8) -> Bytes {
        let bytes = vec![byte; BLOCK as usize];
        let mut bytes = &bytes[..];
        blocks.fill(&mut bytes).unwrap()
    }

    #[test]
    fn a_block_is_reused_once_nothing_holds_it() {
        let mut blocks = Blocks::default();
        let held = block(&mut blocks, 1);
        let free = block(&mut blocks, 2).as_ptr();
        assert_ne!(block(&mut blocks, 3).as_ptr(), held.as_ptr());
        assert!(held.iter().all(|&byte| byte == 1));
        drop(held);
        // The oldest is tried first, so this one comes before `free`.
        block(&mut blocks, 4);
        assert_eq!(block(&mut blocks, 5).as_ptr(), free);
        assert_eq!(free.align_offset(ALIGNMENT), 0);
    }
}
