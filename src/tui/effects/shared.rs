//! Shared by all tasks: the tools, and clients that are created on first use.

use tokio::sync::{OnceCell, mpsc};

use super::{TaskMessage, Tools};
use crate::accounts::{Book, Vault};
use crate::services::Services;
use crate::system::process::blocking;
use crate::transfer::NotBegun;
use crate::tui::state::Request;

/// The tools as tasks share them.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) tools: Tools,
    pub(super) notes: mpsc::UnboundedSender<TaskMessage>,
    keyring: OnceCell<Vault>,
    services: OnceCell<Services>,
}

impl Shared {
    pub(super) fn new(tools: Tools, notes: mpsc::UnboundedSender<TaskMessage>) -> Self {
        Self { tools, notes, keyring: OnceCell::new(), services: OnceCell::new() }
    }

    pub(super) fn tell(&self, message: TaskMessage) {
        // Nobody listens any more when the screen is being left.
        let _ = self.notes.send(message);
    }

    pub(super) fn reply<R: Send + 'static>(&self, request: &Request<R>, reply: R) {
        self.tell(TaskMessage::Message(request.reply(reply)));
    }

    /// Ends a task that can be cancelled, with its last reply if there is one.
    pub(super) fn end<R: Send + 'static>(&self, request: &Request<R>, reply: Option<R>) {
        self.tell(TaskMessage::Ended(request.id, reply.map(|reply| request.reply(reply))));
    }

    /// Both services. Made when they are first asked for, beside the loop: a network that is set up wrongly is told to
    /// whoever needs one, and keeps no screen from appearing.
    pub(super) async fn services(&self) -> Result<&Services, NotBegun> {
        let make = || async {
            let Tools { addresses, limits, network, .. } = &self.tools;
            let (addresses, limits, network) = (addresses.clone(), limits.clone(), network.clone());
            blocking(move || Services::new(addresses, &limits, &network)).await
        };
        Ok(self.services.get_or_try_init(make).await?)
    }

    pub(super) async fn vault(&self) -> &Vault {
        match &self.tools.vault {
            Some(vault) => vault,
            None => self.keyring.get_or_init(Vault::open).await,
        }
    }

    /// The book of accounts as it is now.
    pub(super) async fn book(&self) -> Result<Book, NotBegun> {
        let path = self.tools.accounts.clone();
        Ok(blocking(move || Book::load(&path)).await?)
    }
}
