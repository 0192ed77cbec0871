//! Keeps the bytes from Domo until data.world has them.
//!
//! A filler appends, and a reader follows it from the start; neither waits long for the other. A small export stays in
//! memory. The rest goes to an unnamed temporary file, of which nothing is left however the program ends; the newest
//! part stays in memory as well, so that a reader who keeps up does not read the file.

mod blocks;
mod file;

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_blocking};

pub(super) use blocks::BLOCK;
use blocks::Blocks;
use file::SpoolFile;

/// Blocks written at once: waking the writing thread costs as much as writing one.
const BATCH: usize = 4;
/// An export of at most this many bytes stays in memory.
#[cfg(test)]
const IN_MEMORY: u64 = BATCH as u64 * BLOCK;
/// Longest wait for a reader who is about to fall behind into the file: one of about the same speed then need not read
/// back what was just written.
const KEEPING_UP_WAIT: Duration = Duration::from_millis(50);
/// Longest wait per batch for a reader who reads the file already, so that it can catch up: the filler always gets 400
/// MB/s.
const CATCHING_UP_WAIT: Duration = Duration::from_millis(5);
/// Bytes held back at least until the rows are proven and the name is still free, so that what arrives before cannot be
/// taken for whole.
pub const HELD_BACK: u64 = 64 << 10;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filled {
    pub bytes: u64,
    pub on_disk: bool,
    /// All bytes are there, and a reader may get the last of them.
    pub released: bool,
}

/// The bytes of one export, for readers. Clones share the same spool.
#[derive(Debug, Clone)]
pub struct Spool {
    contents: Arc<Mutex<Contents>>,
    filled: Arc<watch::Sender<Filled>>,
    read: Arc<watch::Sender<Option<u64>>>,
}

#[derive(Debug, Default)]
struct Contents {
    /// The newest bytes, up to the end of the spool: whole blocks but for the last of an export.
    newest: VecDeque<Bytes>,
    /// Position of the first of them. Earlier bytes are in the file only.
    start: u64,
    bytes: u64,
    file: Option<Arc<SpoolFile>>,
}

impl Spool {
    pub fn filled(&self) -> watch::Receiver<Filled> {
        self.filled.subscribe()
    }

    /// Gives readers the last bytes. Call it when all are there and proven.
    pub fn release(&self) {
        self.filled.send_modify(|filled| filled.released = true);
    }

    /// Holds the last bytes back from readers that have not read them yet.
    pub(super) fn hold_back(&self) {
        self.filled.send_modify(|filled| filled.released = false);
    }

    /// Waits until a reader has everything of `bytes` but the part that is held back.
    pub(super) async fn wait_until_read(&self, bytes: u64) {
        let mut read = self.read.subscribe();
        let _ = read.wait_for(|read| read.is_some_and(|read| read + HELD_BACK >= bytes)).await;
    }

    pub fn reader(&self) -> Reader {
        self.read.send_replace(Some(0));
        Reader { spool: self.clone(), filled: self.filled(), at: 0, blocks: Blocks::default() }
    }

    fn push(&self, block: Bytes) {
        let bytes = {
            let mut kept = self.lock();
            kept.bytes += block.len() as u64;
            kept.newest.push_back(block);
            kept.bytes
        };
        self.filled.send_modify(|filled| filled.bytes = bytes);
    }

    fn set_file(&self, file: Arc<SpoolFile>) {
        self.lock().file = Some(file);
        self.filled.send_if_modified(|filled| !std::mem::replace(&mut filled.on_disk, true));
    }

    fn drop_written(&self, written: u64) {
        let mut kept = self.lock();
        while kept.start < written {
            let Some(oldest) = kept.newest.pop_front() else { return };
            kept.start += oldest.len() as u64;
        }
    }

    /// Returns the bytes from `at` on that are contiguous in memory, up to `end`; otherwise the file.
    fn in_memory(&self, at: u64, end: u64) -> Result<Bytes, Option<Arc<SpoolFile>>> {
        let kept = self.lock();
        let Some(from) = at.checked_sub(kept.start) else { return Err(kept.file.clone()) };
        let Some(block) = kept.newest.get((from / BLOCK) as usize) else { return Err(None) };
        let from = from % BLOCK;
        let to = (from + (end - at)).min(block.len() as u64);
        Ok(block.slice(from as usize..to as usize))
    }

    fn lock(&self) -> MutexGuard<'_, Contents> {
        // Nothing panics while the lock is held, and the contents are consistent at every step.
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
pub struct Filler {
    spool: Spool,
    folder: PathBuf,
    blocks: Blocks,
    /// Whole blocks that are not in the file yet.
    unwritten: Vec<Bytes>,
    file: Option<Arc<SpoolFile>>,
    /// Length of the file after the current write.
    written: u64,
    /// The current write, on a thread that may block on the disk.
    writing: Option<JoinHandle<io::Result<Arc<SpoolFile>>>>,
}

impl Filler {
    pub fn new(folder: PathBuf) -> Self {
        let spool = Spool { contents: Arc::default(), filled: Arc::default(), read: Arc::default() };
        let (blocks, unwritten) = (Blocks::default(), Vec::new());
        Self { spool, folder, blocks, unwritten, file: None, written: 0, writing: None }
    }

    pub fn spool(&self) -> Spool {
        self.spool.clone()
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// When the file cannot be made or written, for example when the disk is full. The error may concern earlier bytes.
    pub async fn append(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            if let Some(block) = self.blocks.fill(&mut bytes) {
                self.unwritten.push(block.clone());
                self.spool.push(block);
                if self.unwritten.len() >= self.batch() {
                    self.write().await?;
                }
            }
        }
        Ok(())
    }

    /// Ends the spool and returns its length in bytes.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub async fn end(mut self) -> io::Result<u64> {
        self.wait_for_disk().await?;
        // The last bytes, and all of a small export, stay in memory only.
        self.spool.push(self.blocks.take_current());
        Ok(self.spool.filled().borrow().bytes)
    }

    /// Blocks of the next write: one more at first, since only then the export is too large for memory.
    fn batch(&self) -> usize {
        if self.written == 0 { BATCH + 1 } else { BATCH }
    }

    /// Begins to write the pending blocks, when the previous write has ended and, as a rule, has been read.
    async fn write(&mut self) -> io::Result<()> {
        self.wait_for_disk().await?;
        self.wait_for_reader().await;
        self.spool.drop_written(self.written);
        let (blocks, file, folder, at) =
            (std::mem::take(&mut self.unwritten), self.file.clone(), self.folder.clone(), self.written);
        self.written += BLOCK * blocks.len() as u64;
        self.writing = Some(spawn_blocking(move || write(file, &folder, &blocks, at)));
        Ok(())
    }

    async fn wait_for_disk(&mut self) -> io::Result<()> {
        if let Some(writing) = self.writing.take() {
            let file = writing.await??;
            self.spool.set_file(Arc::clone(&file));
            self.file = Some(file);
        }
        Ok(())
    }

    /// Waits a moment for a reader that has not reached the end of the file.
    async fn wait_for_reader(&self) {
        let oldest = self.spool.lock().start;
        let mut read = self.spool.read.subscribe();
        let in_file = read.borrow().is_some_and(|read| read < oldest);
        let has_read = read.wait_for(|read| read.is_none_or(|read| read >= self.written));
        let _ = tokio::time::timeout(if in_file { CATCHING_UP_WAIT } else { KEEPING_UP_WAIT }, has_read).await;
    }
}

/// Writes blocks, into a new file in `folder` if there is none yet. Returns the file.
fn write(file: Option<Arc<SpoolFile>>, folder: &Path, blocks: &[Bytes], at: u64) -> io::Result<Arc<SpoolFile>> {
    let file = file.map_or_else(|| SpoolFile::create(folder).map(Arc::new), Ok)?;
    file.write(blocks, at)?;
    Ok(file)
}

#[derive(Debug)]
pub struct Reader {
    spool: Spool,
    filled: watch::Receiver<Filled>,
    at: u64,
    blocks: Blocks,
}

impl Reader {
    /// Returns the next bytes as soon as there are some; `None` at the end. Before the release the last [`HELD_BACK`]
    /// bytes are not given, so a reader waits as long as the proof takes.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn next(&mut self) -> io::Result<Option<Bytes>> {
        let at = self.at;
        let given =
            |filled: &Filled| if filled.released { filled.bytes } else { filled.bytes.saturating_sub(HELD_BACK) };
        let filled = self.filled.wait_for(|filled| given(filled) > at || filled.released).await;
        let end = given(&*filled.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?);
        if at == end {
            return Ok(None);
        }
        let bytes = match self.spool.in_memory(at, end) {
            Ok(bytes) => bytes,
            Err(Some(file)) => {
                let block = self.blocks.new_block();
                let block = spawn_blocking(move || file.read(block, at, (end - at).min(BLOCK))).await??;
                self.blocks.lend(block)
            }
            Err(None) => return Err(io::ErrorKind::UnexpectedEof.into()),
        };
        self.at += bytes.len() as u64;
        self.spool.read.send_replace(Some(self.at));
        Ok(Some(bytes))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.spool.read.send_replace(None);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    async fn read_all(mut reader: Reader) -> Vec<u8> {
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
        fn readers_get_all_bytes_whenever_they_start(parts in prop::collection::vec(1usize..3_000_000, 1..12), late in any::<bool>()) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(async {
                let mut filler = Filler::new(std::env::temp_dir());
                let spool = filler.spool();
                let whole = pattern(parts.iter().sum());
                let early = tokio::spawn(read_all(spool.reader()));
                let mut rest = &whole[..];
                for part in parts {
                    filler.append(rest.split_off(..part).unwrap()).await.unwrap();
                    tokio::task::yield_now().await;
                }
                assert_eq!(filler.end().await.unwrap(), whole.len() as u64);
                spool.release();
                let on_disk = spool.filled().borrow().on_disk;
                assert_eq!(on_disk, whole.len() as u64 >= IN_MEMORY + BLOCK);
                assert!(early.await.unwrap() == whole);
                if late {
                    assert!(read_all(spool.reader()).await == whole);
                }
            });
        }
    }

    #[tokio::test]
    async fn the_end_is_held_back_until_it_is_proven() {
        let mut filler = Filler::new(std::env::temp_dir());
        let spool = filler.spool();
        filler.append(&pattern(100_000)).await.unwrap();
        filler.end().await.unwrap();
        let mut reader = spool.reader();
        let first = reader.next().await.unwrap().unwrap();
        assert_eq!(first.len() as u64, 100_000 - HELD_BACK);
        let early = tokio::time::timeout(Duration::from_millis(20), reader.next()).await;
        assert!(early.is_err(), "nothing more is given without a proof");
        spool.release();
        assert_eq!(read_all(reader).await.len() as u64, HELD_BACK);
    }

    #[tokio::test]
    async fn an_idle_reader_does_not_block_the_filler() {
        let mut filler = Filler::new(std::env::temp_dir());
        let spool = filler.spool();
        let reader = spool.reader();
        let whole = pattern(IN_MEMORY as usize + 8 * BLOCK as usize);
        let filled = async {
            filler.append(&whole).await.unwrap();
            filler.end().await.unwrap()
        };
        let filled = tokio::time::timeout(Duration::from_secs(60), filled).await;
        assert_eq!(filled, Ok(whole.len() as u64));
        spool.release();
        assert!(read_all(reader).await == whole);
    }

    #[tokio::test(start_paused = true)]
    async fn a_briefly_pausing_reader_stays_in_memory() {
        let mut filler = Filler::new(std::env::temp_dir());
        let spool = filler.spool();
        let mut reader = spool.reader();
        let whole = pattern(IN_MEMORY as usize + 32 * BLOCK as usize);
        let read = tokio::spawn(async move {
            let mut bytes = 0;
            while let Some(next) = reader.next().await.unwrap() {
                bytes += next.len();
                if bytes % 3 == 0 {
                    tokio::time::sleep(KEEPING_UP_WAIT / 10).await;
                }
                assert!(reader.at >= reader.spool.lock().start, "what comes next is in memory");
            }
            bytes
        });
        for piece in whole.chunks(100_000) {
            filler.append(piece).await.unwrap();
            tokio::task::yield_now().await;
        }
        filler.end().await.unwrap();
        spool.release();
        assert_eq!(read.await.unwrap(), whole.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_reader_is_waited_for_once_and_then_briefly() {
        let mut filler = Filler::new(std::env::temp_dir());
        let reader = filler.spool().reader();
        let start = tokio::time::Instant::now();
        filler.append(&pattern(IN_MEMORY as usize + 32 * BLOCK as usize)).await.unwrap();
        filler.end().await.unwrap();
        let most = KEEPING_UP_WAIT + CATCHING_UP_WAIT * 2 * (32 / BATCH as u32);
        assert!((KEEPING_UP_WAIT..most).contains(&start.elapsed()), "{:?}", start.elapsed());
        drop(reader);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_an_error() {
        let mut filler = Filler::new(PathBuf::from("/nowhere/at/all"));
        assert!(filler.append(&pattern(IN_MEMORY as usize)).await.is_ok(), "what is small needs no disk");
        let rest = async {
            filler.append(&pattern(2 * BLOCK as usize)).await?;
            filler.end().await
        };
        rest.await.unwrap_err();
    }
}
