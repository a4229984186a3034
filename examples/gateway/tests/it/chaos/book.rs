//! What the senders were told, and whether the ledger holds it.

use std::collections::HashMap;

use super::sender::{self, Answer};
use crate::gateway::Gateway;

#[derive(Debug, Default)]
pub(super) struct Book {
    answers: Vec<Answer>,
}

impl Book {
    pub(super) fn note(&mut self, answer: Answer) {
        self.answers.push(answer);
    }

    pub(super) fn acknowledged(&self) -> usize {
        self.answers.len()
    }

    pub(super) fn spooled(&self) -> usize {
        self.answers.iter().filter(|answer| answer.position.is_none()).count()
    }

    pub(super) fn repeated(&self) -> usize {
        self.answers.iter().map(|answer| answer.repeated).sum()
    }

    /// Reads the whole ledger: positions are 1, 2, 3 …, each acknowledged delivery is there once and
    /// where its sender was told, and each sender's stand in the order in which it brought them. How
    /// many rows there are.
    pub(super) async fn compare(&self, gateway: &Gateway) -> u64 {
        let mut missing: HashMap<String, &Answer> = self
            .answers
            .iter()
            .map(|answer| (sender::id(answer.sender, answer.number), answer))
            .collect();
        assert_eq!(missing.len(), self.answers.len());
        let mut next = [0; sender::COUNT];
        let mut rows = 0;
        gateway
            .each_row(|row| {
                rows += 1;
                assert_eq!(row["position"], rows, "positions are dense");
                let id = row["delivery_id"].as_str().unwrap();
                let answer = missing.remove(id).unwrap_or_else(|| panic!("{id} is doubled"));
                assert!(answer.position.is_none_or(|told| told == rows), "{id}: {answer:?}");
                assert_eq!(answer.number, next[answer.sender], "{id} is out of order");
                next[answer.sender] += 1;
            })
            .await;
        assert!(missing.is_empty(), "lost: {missing:?}");
        rows
    }
}
