//! The live wires: server-sent events, shared by all islands of a page that listen to the same address. A stream that
//! breaks is opened again; one that nobody can see (a hidden tab) is closed, so that many open tabs do not use up the
//! few connections a browser has, and opened when the tab is looked at: then the first event is the state by then.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// How the page hears from the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Link {
    /// Not yet; what is shown is as old as the page.
    #[default]
    Waiting,
    /// What is shown is what is.
    Live,
    /// The wire broke; it is being mended.
    Lost,
}

/// Calls `hear` with the data of each event of that name, from now on until the caller's owner is gone.
pub fn follow(url: String, event: &'static str, hear: impl Fn(&str) + 'static) -> Signal<Link> {
    #[cfg(feature = "hydrate")]
    return browser::follow(url, event, hear);
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (url, event, hear);
        Signal::stored(Link::Waiting)
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{ArcRwSignal, Get, Link, Set, Signal, document, on_cleanup, set_timeout, window_event_listener};
    use leptos::ev;
    use std::{
        cell::{Cell, RefCell},
        rc::{Rc, Weak},
        time::Duration,
    };
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Event, EventSource, MessageEvent, VisibilityState};

    /// How long to wait before a refused stream is tried again; it doubles each time, up to [`SLOWEST_RETRY`].
    const FIRST_RETRY: Duration = Duration::from_secs(1);
    const SLOWEST_RETRY: Duration = Duration::from_secs(16);

    type Ear = Rc<dyn Fn(&str)>;

    struct Stream {
        url: String,
        event: &'static str,
        link: ArcRwSignal<Link>,
        ears: RefCell<Vec<(u32, Ear)>>,
        next_ear: Cell<u32>,
        wire: RefCell<Option<Wire>>,
        retry: Cell<Duration>,
    }

    /// One connection, and what listens on it; dropped, it closes.
    struct Wire {
        source: EventSource,
        _listeners: [Closure<dyn FnMut(Event)>; 3],
    }

    impl Drop for Wire {
        fn drop(&mut self) {
            self.source.close();
        }
    }

    thread_local! {
        static STREAMS: RefCell<Vec<Rc<Stream>>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn follow(url: String, event: &'static str, hear: impl Fn(&str) + 'static) -> Signal<Link> {
        let stream = stream(url, event);
        let ear = stream.next_ear.replace(stream.next_ear.get() + 1);
        stream.ears.borrow_mut().push((ear, Rc::new(hear)));
        let link = stream.link.clone();
        // Cleanups must be Send; the page has one thread, and finds its stream again by address.
        let address = stream.url.clone();
        on_cleanup(move || forget(&address, ear));
        Signal::derive(move || link.get())
    }

    fn stream(url: String, event: &'static str) -> Rc<Stream> {
        if let Some(known) = STREAMS.with_borrow(|all| all.iter().find(|s| s.url == url && s.event == event).cloned()) {
            return known;
        }
        let stream = Rc::new(Stream {
            url,
            event,
            link: ArcRwSignal::new(Link::Waiting),
            ears: RefCell::default(),
            next_ear: Cell::new(0),
            wire: RefCell::default(),
            retry: Cell::new(FIRST_RETRY),
        });
        STREAMS.with_borrow_mut(|all| all.push(stream.clone()));
        heed_the_page(&stream);
        stream.wake();
        stream
    }

    fn forget(url: &str, ear: u32) {
        STREAMS.with_borrow_mut(|all| {
            all.retain(|stream| {
                if stream.url == url {
                    stream.ears.borrow_mut().retain(|(id, _)| *id != ear);
                    if stream.ears.borrow().is_empty() {
                        stream.wire.take();
                        return false;
                    }
                }
                true
            });
        });
    }

    /// Closes the stream while nobody looks, and opens it afresh when somebody does, or when the network is back.
    fn heed_the_page(stream: &Rc<Stream>) {
        let on = |name: &'static str, act: fn(&Rc<Stream>)| {
            let stream = Rc::downgrade(stream);
            // Lives as long as the page, as the stream does.
            window_event_listener(ev::Custom::<Event>::new(name), move |_| {
                if let Some(stream) = stream.upgrade() {
                    act(&stream);
                }
            });
        };
        on("pagehide", Stream::sleep);
        on("pageshow", Stream::wake);
        on("online", Stream::wake_afresh);
        on("offline", Stream::lose);
        let weak = Rc::downgrade(stream);
        let seen = Closure::<dyn FnMut(Event)>::new(move |_| {
            let Some(stream) = weak.upgrade() else { return };
            if hidden() { stream.sleep() } else { stream.wake() }
        });
        let _ = document().add_event_listener_with_callback("visibilitychange", seen.as_ref().unchecked_ref());
        seen.forget();
    }

    fn hidden() -> bool {
        document().visibility_state() == VisibilityState::Hidden
    }

    impl Stream {
        fn sleep(self: &Rc<Self>) {
            self.wire.take();
            self.link.set(Link::Waiting);
        }

        fn lose(self: &Rc<Self>) {
            self.wire.take();
            self.link.set(Link::Lost);
        }

        fn wake_afresh(self: &Rc<Self>) {
            self.wire.take();
            self.wake();
        }

        fn wake(self: &Rc<Self>) {
            if self.wire.borrow().is_some() || hidden() {
                return;
            }
            let Ok(source) = EventSource::new(&self.url) else { return };
            let listeners = [
                listen(&source, "open", self, |stream, _| {
                    stream.retry.set(FIRST_RETRY);
                    stream.link.set(Link::Live);
                }),
                listen(&source, "error", self, |stream, _| stream.mend()),
                listen(&source, self.event, self, |stream, event| {
                    let data = event.unchecked_ref::<MessageEvent>().data().as_string().unwrap_or_default();
                    // Ears may come and go while they hear.
                    let ears: Vec<Ear> = stream.ears.borrow().iter().map(|(_, ear)| ear.clone()).collect();
                    for ear in ears {
                        ear(&data);
                    }
                }),
            ];
            self.wire.replace(Some(Wire { source, _listeners: listeners }));
        }

        fn has_given_up(&self) -> bool {
            self.wire.borrow().as_ref().is_some_and(|wire| wire.source.ready_state() == EventSource::CLOSED)
        }

        /// The browser reconnects by itself after a broken connection, but gives up after a refused one.
        fn mend(self: &Rc<Self>) {
            self.link.set(Link::Lost);
            if !self.has_given_up() {
                return;
            }
            let wait = self.retry.get();
            self.retry.set((wait * 2).min(SLOWEST_RETRY));
            let stream = Rc::downgrade(self);
            set_timeout(
                move || {
                    // It may have been opened meanwhile, by whoever came back to the page.
                    if let Some(stream) = stream.upgrade().filter(|stream| stream.has_given_up()) {
                        stream.wake_afresh();
                    }
                },
                // Spread, for whoever was refused with us comes back, too.
                wait.mul_f64(0.5 + js_sys::Math::random()),
            );
        }
    }

    fn listen(
        source: &EventSource,
        name: &str,
        stream: &Rc<Stream>,
        act: fn(&Rc<Stream>, &Event),
    ) -> Closure<dyn FnMut(Event)> {
        let stream: Weak<Stream> = Rc::downgrade(stream);
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(stream) = stream.upgrade() {
                act(&stream, &event);
            }
        });
        let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        listener
    }
}
