//! The event loop with a screen that counts its frames and keys that a test sends.

use std::convert::Infallible;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::tools::tools;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::Stream;
use futures_util::stream::poll_fn;
use ratatui::Terminal;
use ratatui::backend::{Backend, ClearType, TestBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use writeback::testing::config::Environment;
use writeback::testing::tui::app::App;
use writeback::testing::tui::screen::Theme;
use writeback::testing::tui::wizard::Start;
use writeback::testing::tui::{Background, Effects, Ended, Session};

/// A screen that counts how often it is drawn.
struct Counting {
    screen: TestBackend,
    frames: Arc<AtomicUsize>,
    /// After how many frames it cannot be drawn to any more.
    last: usize,
}

impl Backend for Counting {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> Result<(), io::Error> {
        if self.frames.fetch_add(1, Ordering::SeqCst) >= self.last {
            return Err(io::Error::other("the pipe is broken"));
        }
        sure(self.screen.draw(content))
    }

    fn hide_cursor(&mut self) -> Result<(), io::Error> {
        sure(self.screen.hide_cursor())
    }

    fn show_cursor(&mut self) -> Result<(), io::Error> {
        sure(self.screen.show_cursor())
    }

    fn get_cursor_position(&mut self) -> Result<Position, io::Error> {
        sure(self.screen.get_cursor_position())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> Result<(), io::Error> {
        sure(self.screen.set_cursor_position(position))
    }

    fn clear(&mut self) -> Result<(), io::Error> {
        sure(self.screen.clear())
    }

    fn clear_region(&mut self, clear_type: ClearType) -> Result<(), io::Error> {
        sure(self.screen.clear_region(clear_type))
    }

    fn size(&self) -> Result<Size, io::Error> {
        sure(self.screen.size())
    }

    fn window_size(&mut self) -> Result<WindowSize, io::Error> {
        sure(self.screen.window_size())
    }

    fn flush(&mut self) -> Result<(), io::Error> {
        Ok(())
    }
}

/// Drawing to memory never fails.
fn sure<T>(done: Result<T, Infallible>) -> io::Result<T> {
    let Ok(done) = done;
    Ok(done)
}

struct Stage {
    keys: UnboundedSender<io::Result<Event>>,
    frames: Arc<AtomicUsize>,
    /// Events that the session has taken.
    taken: Arc<AtomicUsize>,
    session: JoinHandle<io::Result<Ended>>,
    _home: tempfile::TempDir,
}

impl Stage {
    fn set() -> Self {
        Self::of(usize::MAX, Background::default())
    }

    /// With a terminal that is asked for its background.
    fn asking() -> Self {
        Self::of(usize::MAX, Background::asked(Some([Theme::color(), Theme::light()])))
    }

    /// With a screen that can be drawn so often.
    fn of(last: usize, background: Background) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let frames = Arc::new(AtomicUsize::new(0));
        let screen = Counting { screen: TestBackend::new(80, 24), frames: Arc::clone(&frames), last };
        let (keys, events) = unbounded_channel();
        let taken = Arc::new(AtomicUsize::new(0));
        let session = Session {
            terminal: Terminal::new(screen).expect("a screen"),
            modes: None,
            theme: Theme::color(),
            background,
            input: stream(events, Arc::clone(&taken)),
            effects: Effects::new(tools(home.path())),
        };
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day");
        let now = today.and_hms_opt(12, 0, 0).expect("a time").and_utc();
        let (environment, accounts, exports) = (Environment::default(), Vec::new(), Vec::new());
        let app = App::in_wizard(Start {
            environment,
            accounts,
            exports,
            edit: None,
            drafts: Vec::new(),
            today,
            now,
            zone: None,
            demo: false,
        });
        Self { keys, frames, taken, session: tokio::spawn(session.run(app)), _home: home }
    }

    fn press(&self, code: KeyCode, modifiers: KeyModifiers, kind: KeyEventKind) {
        let _ = self.keys.send(Ok(Event::Key(KeyEvent::new_with_kind(code, modifiers, kind))));
    }

    async fn end(self) -> Ended {
        let ended = tokio::time::timeout(Duration::from_secs(10), self.session).await;
        ended.expect("it ends").expect("without a panic").expect("and without an error")
    }
}

fn stream(
    mut events: UnboundedReceiver<io::Result<Event>>,
    taken: Arc<AtomicUsize>,
) -> impl Stream<Item = io::Result<Event>> + Unpin {
    poll_fn(move |context| {
        let event = events.poll_recv(context);
        taken.fetch_add(usize::from(event.is_ready()), Ordering::SeqCst);
        event
    })
}

#[tokio::test]
async fn a_flood_of_keys_is_drawn_thirty_times_a_second() {
    let stage = Stage::set();
    let start = std::time::Instant::now();
    for _ in 0..100 {
        for _ in 0..100 {
            stage.press(KeyCode::Char('a'), KeyModifiers::NONE, KeyEventKind::Press);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let most = start.elapsed().as_millis() / 33 + 3;
    let frames = stage.frames.load(Ordering::SeqCst) as u128;
    assert!(frames >= 2 && frames <= most, "{frames} frames where {most} are the most");
    stage.press(KeyCode::Char('c'), KeyModifiers::CONTROL, KeyEventKind::Press);
    assert_eq!(stage.end().await, Ended::Interrupted);
}

#[tokio::test]
async fn a_key_that_is_let_go_does_nothing() {
    let stage = Stage::set();
    stage.press(KeyCode::Esc, KeyModifiers::NONE, KeyEventKind::Release);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!stage.session.is_finished());
    stage.press(KeyCode::Esc, KeyModifiers::NONE, KeyEventKind::Press);
    assert_eq!(stage.end().await, Ended::Left);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_due_is_not_left_to_the_shell() {
    let stage = Stage::asking();
    stage.press(KeyCode::Char('c'), KeyModifiers::CONTROL, KeyEventKind::Press);
    stage.press(KeyCode::Char(']'), KeyModifiers::ALT, KeyEventKind::Press);
    "11;rgb:ff/ff/ff".chars().for_each(|c| stage.press(KeyCode::Char(c), KeyModifiers::NONE, KeyEventKind::Press));
    stage.press(KeyCode::Char('\\'), KeyModifiers::ALT, KeyEventKind::Press);
    // What comes after the answer is the shell's.
    stage.press(KeyCode::Char('x'), KeyModifiers::NONE, KeyEventKind::Press);
    let (taken, start) = (Arc::clone(&stage.taken), Instant::now());
    assert_eq!(stage.end().await, Ended::Interrupted);
    assert_eq!((taken.load(Ordering::SeqCst), start.elapsed()), (18, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_does_not_answer_is_left_at_once_after_half_a_second() {
    for (after, waits) in [(0, 500), (450, 50), (500, 0), (9000, 0)] {
        let stage = Stage::asking();
        tokio::time::sleep(Duration::from_millis(after)).await;
        stage.press(KeyCode::Char('c'), KeyModifiers::CONTROL, KeyEventKind::Press);
        let start = Instant::now();
        assert_eq!(stage.end().await, Ended::Interrupted);
        assert_eq!(start.elapsed().as_millis(), waits, "after {after} ms");
    }
}

#[tokio::test]
async fn input_that_ends_ends_it() {
    let Stage { keys, session, .. } = Stage::set();
    drop(keys);
    assert_eq!(session.await.expect("no panic").expect("no error"), Ended::Interrupted);
}

/// Collects the log of this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn begin() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        (log, tracing::subscriber::set_default(lines))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text")
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn why_a_terminal_can_be_read_no_more_is_in_the_log() {
    let (log, _guard) = Log::begin();
    let stage = Stage::set();
    stage.keys.send(Err(io::Error::other("the line is cut"))).expect("it listens");
    assert_eq!(stage.end().await, Ended::Interrupted);
    assert!(
        log.text().contains("ERROR writeback::tui::session: the terminal is gone: the line is cut"),
        "{}",
        log.text()
    );
}

#[tokio::test]
async fn why_a_terminal_can_be_drawn_to_no_more_is_in_the_log() {
    let (log, _guard) = Log::begin();
    let stage = Stage::of(1, Background::default());
    stage.press(KeyCode::Char('a'), KeyModifiers::NONE, KeyEventKind::Press);
    assert_eq!(stage.end().await, Ended::Interrupted);
    assert!(log.text().contains("the terminal is gone: the pipe is broken"), "{}", log.text());
}
