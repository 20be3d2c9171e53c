using System.Runtime.InteropServices;

namespace Spool.Cli;

/// <summary>The signal for a file that may not become larger (<c>ulimit -f</c>, SIGXFSZ). Its write fails too, and that is an error like
/// any other; to be killed in the middle of it is none.</summary>
static partial class FileSizeSignal
{
    const int FileSizeExceeded = 25; // on Linux and macOS alike
    const nint IgnoreIt = 1; // SIG_IGN

    /// <summary>Has the system ignore it, from here to the end of the process: a handler of the runtime's answers later, on another thread,
    /// and when the command has ended it is not there any more.</summary>
    public static void Ignore()
    {
        if (!OperatingSystem.IsWindows())
            _ = Signal(FileSizeExceeded, IgnoreIt);
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint action);
}
