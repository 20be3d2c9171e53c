namespace Spool;

/// <summary>How a write to a log failed, and what that means for its writer.</summary>
/// <param name="error">The error of the appends of this write.</param>
/// <param name="end">The error of every later call, or null when the writer can go on: nothing of the write is in the log.</param>
sealed class WriteFault(ThreadStoreException error, ThreadStoreException? end) : Exception(error.Message, error)
{
    /// <summary>Gets the error of the appends of this write.</summary>
    public ThreadStoreException Error => error;

    /// <summary>Gets the error of every later call, or null when the writer can go on.</summary>
    public ThreadStoreException? End => end;

    /// <summary>Nothing was written, and the writer can go on.</summary>
    public static WriteFault Refused(Exception cause) => new(DiskErrors.Translate(cause), null);

    /// <summary>Nothing was written, because the log is no longer this writer's.</summary>
    public static WriteFault Lost(string message) => Lost(message, null);

    /// <summary>The log is no longer this writer's, and whether this write is in it is not known.</summary>
    public static WriteFault LostMeanwhile(string message) =>
        Lost(
            message,
            ThreadStoreException.OutcomeUnknown($"{message} It is not known whether the items are stored; resume the thread and look.")
        );

    /// <summary>What is in the log, or safe on the disk, is not known.</summary>
    public static WriteFault Unknown(Exception cause)
    {
        var error = ThreadStoreException.OutcomeUnknown(
            "The disk failed in the middle of a write, so it is not known what is stored; discard the writer and resume the thread.",
            cause
        );
        return new WriteFault(error, error);
    }

    static WriteFault Lost(string message, ThreadStoreException? error)
    {
        var end = ThreadStoreException.WriterLost($"{message} The right to write is lost; resume the thread.");
        return new WriteFault(error ?? end, end);
    }
}
