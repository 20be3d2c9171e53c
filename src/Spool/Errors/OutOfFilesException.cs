namespace Spool.Storage;

/// <summary>The cause of a <see cref="ThreadStoreErrorCode.ResourceExhausted"/> when the process may open no more files: nothing was
/// begun.</summary>
public sealed class OutOfFilesException : IOException
{
    const int TooManyOpen = 24; // as the system says it, on Linux and macOS

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What the system says.</param>
    /// <param name="cause">The cause.</param>
    public OutOfFilesException(string message, Exception? cause)
        : base(message, cause) => HResult = TooManyOpen;
}
