//! The modes of the terminal: entered once, and left once on every way out.
//!
//! The ways out are the end, an error, a panic on any thread, a signal, and Ctrl-Z, which comes back.

use std::fmt;
use std::io::{self, IsTerminal, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::clipboard::CopyToClipboard;
use crossterm::event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange};
use crossterm::style::Print;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, SetTitle,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{Command, cursor, execute};
use ratatui::backend::CrosstermBackend;

use super::background;
use crate::explain;
use crate::text::terminal_text::printable;

/// Set while the modes are entered. A process has one terminal, and the panic hook must know.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Set while the mouse is captured too.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// The title is kept by the terminal and given back (xterm's window operations 22 and 23; others ignore them).
const KEEP_TITLE: &str = "\x1b[22;0t";
const GIVE_BACK_TITLE: &str = "\x1b[23;0t";

pub type Terminal = ratatui::Terminal<CrosstermBackend<io::BufWriter<Output>>>;

/// The modes of the terminal while the screen has it. Dropping it leaves them.
#[derive(Debug)]
pub struct Modes(());

impl Modes {
    /// Takes the terminal: raw mode, alternate screen, bracketed paste, focus events, title.
    ///
    /// # Errors
    /// When standard output is not a terminal, or the terminal does not do it.
    pub fn enter() -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, explain::commands::NO_TERMINAL));
        }
        // Made before the first mode is set, so that a failure half-way undoes what was done.
        let modes = Self(());
        modes.take()?;
        Ok(modes)
    }

    /// Takes the terminal again after [`Modes::suspend`]. The screen must be drawn anew afterwards.
    ///
    /// # Errors
    /// When the terminal does not do it.
    pub fn take(&self) -> io::Result<()> {
        ENTERED.store(true, Ordering::SeqCst);
        execute!(io::stdout(), Print(KEEP_TITLE))?;
        self.set()
    }

    fn set(&self) -> io::Result<()> {
        enable_raw_mode()?;
        execute!(
            io::stdout(),
            EnterAlternateScreen,
            EnableBracketedPaste,
            EnableFocusChange,
            cursor::Hide,
            SetTitle("Writeback"),
        )?;
        if MOUSE.load(Ordering::SeqCst) {
            execute!(io::stdout(), CaptureMouse(true))?;
        }
        Ok(())
    }

    /// Starts or stops receiving clicks and the wheel. Without them here, the terminal selects text with the mouse.
    ///
    /// # Errors
    /// When the terminal does not do it.
    pub fn capture_mouse(&self, on: bool) -> io::Result<()> {
        MOUSE.store(on, Ordering::SeqCst);
        execute!(Output(io::stdout()), CaptureMouse(on))
    }

    /// Gives the terminal back to the shell, and stops the job. It may still run for a moment when this returns; once it
    /// is continued, [`Modes::take`] is next.
    ///
    /// # Errors
    /// When it cannot be stopped.
    #[cfg(unix)]
    pub fn suspend(&self) -> io::Result<()> {
        use rustix::process::{Signal, kill_current_process_group};
        restore();
        // The whole job stops, as it does when the terminal itself sees Ctrl-Z: a program in front of this one in the
        // pipeline, or a script around it, would otherwise wait for ever.
        kill_current_process_group(Signal::TSTP)?;
        Ok(())
    }

    /// Sets the modes again, because a shell may have had the terminal: this process was stopped and continued. The
    /// screen must be drawn anew afterwards.
    ///
    /// # Errors
    /// When the terminal does not do it.
    pub fn again(&self) -> io::Result<()> {
        // crossterm sets raw mode only when it believes that it is not set.
        disable_raw_mode()?;
        self.set()
    }

    /// Holds back the output up to [`Modes::end_frame`], so that no half frame shows.
    ///
    /// # Errors
    ///
    /// The terminal cannot be written to.
    pub fn begin_frame(&self) -> io::Result<()> {
        execute!(Output(io::stdout()), BeginSynchronizedUpdate)
    }

    /// Ends what [`Modes::begin_frame`] began.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn end_frame(&self) -> io::Result<()> {
        execute!(Output(io::stdout()), EndSynchronizedUpdate)
    }

    /// Puts `text` on the clipboard of the terminal's own machine, through SSH as well (OSC 52).
    ///
    /// # Errors
    /// When the terminal cannot be written to. It does not say whether it knows OSC 52.
    pub fn copy(&self, text: &str) -> io::Result<()> {
        execute!(io::stdout(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Asks the terminal for its background. The answer comes among the keys.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub(super) fn ask_background(&self) -> io::Result<()> {
        execute!(io::stdout(), Print(background::QUESTION))
    }

    /// Tells someone who looks elsewhere: a notification where the terminal shows them (OSC 9), and the bell.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn notify(&self, text: &str) -> io::Result<()> {
        // A `;` would begin another command of the terminals that gave OSC 9 more meanings.
        let text = printable(text).replace(';', ",");
        execute!(io::stdout(), Print(format_args!("\x1b]9;{text}\x07")), Print('\x07'))
    }
}

impl Drop for Modes {
    fn drop(&mut self) {
        restore();
    }
}

/// Clicks and the wheel as input, or not. crossterm's own command asks for every move of the pointer as well, which would
/// wake the program for nothing.
struct CaptureMouse(bool);

impl Command for CaptureMouse {
    fn write_ansi(&self, f: &mut impl fmt::Write) -> fmt::Result {
        f.write_str(if self.0 { "\x1b[?1000h\x1b[?1006h" } else { "\x1b[?1006l\x1b[?1000l" })
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
        if self.0 { EnableMouseCapture.execute_winapi() } else { DisableMouseCapture.execute_winapi() }
    }

    #[cfg(windows)]
    fn is_ansi_code_supported(&self) -> bool {
        false
    }
}

/// Leaves the modes, if they are entered. Write errors are ignored: the terminal is gone then.
pub fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    if MOUSE.load(Ordering::SeqCst) {
        let _ = execute!(io::stdout(), CaptureMouse(false));
    }
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show,
        Print(GIVE_BACK_TITLE),
    );
    let _ = disable_raw_mode();
}

/// Tells if the modes are entered. After a panic on any thread they are not.
pub fn is_entered() -> bool {
    ENTERED.load(Ordering::SeqCst)
}

/// Makes a panic leave the modes before its message is printed, so that the message can be read.
pub fn install_panic_hook() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        restore();
        print(panic);
    }));
}

/// The terminal to draw to. Nothing is asked of the terminal, so that this never waits for an answer.
///
/// # Errors
/// When the terminal's size is not known.
pub fn open() -> io::Result<Terminal> {
    // A frame is a single write: stdout is line-buffered, and a frame contains no newlines.
    let output = io::BufWriter::with_capacity(64 * 1024, Output(io::stdout()));
    ratatui::Terminal::new(CrosstermBackend::new(output))
}

/// Standard output while the modes are entered, and nothing otherwise: a frame that a panic cut short must not come out
/// of its buffer on the shell's screen.
#[derive(Debug)]
pub struct Output(Stdout);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if is_entered() { self.0.write(bytes) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        if is_entered() { self.0.flush() } else { Ok(()) }
    }
}
