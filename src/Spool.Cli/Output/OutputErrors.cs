namespace Spool.Cli;

/// <summary>What the system says of an output that takes no more.</summary>
static class OutputErrors
{
    /// <summary>Says that an output is full.</summary>
    public const string Full = "The output is full: there is no space left where it is written.";

    const int BrokenPipe = 32;
    const int BrokenPipeWindows = unchecked((int)0x8007006D);

    /// <summary>Says whether the reader of an output went away.</summary>
    public static bool IsReaderGone(IOException e) => e.HResult is BrokenPipe or BrokenPipeWindows;

    /// <summary>Says whether the disk of an output is full, or the user may store no more on it.</summary>
    public static bool IsFull(Exception e) => DiskErrors.IsFull(e);

    /// <summary>Gives the code of an output, or of another file that is no part of a store, that cannot be written.</summary>
    public static ThreadStoreErrorCode CodeOf(Exception e) =>
        IsFull(e) || DiskErrors.IsTooLarge(e) ? ThreadStoreErrorCode.ResourceExhausted : ThreadStoreErrorCode.Unavailable;
}
