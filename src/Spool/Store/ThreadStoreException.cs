namespace Spool;

/// <summary>Thrown when a store refuses or fails. The message is one sentence that may be shown to a user: it holds no paths, payloads or secrets.</summary>
/// <param name="code">Why.</param>
/// <param name="message">What happened and what to do.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class ThreadStoreException(ThreadStoreErrorCode code, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Gets why the store refused or failed.</summary>
    public ThreadStoreErrorCode Code { get; } = code;

    /// <summary>Makes the error of a request that is wrong.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    public static ThreadStoreException InvalidRequest(string message) => new(ThreadStoreErrorCode.InvalidRequest, message);

    /// <summary>Makes the error of a thread that does not exist.</summary>
    /// <param name="thread">The id that was asked for.</param>
    public static ThreadStoreException NotFound(ThreadId thread) => new(ThreadStoreErrorCode.NotFound, $"There is no thread {thread}.");
}
