using System.Runtime.InteropServices;

namespace Spool.Cli;

/// <summary>The signals that the caller of the program has the system ignore, as <c>nohup</c> does: they stay ignored.</summary>
static partial class IgnoredSignals
{
    /// <summary>The terminal was closed. Its number is the same on every system.</summary>
    public const int HangUp = 1;

    /// <summary>A person wants the program to end at once. Its number is the same on every system.</summary>
    public const int Quit = 3;

    const int ActionBytes = 256; // more than any system needs to say what it does on a signal
    const nint IgnoreIt = 1; // SIG_IGN, where the handler is, which is first

    /// <summary>Says whether a signal is ignored.</summary>
    /// <param name="number">Its number.</param>
    public static bool Contains(int number)
    {
        if (OperatingSystem.IsWindows())
            return false;
        Span<byte> action = stackalloc byte[ActionBytes];
        action.Clear();
        return ActionCall(number, 0, action) == 0 && MemoryMarshal.Read<nint>(action) == IgnoreIt;
    }

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int ActionCall(int number, nint action, Span<byte> before);
}
