//! The number of a run, for *Append number*.

use std::fmt;
use std::sync::Arc;

/// Takes the least number that replaces no file; returns the run's own, which is not below it.
type GiveNumber = Arc<dyn Fn(u64) -> u64 + Send + Sync>;
type TakeBackNumber = Arc<dyn Fn(u64) + Send + Sync>;

/// Gives a run its number. The default is the least that replaces no file, which two simultaneous runs would share.
#[derive(Clone, Default)]
pub struct Numbers(Option<(GiveNumber, TakeBackNumber)>);

impl Numbers {
    /// `give` takes the least number that replaces no file. Both functions may block on the disk.
    pub fn given_by(
        give: impl Fn(u64) -> u64 + Send + Sync + 'static,
        take_back: impl Fn(u64) + Send + Sync + 'static,
    ) -> Self {
        Self(Some((Arc::new(give), Arc::new(take_back))))
    }

    pub(crate) async fn next(&self, least: u64) -> u64 {
        let Some((give, _)) = self.0.clone() else { return least };
        let given = tokio::task::spawn_blocking(move || give(least)).await;
        given.map_or(least, |number| number.max(least))
    }

    /// Takes back a number that was given to this run. Nothing was sent under it, and nothing will be.
    pub(crate) async fn take_back(&self, number: u64) {
        let Some((_, take_back)) = self.0.clone() else { return };
        // A failure only leaves a gap.
        let _ = tokio::task::spawn_blocking(move || take_back(number)).await;
    }
}

impl fmt::Debug for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Numbers(given)" } else { "Numbers(least)" })
    }
}
