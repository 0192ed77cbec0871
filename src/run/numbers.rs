//! Where a run's number comes from, for *Append number*.

use std::fmt;
use std::sync::Arc;

/// Takes the least number that replaces no file, and gives the run's own, which is not below it.
type Give = Arc<dyn Fn(u64) -> u64 + Send + Sync>;
/// Takes a number back under which nothing was sent.
type TakeBack = Arc<dyn Fn(u64) + Send + Sync>;

/// Gives a run its number. The default gives the least that replaces no file, which two runs at once would share.
#[derive(Clone, Default)]
pub struct Numbers(Option<(Give, TakeBack)>);

impl Numbers {
    /// Numbers given by `give`, which takes the least that replaces no file, and taken back by `take_back`. Both may wait
    /// for a disk.
    pub fn given_by(
        give: impl Fn(u64) -> u64 + Send + Sync + 'static,
        take_back: impl Fn(u64) + Send + Sync + 'static,
    ) -> Self {
        Self(Some((Arc::new(give), Arc::new(take_back))))
    }

    /// The number of this run.
    pub(crate) async fn next(&self, least: u64) -> u64 {
        let Some((give, _)) = self.0.clone() else { return least };
        let given = tokio::task::spawn_blocking(move || give(least)).await;
        given.map_or(least, |number| number.max(least))
    }

    /// Takes back a number, if it was given to this run. Nothing was sent under it, and nothing will be.
    pub(crate) async fn take_back(&self, number: u64) {
        let Some((_, take_back)) = self.0.clone() else { return };
        // What cannot be taken back leaves a gap, and that is all.
        let _ = tokio::task::spawn_blocking(move || take_back(number)).await;
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Numbers(given)" } else { "Numbers(least)" })
    }
}
