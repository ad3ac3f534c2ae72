//! Server-sent events. All islands that listen to the same URL share one connection, also for events of different names. A broken connection is opened again.
//! A hidden page closes its connections, because a browser allows only a few for each server, and opens them when it is
//! shown again. The server sends the current state first, so nothing is missed.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// State of a page's connection to a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ConnectionStatus {
    /// Not connected yet. The page shows the state at the time of rendering.
    #[default]
    Connecting,
    /// Connected. The page shows the current state.
    Live,
    /// The connection broke and is being opened again.
    Lost,
}

/// Calls `on_data` with the data of each event named `event` until the caller's reactive owner is dropped. Returns the
/// status of the connection.
pub fn subscribe(url: String, event: &'static str, on_data: impl Fn(&str) + 'static) -> Signal<ConnectionStatus> {
    #[cfg(feature = "hydrate")]
    return browser::subscribe(url, event, on_data);
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (url, event, on_data);
        Signal::stored(ConnectionStatus::Connecting)
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{ArcRwSignal, ConnectionStatus, Get, Set, Signal, on_cleanup, set_timeout, window_event_listener};
    use crate::{
        backoff::Backoff,
        visibility::{is_hidden, on_visibility_change},
    };
    use leptos::ev;
    use std::{
        cell::{Cell, RefCell},
        rc::{Rc, Weak},
    };
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{Event, EventSource, MessageEvent};

    /// Backoff after the server refused the stream. It is slower than for page reloads: a server that refuses streams has
    /// too many watchers already.
    const RETRY: Backoff = Backoff { first_ms: 1_000, longest_ms: 16_000 };

    /// The names of all events of the shop's streams. A connection listens to each of them, because a listener may come
    /// after it was opened.
    const EVENTS: [&str; 3] = ["stock", "watching", "order"];

    /// The name of an event, and what receives its data.
    type Listener = (&'static str, Rc<dyn Fn(&str)>);

    struct Stream {
        url: String,
        status: ArcRwSignal<ConnectionStatus>,
        listeners: RefCell<Vec<(u32, Listener)>>,
        next_listener_id: Cell<u32>,
        connection: RefCell<Option<Connection>>,
        failures: Cell<u32>,
    }

    /// An `EventSource` and the handlers of its events. Dropping it closes the connection.
    struct Connection {
        source: EventSource,
        _handlers: Vec<Closure<dyn FnMut(Event)>>,
    }

    impl Drop for Connection {
        fn drop(&mut self) {
            self.source.close();
        }
    }

    thread_local! {
        static STREAMS: RefCell<Vec<Rc<Stream>>> = const { RefCell::new(Vec::new()) };
        static FOLLOWING_PAGE: Cell<bool> = const { Cell::new(false) };
    }

    pub(super) fn subscribe(
        url: String,
        event: &'static str,
        on_data: impl Fn(&str) + 'static,
    ) -> Signal<ConnectionStatus> {
        let stream = stream(url);
        let id = stream.next_listener_id.replace(stream.next_listener_id.get() + 1);
        stream.listeners.borrow_mut().push((id, (event, Rc::new(on_data))));
        let status = stream.status.clone();
        // Cleanups must be Send and an Rc is not, so the cleanup finds the stream by its URL.
        let url = stream.url.clone();
        on_cleanup(move || unsubscribe(&url, id));
        Signal::derive(move || status.get())
    }

    fn stream(url: String) -> Rc<Stream> {
        if let Some(known) = STREAMS.with_borrow(|all| all.iter().find(|s| s.url == url).cloned()) {
            return known;
        }
        let stream = Rc::new(Stream {
            url,
            status: ArcRwSignal::new(ConnectionStatus::Connecting),
            listeners: RefCell::default(),
            next_listener_id: Cell::new(0),
            connection: RefCell::default(),
            failures: Cell::new(0),
        });
        STREAMS.with_borrow_mut(|all| all.push(stream.clone()));
        if !FOLLOWING_PAGE.replace(true) {
            follow_page_lifecycle();
        }
        stream.connect();
        stream
    }

    fn unsubscribe(url: &str, listener: u32) {
        STREAMS.with_borrow_mut(|all| {
            all.retain(|stream| {
                if stream.url == url {
                    stream.listeners.borrow_mut().retain(|(id, _)| *id != listener);
                    if stream.listeners.borrow().is_empty() {
                        stream.connection.take();
                        return false;
                    }
                }
                true
            });
        });
    }

    /// Closes all connections while the page is hidden. Opens them when the page is shown or the network is back.
    fn follow_page_lifecycle() {
        let on = |name: &'static str, handle: fn(&Rc<Stream>)| {
            // The listener stays for as long as the page.
            window_event_listener(ev::Custom::<Event>::new(name), move |_| for_each_stream(handle));
        };
        on("pagehide", Stream::pause);
        on("pageshow", Stream::connect);
        on("online", Stream::reconnect);
        on("offline", Stream::disconnect);
        on_visibility_change(|| for_each_stream(if is_hidden() { Stream::pause } else { Stream::connect }));
    }

    /// A handler may add or remove streams, so this iterates over a copy.
    fn for_each_stream(handle: fn(&Rc<Stream>)) {
        let streams = STREAMS.with_borrow(Clone::clone);
        streams.iter().for_each(handle);
    }

    impl Stream {
        fn pause(self: &Rc<Self>) {
            self.connection.take();
            self.status.set(ConnectionStatus::Connecting);
        }

        fn disconnect(self: &Rc<Self>) {
            self.connection.take();
            self.status.set(ConnectionStatus::Lost);
        }

        fn reconnect(self: &Rc<Self>) {
            self.connection.take();
            self.connect();
        }

        fn connect(self: &Rc<Self>) {
            if self.connection.borrow().is_some() || is_hidden() {
                return;
            }
            let Ok(source) = EventSource::new(&self.url) else { return };
            let mut handlers = vec![
                handle(&source, "open", self, |stream, _| {
                    stream.failures.set(0);
                    stream.status.set(ConnectionStatus::Live);
                }),
                handle(&source, "error", self, |stream, _| stream.recover()),
            ];
            handlers.extend(EVENTS.map(|name| handle(&source, name, self, Stream::deliver)));
            self.connection.replace(Some(Connection { source, _handlers: handlers }));
        }

        /// Calls the listeners of an event.
        fn deliver(self: &Rc<Self>, event: &Event) {
            let name = event.type_();
            let data = event.unchecked_ref::<MessageEvent>().data().as_string().unwrap_or_default();
            // A listener may add or remove listeners, so this iterates over a copy.
            let listeners: Vec<Listener> =
                self.listeners.borrow().iter().map(|(_, listener)| listener.clone()).collect();
            for (event, on_data) in listeners {
                if event == name {
                    on_data(&data);
                }
            }
        }

        fn is_closed(&self) -> bool {
            let connection = self.connection.borrow();
            connection.as_ref().is_some_and(|connection| connection.source.ready_state() == EventSource::CLOSED)
        }

        /// The browser reconnects by itself after a broken connection, but not after a refused one.
        fn recover(self: &Rc<Self>) {
            self.status.set(ConnectionStatus::Lost);
            if !self.is_closed() {
                return;
            }
            let failures = self.failures.replace(self.failures.get().saturating_add(1));
            let stream = Rc::downgrade(self);
            set_timeout(
                move || {
                    // The stream may have been opened in the meantime, because the page was hidden and shown.
                    if let Some(stream) = stream.upgrade().filter(|stream| stream.is_closed()) {
                        stream.reconnect();
                    }
                },
                RETRY.delay(failures, js_sys::Math::random()),
            );
        }
    }

    fn handle(
        source: &EventSource,
        name: &str,
        stream: &Rc<Stream>,
        handler: fn(&Rc<Stream>, &Event),
    ) -> Closure<dyn FnMut(Event)> {
        let stream: Weak<Stream> = Rc::downgrade(stream);
        let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
            if let Some(stream) = stream.upgrade() {
                handler(&stream, &event);
            }
        });
        let _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        listener
    }
}
