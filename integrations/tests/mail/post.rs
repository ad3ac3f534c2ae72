//! The mail of a shop in a test.

use crate::shop::{Shop, event, owner};
use async_trait::async_trait;
use checkout::{
    StoreError, Supervisor,
    model::{Contact, Job, JobKind, Language, Order, OrderId, PaymentStatus, ProductId, Reference, Timestamp, Topic},
    store::{
        listings::PageRequest,
        operators::{LinkPurpose, OperatorId},
        outbox::JobFilter,
    },
};
use integrations::{
    mail::{CapturedMail, Delivery, Mail, MailSettings, OperatorLink, OperatorLinks, OrderLinks, Zone},
    outbox,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

pub const BUYER: &str = "ada@buyers.example";

/// Makes links with a counter for a token.
#[derive(Default)]
struct Links(AtomicU32);

#[async_trait]
impl OperatorLinks for Links {
    async fn link(&self, _: OperatorId, _: LinkPurpose, _: Timestamp) -> Result<Option<OperatorLink>, StoreError> {
        let path = format!("/admin/setup/token-{}", self.0.fetch_add(1, Ordering::Relaxed));
        Ok(Some(OperatorLink { email: "root@shop.example".parse().unwrap(), path, hours: 48 }))
    }
}

/// Mail, and its workers once they are started.
pub struct Post {
    pub mail: Mail,
    pub tasks: Supervisor,
}

impl Post {
    pub fn new(shop: &Shop, delivery: &Delivery) -> Self {
        Self::new_with(shop, delivery, Language::default())
    }

    fn new_with(shop: &Shop, delivery: &Delivery, language: Language) -> Self {
        let public_url = "https://shop.example".to_owned();
        let settings = MailSettings {
            shop_name: "Fast & Fair".to_owned(),
            contact: Some("help@shop.example".parse().unwrap()),
            from: "Fast & Fair <shop@shop.example>".parse().unwrap(),
            links: OrderLinks::new(public_url.clone(), vec![b"a secret of links".to_vec()]),
            public_url,
            language,
            zone: Zone::default(),
        };
        let (checkout, store) = (shop.checkout.clone(), shop.store.clone());
        let mail = Mail::new(checkout, store, settings, delivery, Arc::new(Links::default())).unwrap();
        Self { mail, tasks: Supervisor::new() }
    }

    /// Starts the outbox's workers.
    pub fn start(shop: &Shop, delivery: &Delivery) -> Self {
        Self::new(shop, delivery).run(shop)
    }

    /// Starts the outbox's workers of a shop with this language. Mails are kept in memory.
    pub fn of_language(shop: &Shop, language: Language) -> Self {
        Self::new_with(shop, &Delivery::Memory, language).run(shop)
    }

    fn run(self, shop: &Shop) -> Self {
        let consequences = vec![self.mail.consequences()];
        outbox::start(&shop.checkout, &shop.store, consequences, self.mail.lanes(), &self.tasks);
        self
    }

    /// The mails that were kept, the oldest first.
    pub fn kept(&self) -> Vec<Arc<CapturedMail>> {
        let mut all = self.mail.mailbox().unwrap().all();
        all.reverse();
        all
    }

    pub fn subjects(&self) -> Vec<String> {
        self.kept().iter().map(|mail| mail.subject.clone()).collect()
    }
}

pub fn smtp(url: &str) -> Delivery {
    Delivery::Smtp(url.parse().unwrap())
}

/// Waits until the condition holds.
pub async fn until<T>(what: &str, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = check().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not within 12 s: {what}");
}

/// The jobs of mails, the oldest first.
pub async fn jobs(shop: &Shop) -> Vec<Job> {
    let filter = JobFilter { kind: Some(JobKind::Mail), ..JobFilter::default() };
    let mut jobs = shop.store.outbox().list(filter, PageRequest::first(100)).await.unwrap().items;
    jobs.reverse();
    jobs
}

/// Waits until there are no events, and all mails are done or dead.
pub async fn settled(shop: &Shop) -> Vec<(Topic, &'static str)> {
    shop.checkout.wake_outbox();
    until("the mails are done", async || {
        let counts = shop.store.outbox().counts().await.unwrap();
        let open: u64 = counts.iter().map(|count| count.pending).sum();
        if open > 0 {
            return None;
        }
        Some(jobs(shop).await.iter().map(|job| (job.topic, job.state.name())).collect())
    })
    .await
}

pub fn contact() -> Contact {
    Contact { email: BUYER.parse().unwrap(), name: Some("Ada".to_owned()), address: None, language: None }
}

pub async fn ordered(shop: &Shop, product: ProductId, contact: Contact) -> Order {
    let hold = shop.hold(product, 1).await;
    shop.checkout.place_order(hold.id, Some(contact), owner(), None).await.unwrap().value
}

pub async fn paid(shop: &Shop, order: OrderId) {
    let event =
        event(&format!("paid-{order}"), Reference::Order(order), &format!("tx-{order}"), PaymentStatus::Success);
    shop.deliver(event).await.unwrap();
}
