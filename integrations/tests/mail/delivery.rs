//! Mails whose SMTP server refuses them, is away, or has them already.

use crate::{
    post::{BUYER, Post, contact, jobs, ordered, settled, smtp, until},
    smtp::SmtpServer,
};
use checkout::{
    model::{Job, JobKind, JobState},
    store::outbox::ClaimRequest,
};
use std::time::Duration;
use uuid::Uuid;

/// Waits until the only mail that is still true has been tried so often and is not under way, and returns its job.
async fn tried(shop: &crate::shop::Shop, attempts: u32) -> Job {
    shop.checkout.wake_outbox();
    until("the mail was tried", async || {
        let job = jobs(shop).await.into_iter().rfind(|job| !job.is_skipped())?;
        (job.attempts >= attempts && job.claim.is_none() && job.last_error.is_some()).then_some(job)
    })
    .await
}

fn message_id(message: &str) -> &str {
    message.lines().find(|line| line.starts_with("Message-ID: ")).unwrap()
}

crate::scenarios! {
    async fn a_mail_reaches_the_server(shop: Shop) {
        let server = SmtpServer::start().await;
        let _post = Post::start(&shop, &smtp(&server.url()));
        let product = shop.phone(9).await.id;
        ordered(&shop, product, contact()).await;
        assert!(settled(&shop).await.iter().all(|(_, state)| *state == "done"));
        let messages = server.messages();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains(&format!("To: {BUYER}")), "{}", messages[0]);
        assert!(messages[0].contains("multipart/alternative"), "{}", messages[0]);
    }

    async fn a_permanent_refusal_is_final(shop: Shop) {
        let server = SmtpServer::start().await;
        server.refuse(Some("550 5.1.1 unknown"));
        let _post = Post::start(&shop, &smtp(&server.url()));
        let product = shop.phone(9).await.id;
        ordered(&shop, product, contact()).await;
        let job = tried(&shop, 1).await;
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Dead, Some("SMTP 550")));
    }

    async fn a_temporary_refusal_is_tried_again(shop: Shop) {
        let server = SmtpServer::start().await;
        server.refuse(Some("451 4.7.1 later"));
        let _post = Post::start(&shop, &smtp(&server.url()));
        let product = shop.phone(9).await.id;
        ordered(&shop, product, contact()).await;
        let job = tried(&shop, 1).await;
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Pending, Some("SMTP 451")));
        let pause = checkout::Clock::now(&*shop.clock).until(job.due_at);
        assert!((4..=6).contains(&pause.as_secs()), "{pause:?}");
        server.refuse(None);
        shop.clock.advance(Duration::from_secs(7));
        settled(&shop).await;
        assert_eq!(server.messages().len(), 1);
    }

    async fn a_server_that_is_down_for_a_day_gets_the_mail_afterwards(shop: Shop) {
        let port = SmtpServer::start().await.port;
        let _post = Post::start(&shop, &smtp(&format!("smtp://127.0.0.1:{port}")));
        let product = shop.product("phone", 9, |draft| draft.pay_within = Duration::from_hours(24)).await.id;
        let order = ordered(&shop, product, contact()).await;
        crate::post::paid(&shop, order.id).await;
        let start = checkout::Clock::now(&*shop.clock);
        let mut attempts = 1;
        while start.until(checkout::Clock::now(&*shop.clock)) < Duration::from_hours(24) {
            let job = tried(&shop, attempts).await;
            assert_eq!((job.state, job.last_error.as_deref()), (JobState::Pending, Some("SMTP: no connection")));
            attempts = job.attempts + 1;
            shop.clock.set(job.due_at + Duration::from_millis(1));
        }
        assert!(attempts > 20, "{attempts}");
        let server = SmtpServer::on(port).await;
        shop.clock.advance(Duration::from_hours(2));
        settled(&shop).await;
        assert_eq!(server.messages().len(), 1, "the receipt is sent once");
    }

    async fn a_mail_whose_result_was_lost_is_the_same_mail_again(shop: Shop) {
        let server = SmtpServer::start().await;
        let silent = Post::start(&shop, &integrations::mail::Delivery::Nowhere);
        let product = shop.phone(9).await.id;
        ordered(&shop, product, contact()).await;
        until("the event is a job", async || (jobs(&shop).await.len() == 1).then_some(())).await;
        silent.tasks.stop(Duration::from_secs(5)).await;
        // A worker sends the mail, and its process dies before it records the result.
        let post = Post::new(&shop, &smtp(&server.url()));
        let now = checkout::Clock::now(&*shop.clock);
        let request = ClaimRequest {
            kind: JobKind::Mail,
            endpoint: None,
            claim: Uuid::from_u128(1),
            now,
            until: now + Duration::from_mins(2),
            limit: 10,
        };
        let claimed = shop.store.outbox().claim(request).await.unwrap();
        post.mail.lanes()[0].handler.run(&claimed[0]).await;
        assert_eq!(server.messages().len(), 1);
        let _post = Post::start(&shop, &smtp(&server.url()));
        shop.clock.advance(Duration::from_mins(3));
        settled(&shop).await;
        let messages = server.messages();
        assert_eq!(messages.len(), 2);
        assert_eq!(message_id(&messages[0]), message_id(&messages[1]));
        // The mail is not sent a third time.
        shop.clock.advance(Duration::from_hours(5));
        settled(&shop).await;
        assert_eq!(server.messages().len(), 2);
    }
}
