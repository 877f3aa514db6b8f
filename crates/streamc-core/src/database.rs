//! The database.

use crate::files::Files;
use crate::system::System;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What queries need besides their inputs.
#[salsa::db]
pub trait Db: salsa::Database {
    /// Access to files.
    fn system(&self) -> &dyn System;
    /// The files read so far.
    fn files(&self) -> &Files;
}

/// How often each query was executed (not answered from memory), by name.
pub type QueryCounts = BTreeMap<String, usize>;

/// The database. A clone is a snapshot for another thread; only one owner may write.
#[salsa::db]
#[derive(Clone)]
pub struct Database {
    storage: salsa::Storage<Self>,
    system: Arc<dyn System>,
    files: Files,
    counts: Arc<Mutex<QueryCounts>>,
}

impl Database {
    /// An empty database over `system`.
    pub fn new(system: Arc<dyn System>) -> Self {
        Self { storage: salsa::Storage::default(), system, files: Files::default(), counts: Arc::default() }
    }

    /// An empty database that counts the queries it executes, for tests.
    pub fn counting(system: Arc<dyn System>) -> Self {
        let counts = Arc::<Mutex<QueryCounts>>::default();
        let sink = counts.clone();
        let storage = salsa::Storage::new(Some(Box::new(move |event: salsa::Event| {
            if let salsa::EventKind::WillExecute { database_key } = event.kind {
                let key = format!("{database_key:?}");
                let name = key.split('(').next().unwrap_or_default().to_owned();
                *sink.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
            }
        })));
        Self { storage, system, files: Files::default(), counts }
    }

    /// The counts since the last call.
    pub fn take_counts(&self) -> QueryCounts {
        std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Access to files, to be kept.
    pub fn shared_system(&self) -> Arc<dyn System> {
        self.system.clone()
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {
    fn system(&self) -> &dyn System {
        &*self.system
    }
    fn files(&self) -> &Files {
        &self.files
    }
}
