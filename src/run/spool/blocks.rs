//! Memory that is used again.
//!
//! What a transfer allocates for each piece comes from the system as fresh pages, which it has to clear and map, and goes
//! back soon after: a quarter of a GiB's worth for each GiB. A copy into memory that is still warm costs less, and pieces
//! lie side by side in it, without the slack of the buffers in which they came.

use std::collections::VecDeque;
use std::io;

use bytes::{Bytes, BytesMut};

const BLOCK: usize = 256 << 10;
/// The most blocks to keep an eye on. One that is still held when this many have come after it is let go.
const MOST: usize = 8;

/// Blocks of memory. Each is used again when everything that lay in it has been dropped.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    current: BytesMut,
    /// Full, the oldest first.
    full: VecDeque<BytesMut>,
}

impl Blocks {
    /// A copy of the first of `bytes`: of as many as have room.
    pub(super) fn copy(&mut self, bytes: &[u8]) -> Bytes {
        let length = self.room().min(bytes.len());
        self.current.extend_from_slice(&bytes[..length]);
        self.take()
    }

    /// What `read` puts at the start of the space that it gets, which is of `most` bytes at most.
    pub(super) fn fill(&mut self, most: u64, read: impl FnOnce(&mut [u8]) -> io::Result<usize>) -> io::Result<Bytes> {
        let length = usize::try_from(most).unwrap_or(usize::MAX).min(self.room());
        self.current.resize(length, 0);
        let read = read(&mut self.current);
        self.current.truncate(*read.as_ref().unwrap_or(&0));
        read.map(|_| self.take())
    }

    /// The room in the current block, which is another one if it was full.
    fn room(&mut self) -> usize {
        if self.current.capacity() == 0 {
            let free = self.full.pop_front_if(|oldest| oldest.try_reclaim(BLOCK));
            self.current = free.unwrap_or_else(|| BytesMut::with_capacity(BLOCK));
        }
        self.current.capacity()
    }

    /// What lies in the current block and has not been taken.
    fn take(&mut self) -> Bytes {
        let taken = self.current.split().freeze();
        if self.current.capacity() == 0 {
            self.full.push_back(std::mem::take(&mut self.current));
            if self.full.len() > MOST {
                self.full.pop_front();
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_used_again_when_nothing_in_it_is_held() {
        let mut blocks = Blocks::default();
        let held = blocks.copy(&[1; BLOCK]);
        let free = blocks.copy(&[2; BLOCK]).as_ptr();
        assert_ne!(blocks.copy(&[3; BLOCK]).as_ptr(), held.as_ptr());
        assert!(held.iter().all(|&byte| byte == 1));
        drop(held);
        // The oldest is looked at first, so that one comes before `free` does.
        blocks.copy(&[4; BLOCK]);
        assert_eq!(blocks.copy(&[5; BLOCK]).as_ptr(), free);
    }

    #[test]
    fn a_failed_read_leaves_nothing_behind() {
        let mut blocks = Blocks::default();
        assert!(blocks.fill(10, |_| Err(io::ErrorKind::Other.into())).is_err());
        let read = blocks.fill(10, |space| {
            space[..3].copy_from_slice(b"abc");
            Ok(3)
        });
        assert_eq!(read.unwrap(), "abc");
        assert_eq!(blocks.copy(b"d"), "d");
    }
}
