//! What has come from Domo, kept until data.world has it.
//!
//! One side appends, the other reads from the start, following it; neither waits for the other. What is small stays in
//! memory. The rest goes to a temporary file without a name, of which nothing is left whatever happens to the program;
//! the newest part stays in memory as well, so that a reader who keeps up does not read the file.

mod blocks;

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use blocks::Blocks;

/// An export of no more than this stays in memory.
pub const IN_MEMORY: u64 = 8 << 20;
/// As much of a larger one stays in memory besides the file, for a reader who keeps up: what fits into a core's cache.
/// A reader further behind gets it from the system's cache of the file, which is hardly slower.
const NEWEST: u64 = 1 << 20;
/// As much as is written to the file at once. Another thread waits for the disk, which must not be called for little.
const WRITE: u64 = 512 << 10;
/// As much as is read from the file at once. What was written a moment ago is in the system's cache, so that the thread
/// which asks for it does not wait.
const READ: u64 = 128 << 10;
/// At least this much is held back until the rows are proven, so that what arrives before cannot be taken for whole.
pub const HELD_BACK: u64 = 64 << 10;

/// The bytes of one export. Clones are the same spool.
#[derive(Debug, Clone)]
pub struct Spool {
    folder: PathBuf,
    kept: Arc<Mutex<Kept>>,
    filled: Arc<watch::Sender<Filled>>,
}

/// How far the spool is filled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filled {
    /// Bytes so far.
    pub bytes: u64,
    /// Whether some of them are on disk.
    pub on_disk: bool,
    /// Whether these are all, proven to be right.
    pub proven: bool,
}

#[derive(Debug, Default)]
struct Kept {
    /// The newest bytes, which end where the spool ends; all that the file does not have are among them.
    newest: VecDeque<Bytes>,
    newest_bytes: u64,
    bytes: u64,
    /// What is not in the file yet.
    unwritten: Vec<Bytes>,
    file: Option<Arc<File>>,
    /// How much the file has.
    written: u64,
    /// Where the newest bytes lie.
    blocks: Blocks,
}

/// What is to be written at the end of a spool's file.
struct Write {
    file: Option<Arc<File>>,
    at: u64,
    parts: Vec<Bytes>,
}

impl Kept {
    /// Adds bytes at the end, and says what is to be written now.
    fn push(&mut self, mut bytes: &[u8]) -> Option<Write> {
        self.bytes += bytes.len() as u64;
        self.newest_bytes += bytes.len() as u64;
        while !bytes.is_empty() {
            let part = self.blocks.copy(bytes);
            bytes = &bytes[part.len()..];
            self.newest.push_back(part.clone());
            self.unwritten.push(part);
        }
        if self.bytes <= IN_MEMORY || self.bytes - self.written < WRITE {
            return None;
        }
        Some(Write { file: self.file.clone(), at: self.written, parts: std::mem::take(&mut self.unwritten) })
    }

    /// All is in the file: lets go of what a reader who keeps up does not need.
    fn all_written(&mut self, file: Arc<File>) {
        self.file = Some(file);
        self.written = self.bytes;
        while self.newest_bytes > NEWEST {
            let oldest = self.newest.pop_front().map_or(0, |part| part.len() as u64);
            self.newest_bytes -= oldest;
        }
    }
}

impl Write {
    /// Writes, into a new file in `folder` if there is none yet, and gives the file.
    fn write(self, folder: &Path) -> io::Result<Arc<File>> {
        let file = self.file.map_or_else(|| tempfile::tempfile_in(folder).map(Arc::new), Ok)?;
        let mut at = self.at;
        for part in self.parts {
            write_at(&file, &part, at)?;
            at += part.len() as u64;
        }
        Ok(file)
    }
}

impl Spool {
    /// An empty spool, whose file will be in `folder`.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, kept: Arc::default(), filled: Arc::new(watch::Sender::default()) }
    }

    /// Adds bytes at the end, after those that were added before. A spool whose last bytes were not waited for is no
    /// good any more.
    ///
    /// # Errors
    /// When the file cannot be made or written: the disk is full.
    pub async fn append(&self, bytes: &[u8]) -> io::Result<()> {
        let write = self.lock().push(bytes);
        if let Some(write) = write {
            let folder = self.folder.clone();
            let file = spawn_blocking(move || write.write(&folder)).await??;
            self.lock().all_written(file);
        }
        let (bytes, on_disk) = {
            let kept = self.lock();
            (kept.bytes, kept.file.is_some())
        };
        self.filled.send_modify(|filled| *filled = Filled { bytes, on_disk, ..*filled });
        Ok(())
    }

    /// Says that all bytes are there and right: readers get the last of them.
    pub fn prove(&self) {
        self.filled.send_modify(|filled| filled.proven = true);
    }

    /// How far it is filled, now and as it changes.
    pub fn filled(&self) -> watch::Receiver<Filled> {
        self.filled.subscribe()
    }

    /// A reader from the start.
    pub fn reader(&self) -> Reader {
        Reader { spool: self.clone(), filled: self.filled(), at: 0, blocks: Blocks::default() }
    }

    /// Bytes from `at`, at least one, at most up to `end`, which must be filled; `blocks` is where those from the file
    /// are put.
    fn read(&self, at: u64, end: u64, blocks: &mut Blocks) -> io::Result<Bytes> {
        let kept = self.lock();
        let mut start = kept.bytes - kept.newest_bytes;
        if at >= start {
            for part in &kept.newest {
                let next = start + part.len() as u64;
                if at < next {
                    let from = (at - start) as usize;
                    let to = (end.min(next) - start) as usize;
                    return Ok(part.slice(from..to));
                }
                start = next;
            }
        }
        let Some(file) = kept.file.clone() else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        drop(kept);
        let bytes = blocks.fill(READ.min(end - at), |space| read_at(&file, space, at))?;
        if bytes.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(bytes) }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics while the lock is held, and what it guards is whole at every step.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads a spool from the start while it fills.
#[derive(Debug)]
pub struct Reader {
    spool: Spool,
    filled: watch::Receiver<Filled>,
    at: u64,
    blocks: Blocks,
}

impl Reader {
    /// The next bytes, as soon as there are some; `None` at the proven end. Until the end is proven the last
    /// [`HELD_BACK`] bytes are not given, so a reader waits for as long as the proof takes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let at = self.at;
        let given = |filled: &Filled| if filled.proven { filled.bytes } else { filled.bytes.saturating_sub(HELD_BACK) };
        let filled = self.filled.wait_for(|filled| given(filled) > at || filled.proven).await;
        let end = given(&*filled.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?);
        if at == end {
            return Ok(None);
        }
        let bytes = self.spool.read(at, end, &mut self.blocks)?;
        self.at += bytes.len() as u64;
        Ok(Some(bytes))
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = &bytes[written..];
        at += written as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    async fn all(mut reader: Reader) -> Vec<u8> {
        let mut read = Vec::new();
        while let Some(bytes) = reader.next().await.unwrap() {
            read.extend_from_slice(&bytes);
        }
        read
    }

    fn pattern(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at / 251 + at) as u8).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn readers_get_what_was_written_whenever_they_start(parts in prop::collection::vec(1usize..3_000_000, 1..12), late in any::<bool>()) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let spool = Spool::new(std::env::temp_dir());
                let whole = pattern(parts.iter().sum());
                let early = tokio::spawn(all(spool.reader()));
                let mut rest = &whole[..];
                for part in parts {
                    spool.append(rest.split_off(..part).unwrap()).await.unwrap();
                    tokio::task::yield_now().await;
                }
                spool.prove();
                let on_disk = spool.filled().borrow().on_disk;
                assert_eq!(on_disk, whole.len() as u64 > IN_MEMORY);
                assert!(early.await.unwrap() == whole);
                if late {
                    assert!(all(spool.reader()).await == whole);
                }
            });
        }
    }

    #[tokio::test]
    async fn the_end_is_held_back_until_it_is_proven() {
        let spool = Spool::new(std::env::temp_dir());
        spool.append(&pattern(100_000)).await.unwrap();
        let mut reader = spool.reader();
        let first = reader.next().await.unwrap().unwrap();
        assert_eq!(first.len() as u64, 100_000 - HELD_BACK);
        let early = tokio::time::timeout(Duration::from_millis(20), reader.next()).await;
        assert!(early.is_err(), "nothing more is given without a proof");
        spool.prove();
        assert_eq!(all(reader).await.len() as u64, HELD_BACK);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_an_error() {
        let spool = Spool::new(PathBuf::from("/nowhere/at/all"));
        assert!(spool.append(&pattern(100)).await.is_ok(), "what is small needs no disk");
        assert!(spool.append(&pattern(IN_MEMORY as usize)).await.is_err());
    }
}
