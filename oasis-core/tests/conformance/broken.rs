//! Stores that are broken on purpose: each is the reference store with one fault.

use std::future::pending;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use oasis_core::{
    Appended, Cursor, Event, EventFilter, EventId, EventStore, MemoryStore, Meta, Order, Page,
    Position, Query, Recorded, StoreError, Timestamp,
};

/// What a store does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    ForgetsDeliveries,
    ForgetsTheSource,
    TakesUnkeyedForDuplicates,
    ForgetsIds,
    PutsTheIdFirst,
    AnswersInReverse,
    AppendsOneByOne,
    AnswersBeforeItRecords,
    SkipsASlowWriter,
    LosesTheEndOfLargeBatches,
    LeavesGaps,
    ReversesPages,
    IgnoresLimit,
    OverflowsLimit,
    IgnoresAfter,
    IgnoresOffset,
    EndsPagesEarly,
    NeverEndsPages,
    IgnoresFilter(&'static str),
    ReadsWildcards,
    MindsCase,
    CountsEverything,
    Loses(&'static str),
    FindsAnything,
    HasNoHead,
    NeverWakes,
}

#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) inner: MemoryStore,
    fault: Fault,
    given: AtomicU64,
    /// What was answered and not recorded.
    owed: Mutex<Vec<Event>>,
}

impl Broken {
    pub(crate) fn new(fault: Fault) -> Self {
        let inner = MemoryStore::new(|| Timestamp::from_unix_seconds(1_761_739_200));
        Self { inner, fault, given: AtomicU64::new(0), owed: Mutex::default() }
    }

    fn given(&self, mut event: Event) -> Event {
        match self.fault {
            Fault::ForgetsDeliveries => event.delivery_id = None,
            Fault::ForgetsTheSource => event.source = "any".to_owned(),
            Fault::TakesUnkeyedForDuplicates => {
                event.delivery_id.get_or_insert_default();
            }
            Fault::ForgetsIds => {
                let n = u128::from(self.given.fetch_add(1, Ordering::Relaxed));
                event.id = EventId::from_bytes(n.to_be_bytes());
            }
            _ => {}
        }
        event
    }

    fn taken(&self, mut row: Recorded) -> Recorded {
        let event = &mut row.event;
        match self.fault {
            Fault::LeavesGaps => row.position = Position::new(row.position.get() * 2).unwrap(),
            Fault::Loses("ts") => {
                event.ts = Timestamp::from_unix_seconds(event.ts.unix_millis() / 1000);
            }
            Fault::Loses("reference") => event.reference = None,
            Fault::Loses("link") => event.link = None,
            Fault::Loses("delivery_id") => event.delivery_id = None,
            Fault::Loses("meta") => event.meta = Meta::new(),
            Fault::Loses("precision") => {
                for value in event.meta.values_mut() {
                    if let Some(list) = value.as_array_mut() {
                        list.iter_mut()
                            .filter(|number| number.is_u64())
                            .for_each(|number| *number = number.as_f64().into());
                    }
                }
            }
            _ => {}
        }
        row
    }

    fn asked(&self, mut filter: EventFilter) -> EventFilter {
        match self.fault {
            Fault::IgnoresFilter("vtid") => filter.vtid = None,
            Fault::IgnoresFilter("layer") => filter.layer = None,
            Fault::IgnoresFilter("module") => filter.module = None,
            Fault::IgnoresFilter("source") => filter.source = None,
            Fault::IgnoresFilter("kind") => filter.kind = None,
            Fault::IgnoresFilter("status") => filter.status = None,
            Fault::IgnoresFilter("since") => filter.since = None,
            Fault::IgnoresFilter("until") => filter.until = None,
            Fault::IgnoresFilter("text") => filter.text = None,
            Fault::ReadsWildcards => filter.text = filter.text.filter(|text| text != "%"),
            _ => {}
        }
        filter
    }
}

#[async_trait]
impl EventStore for Broken {
    async fn append(&self, mut batch: Vec<Event>) -> Result<Vec<Appended>, StoreError> {
        if self.fault == Fault::LosesTheEndOfLargeBatches {
            batch.truncate(64);
        }
        let brought: Vec<_> = batch.clone();
        let mut given: Vec<_> = batch.into_iter().map(|event| self.given(event)).collect();
        if self.fault == Fault::PutsTheIdFirst {
            for event in &mut given {
                if let Some(row) = self.inner.get(event.id).await? {
                    *event = row.event;
                }
            }
        }
        if self.fault == Fault::AnswersBeforeItRecords {
            // It does so with the next call, unless it is gone by then.
            let owed = std::mem::replace(&mut *self.owed.lock().unwrap(), given.clone());
            self.inner.append(owed).await?;
            let head = self.inner.head().await?.map_or(0, Position::get);
            let answer = |(position, event)| {
                let position = Position::new(position).unwrap();
                Appended::new(Recorded::new(position, Timestamp::UNIX_EPOCH, event))
            };
            return Ok((head + 1..).zip(given).map(answer).collect());
        }
        let mut answers = Vec::new();
        if self.fault == Fault::AppendsOneByOne {
            for event in given {
                answers.extend(self.inner.append(vec![event]).await?);
                tokio::task::yield_now().await;
            }
        } else {
            answers = self.inner.append(given).await?;
        }
        for (answer, brought) in answers.iter_mut().zip(brought) {
            answer.recorded = self.taken(answer.recorded.clone());
            if !answer.duplicate {
                // The answer looks right, whatever was recorded.
                answer.recorded.event = brought;
            }
        }
        if self.fault == Fault::AnswersInReverse {
            answers.reverse();
        }
        Ok(answers)
    }

    async fn query(&self, query: &Query) -> Result<Page, StoreError> {
        let mut asked = query.clone();
        asked.filter = self.asked(asked.filter);
        match self.fault {
            Fault::IgnoresLimit => asked.limit = Query::MAX_LIMIT,
            Fault::OverflowsLimit if query.limit == usize::MAX => asked.limit = 0,
            Fault::IgnoresAfter => asked.after = None,
            Fault::IgnoresOffset => asked.offset = 0,
            Fault::LeavesGaps => {
                asked.after = query.after.and_then(|after| Position::new(after.get() / 2));
            }
            _ => {}
        }
        let mut page = self.inner.query(&asked).await?;
        page.events = page.events.into_iter().map(|row| self.taken(row)).collect();
        let last = page.events.last().map(|row| row.position);
        match self.fault {
            Fault::ReversesPages => page.events.reverse(),
            Fault::EndsPagesEarly => page.next = page.next.filter(|_| query.limit != 5),
            Fault::SkipsASlowWriter => {
                // One in five commits when the ledger is ten further.
                let head = self.inner.head().await?.map_or(0, Position::get);
                page.events.retain(|row| {
                    let position = row.position.get();
                    position % 5 != 0 || position + 10 <= head
                });
            }
            Fault::NeverEndsPages => page.next = last.map(|at| Cursor::new(query.order, at)),
            Fault::MindsCase => {
                let text = query.filter.text.clone().unwrap_or_default();
                page.events.retain(|row| {
                    text.is_empty() || serde_json::to_string(row).unwrap().contains(&text)
                });
            }
            _ => {}
        }
        Ok(page)
    }

    async fn count(&self, filter: &EventFilter) -> Result<u64, StoreError> {
        let filter = match self.fault {
            Fault::CountsEverything => EventFilter::default(),
            _ => self.asked(filter.clone()),
        };
        self.inner.count(&filter).await
    }

    async fn get(&self, id: EventId) -> Result<Option<Recorded>, StoreError> {
        if self.fault == Fault::FindsAnything {
            let mut query = Query::newest(EventFilter::default(), 1);
            query.order = Order::Ascending;
            return Ok(self.inner.query(&query).await?.events.pop());
        }
        Ok(self.inner.get(id).await?.map(|row| self.taken(row)))
    }

    async fn head(&self) -> Result<Option<Position>, StoreError> {
        if self.fault == Fault::HasNoHead {
            return Ok(None);
        }
        let head = self.inner.head().await?;
        Ok(match self.fault {
            Fault::LeavesGaps => head.and_then(|head| Position::new(head.get() * 2)),
            _ => head,
        })
    }

    async fn changed(&self, after: Option<Position>) -> Result<(), StoreError> {
        match self.fault {
            Fault::NeverWakes if self.inner.head().await? <= after => pending().await,
            _ => self.inner.changed(after).await,
        }
    }
}
