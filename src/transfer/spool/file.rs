use std::fs::File;
use std::io;
use std::path::Path;

use bytes::{Bytes, BytesMut};
use tokio::runtime::Handle;

/// A temporary file without a name, of whole blocks.
#[derive(Debug)]
pub(super) struct SpoolFile {
    /// `None` only while being dropped.
    file: Option<File>,
    /// The same file, written past the system's cache: it saves a copy of every byte, and does not push other programs'
    /// pages out of memory for bytes that are read once at most. `None` if that is not possible.
    direct: Option<File>,
}

impl SpoolFile {
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        let file = tempfile::tempfile_in(folder)?;
        let direct = open_direct(&file);
        Ok(Self { file: Some(file), direct })
    }

    /// Writes blocks contiguously from `at`, a multiple of the block length. All at once: each wait for the disk is two
    /// context switches.
    pub(super) fn write(&self, blocks: &[Bytes], at: u64) -> io::Result<()> {
        match &self.direct {
            // Some file systems report only now that they cannot.
            Some(direct) => match write_at(direct, blocks, at) {
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => write_at(self.cached()?, blocks, at),
                result => result,
            },
            None => write_at(self.cached()?, blocks, at),
        }
    }

    /// Reads from `at` into an empty block, at least one byte, at most `most`.
    pub(super) fn read(&self, mut block: BytesMut, at: u64, most: u64) -> io::Result<BytesMut> {
        block.resize(most as usize, 0);
        let file = self.cached()?;
        let read = read_at(file, &mut block, at)?;
        block.truncate(read);
        drop_from_cache(file, at, read);
        if read == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(block) }
    }

    fn cached(&self) -> io::Result<&File> {
        self.file.as_ref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Drop for SpoolFile {
    /// Freeing a large file may take a tenth of a second per GiB on a disk with immediate discard, so it is closed on
    /// another thread.
    fn drop(&mut self) {
        let handles = (self.file.take(), self.direct.take());
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn_blocking(move || drop(handles));
        }
    }
}

#[cfg(target_os = "linux")]
fn open_direct(file: &File) -> Option<File> {
    use std::os::fd::AsRawFd as _;
    use std::os::unix::fs::OpenOptionsExt as _;

    let direct = i32::try_from(rustix::fs::OFlags::DIRECT.bits()).ok()?;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    std::fs::OpenOptions::new().write(true).custom_flags(direct).open(path).ok()
}

#[cfg(not(target_os = "linux"))]
fn open_direct(_: &File) -> Option<File> {
    None
}

/// Drops read bytes from the system's cache: they will hardly be read again.
#[cfg(target_os = "linux")]
fn drop_from_cache(file: &File, at: u64, read: usize) {
    let _ = rustix::fs::fadvise(file, at, std::num::NonZeroU64::new(read as u64), rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn drop_from_cache(_: &File, _: u64, _: usize) {}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

#[cfg(unix)]
fn write_at(file: &File, blocks: &[Bytes], mut at: u64) -> io::Result<()> {
    let mut slices: Vec<_> = blocks.iter().map(|block| io::IoSlice::new(block)).collect();
    let mut left = &mut slices[..];
    while !left.is_empty() {
        let written = rustix::io::retry_on_intr(|| rustix::io::pwritev(file, left, at))?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        io::IoSlice::advance_slices(&mut left, written);
        at += written as u64;
    }
    Ok(())
}

#[cfg(windows)]
fn write_at(file: &File, blocks: &[Bytes], mut at: u64) -> io::Result<()> {
    for mut bytes in blocks.iter().map(|block| &block[..]) {
        while !bytes.is_empty() {
            let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            bytes = &bytes[written..];
            at += written as u64;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unaligned_blocks_are_written_through_the_cache() {
        let file = SpoolFile::create(&std::env::temp_dir()).unwrap();
        let bytes: Vec<u8> = (0..20_000).map(|at| (at % 251) as u8).collect();
        // Direct writes refuse this: neither the address nor the length is aligned.
        let blocks = Bytes::from(bytes);
        file.write(&[blocks.slice(1..7_000), blocks.slice(7_000..10_000)], 0).unwrap();
        assert_eq!(file.read(BytesMut::new(), 0, 9_999).unwrap(), blocks[1..10_000]);
        assert!(file.read(BytesMut::new(), 9_999, 1).is_err(), "there is no more");
    }
}
