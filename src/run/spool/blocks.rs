//! Memory that is used again.
//!
//! What a transfer allocates for each piece comes from the system as fresh pages, which it has to clear and map, and goes
//! back soon after: a quarter of a GiB's worth for each GiB. A copy into memory that is still warm costs less, and pieces
//! lie side by side in it, without the slack of the buffers in which they came.

use std::collections::VecDeque;

use bytes::{Buf as _, Bytes, BytesMut};

/// The length of a block, in bytes.
pub(in crate::run) const BLOCK: u64 = 256 << 10;
/// Blocks begin at multiples of this, as disks want it of what they take from memory without a copy.
const ALIGNMENT: usize = 4096;
/// The most blocks to keep an eye on. One that is still held when this many have come after it is let go.
const MOST: usize = 16;

/// Blocks of memory. Each is used again when everything that lay in it has been dropped.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    current: BytesMut,
    /// What is left of the memory of those that were given away, the oldest first.
    given: VecDeque<BytesMut>,
}

impl Blocks {
    /// Takes from the front of `bytes` as much as has room in the current block, and gives the block if it is full.
    pub(super) fn fill(&mut self, bytes: &mut &[u8]) -> Option<Bytes> {
        if self.current.is_empty() {
            self.current = self.next();
        }
        let (copied, rest) = bytes.split_at(bytes.len().min(BLOCK as usize - self.current.len()));
        self.current.extend_from_slice(copied);
        *bytes = rest;
        (self.current.len() == BLOCK as usize).then(|| self.rest())
    }

    /// What is in the current block.
    pub(super) fn rest(&mut self) -> Bytes {
        let block = std::mem::take(&mut self.current);
        self.give(block)
    }

    /// An empty block, at an aligned address, with room for [`BLOCK`] bytes.
    pub(super) fn next(&mut self) -> BytesMut {
        let whole = BLOCK as usize + ALIGNMENT;
        let free = self.given.pop_front_if(|oldest| oldest.try_reclaim(whole));
        let mut block = free.unwrap_or_else(|| BytesMut::with_capacity(whole));
        let slack = block.as_ptr().align_offset(ALIGNMENT);
        block.resize(slack, 0);
        block.advance(slack);
        block
    }

    /// What is in a block, whose memory is used again once that is dropped.
    pub(super) fn give(&mut self, mut block: BytesMut) -> Bytes {
        let bytes = block.split().freeze();
        self.given.push_back(block);
        if self.given.len() > MOST {
            self.given.pop_front();
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
    fn a_block_is_used_again_when_nothing_of_it_is_held() {
        let mut blocks = Blocks::default();
        let held = block(&mut blocks, 1);
        let free = block(&mut blocks, 2).as_ptr();
        assert_ne!(block(&mut blocks, 3).as_ptr(), held.as_ptr());
        assert!(held.iter().all(|&byte| byte == 1));
        drop(held);
        // The oldest is looked at first, so that one comes before `free` does.
        block(&mut blocks, 4);
        assert_eq!(block(&mut blocks, 5).as_ptr(), free);
        assert_eq!(free.align_offset(ALIGNMENT), 0);
    }
}
