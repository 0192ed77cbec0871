//! Requests to the outside. The type of its reply is part of a request, and so is the function that takes it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use super::{Effect, Msg};

/// Identifies a request. Replies to older requests are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId {
    asker: u32,
    number: u32,
}

/// A request that is answered by one or several `R`.
pub struct Request<R> {
    pub id: RequestId,
    then: Arc<Then<R>>,
}

/// Takes a reply. The model is of the type that has made the request.
type Then<R> = dyn Fn(&mut dyn Any, RequestId, R) -> Vec<Effect> + Send + Sync;

type Deliver = dyn FnOnce(&mut dyn Any) -> Vec<Effect> + Send;

/// A reply, with the function that takes it.
pub struct Reply {
    id: RequestId,
    deliver: Box<Deliver>,
}

/// Makes requests. Ids of different askers never collide.
#[derive(Debug)]
pub struct Requests {
    asker: u32,
    last: u32,
}

impl Requests {
    pub(crate) fn new(asker: u32) -> Self {
        Self { asker, last: 0 }
    }

    /// Makes a request of the model `M`, whose replies `then` takes.
    pub(crate) fn make<M: 'static, R: 'static>(
        &mut self,
        then: impl Fn(&mut M, RequestId, R) -> Vec<Effect> + Send + Sync + 'static,
    ) -> Request<R> {
        self.last += 1;
        let then = move |model: &mut dyn Any, id, reply| {
            model.downcast_mut().map(|model| then(model, id, reply)).unwrap_or_default()
        };
        Request { id: RequestId { asker: self.asker, number: self.last }, then: Arc::new(then) }
    }

    pub(crate) fn made(&self, reply: &Reply) -> bool {
        reply.id.asker == self.asker
    }
}

impl<R: Send + 'static> Request<R> {
    pub fn reply(&self, reply: R) -> Msg {
        let Self { id, then } = self.clone();
        Msg::Reply(Reply { id, deliver: Box::new(move |model| then(model, id, reply)) })
    }
}

impl Reply {
    /// Gives the reply to the model that has asked.
    pub(crate) fn deliver<M: 'static>(self, model: &mut M) -> Vec<Effect> {
        (self.deliver)(model)
    }
}

impl<R> Clone for Request<R> {
    fn clone(&self) -> Self {
        Self { id: self.id, then: Arc::clone(&self.then) }
    }
}

impl<R> PartialEq for Request<R> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<R> Eq for Request<R> {}

impl<R> fmt::Debug for Request<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reply_goes_to_the_function_that_was_given_with_its_request() {
        let mut requests = Requests::new(1);
        let words = requests.make(|heard: &mut Vec<String>, _, word: &'static str| {
            heard.push(word.to_owned());
            Vec::new()
        });
        let numbers = requests.make(|heard: &mut Vec<String>, _, number: u32| {
            heard.push(number.to_string());
            vec![Effect::Quit]
        });
        let mut heard: Vec<String> = Vec::new();
        let mut take = |message| match message {
            Msg::Reply(reply) if requests.made(&reply) => reply.deliver(&mut heard),
            other => panic!("{other:?}"),
        };
        assert_eq!(take(numbers.reply(7)), [Effect::Quit]);
        assert_eq!((take(words.reply("a")), take(words.reply("b"))), (Vec::new(), Vec::new()));
        assert_eq!(heard, ["7", "a", "b"]);
        let Msg::Reply(other) = Requests::new(2).make(|(): &mut (), _, (): ()| Vec::new()).reply(()) else { panic!() };
        assert!(!requests.made(&other) && numbers != requests.make(|(): &mut (), _, _: u32| Vec::new()));
    }
}
