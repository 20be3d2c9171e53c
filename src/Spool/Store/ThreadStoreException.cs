namespace Spool;

/// <summary>Thrown when a store refuses or fails. The message is one sentence that may be shown to a user: it holds no paths, payloads or secrets.</summary>
/// <param name="code">Why.</param>
/// <param name="message">What happened and what to do.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class ThreadStoreException(ThreadStoreErrorCode code, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Gets why the store refused or failed.</summary>
    public ThreadStoreErrorCode Code { get; } = Enum.IsDefined(code) ? code : throw new ArgumentOutOfRangeException(nameof(code), code, "There is no such error code.");

    /// <summary>Gets who writes the thread, when the error is a <see cref="ThreadStoreErrorCode.Conflict"/> with another writer; otherwise null.</summary>
    public WriterOwner? Owner { get; init; }

    /// <summary>Makes the error of a thread that has another writer.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="owner">Its writer.</param>
    public static ThreadStoreException HasWriter(ThreadId thread, WriterOwner owner) =>
        new(ThreadStoreErrorCode.Conflict, $"Thread {thread} is being written by {owner}; end that first.") { Owner = owner };

    /// <summary>Makes the error of an append that does not fit the end of the log.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="expected">The ordinal that the append expects for its first item.</param>
    /// <param name="next">The ordinal that the next item gets.</param>
    public static ThreadStoreException WrongOrdinal(ThreadId thread, long expected, long next) => new(
        ThreadStoreErrorCode.Conflict,
        $"The append expects ordinal {expected}, but the next one of thread {thread} is {next}, and {(expected > next ? "the items between them are missing" : expected < 0 ? "there is none below 0" : "the items there are others")}.");

    /// <summary>Makes the error of a request that is wrong.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    public static ThreadStoreException InvalidRequest(string message) => new(ThreadStoreErrorCode.InvalidRequest, message);

    /// <summary>Makes the error of a thread that does not exist.</summary>
    /// <param name="thread">The id that was asked for.</param>
    public static ThreadStoreException NotFound(ThreadId thread) => new(ThreadStoreErrorCode.NotFound, $"There is no thread {thread}.");
}
