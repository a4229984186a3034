//! What becomes of each event of a batch: a row of its own, or the first one of its delivery.

use std::collections::HashMap;

use oasis_core::{
    Appended, Event, EventId, Position, Recorded, StoreError, StoreErrorKind, Timestamp,
};

/// The rows of the ledger that events of a batch come again for.
#[derive(Default)]
pub(super) struct Known {
    pub(super) by_delivery: HashMap<(String, String), Recorded>,
    pub(super) by_id: HashMap<EventId, Recorded>,
}

/// The source and the id of an event's delivery.
pub(super) fn delivery(event: &Event) -> Option<(String, String)> {
    let id = event.delivery_id.clone()?;
    Some((event.source.clone(), id))
}

impl Known {
    fn delivery_of(&self, event: &Event) -> Option<&Recorded> {
        // Mostly none is known, and then no key is made.
        let key = (!self.by_delivery.is_empty()).then(|| delivery(event)).flatten()?;
        self.by_delivery.get(&key)
    }
}

/// Where an event stands.
pub(super) enum Place {
    /// It is new.
    New(Position),
    /// The ledger has its delivery, or its id, in this row.
    Known(Box<Recorded>),
    /// The batch has it already, there.
    Earlier(usize),
}

impl Place {
    pub(super) fn new_position(&self) -> Option<Position> {
        match self {
            Self::New(position) => Some(*position),
            Self::Known(_) | Self::Earlier(_) => None,
        }
    }
}

/// Gives each event that isn't known the next position, and each other one its first row.
pub(super) fn each<'b>(batch: &'b [Event], head: Option<Position>, known: &Known) -> Vec<Place> {
    let mut next = head.map_or(Position::FIRST, Position::next);
    let mut deliveries = HashMap::with_capacity(batch.len());
    let mut ids = HashMap::with_capacity(batch.len());
    let row = |row: &Recorded| Place::Known(Box::new(row.clone()));
    let mut place = |(at, event): (usize, &'b Event)| {
        let delivery = event.delivery_id.as_deref().map(|id| (event.source.as_str(), id));
        let earlier = delivery.and_then(|delivery| deliveries.get(&delivery).copied());
        let first = known.delivery_of(event).map(row).or(earlier.map(Place::Earlier));
        let first = first.or_else(|| known.by_id.get(&event.id).map(row));
        if let Some(first) = first.or_else(|| ids.get(&event.id).copied().map(Place::Earlier)) {
            return first;
        }
        deliveries.extend(delivery.map(|delivery| (delivery, at)));
        ids.insert(event.id, at);
        let position = next;
        next = next.next();
        Place::New(position)
    };
    batch.iter().enumerate().map(&mut place).collect()
}

/// The answer to each event, when the new ones are on the disk.
pub(super) fn answers(
    batch: Vec<Event>,
    places: Vec<Place>,
    now: Timestamp,
) -> Result<Vec<Appended>, StoreError> {
    let mut answers: Vec<Appended> = Vec::with_capacity(batch.len());
    for (event, place) in batch.into_iter().zip(places) {
        answers.push(match place {
            Place::New(position) => Appended::new(Recorded::new(position, now, event)),
            Place::Known(row) => Appended::duplicate_of(*row),
            Place::Earlier(at) => {
                let first = answers.get(at).ok_or_else(|| {
                    StoreError::new(StoreErrorKind::Corrupt, "an event got no answer")
                })?;
                Appended::duplicate_of(first.recorded.clone())
            }
        });
    }
    Ok(answers)
}
