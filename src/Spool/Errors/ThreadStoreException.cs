namespace Spool;

/// <summary>Thrown when a store refuses or fails. The message is one sentence that may be shown to a user: it holds no paths, payloads or
/// secrets.</summary>
/// <param name="code">Why.</param>
/// <param name="message">What happened and what to do.</param>
/// <param name="innerException">The cause, or null.</param>
public sealed class ThreadStoreException(ThreadStoreErrorCode code, string message, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>The most threads that an error names.</summary>
    public const int MaxForks = 16;

    /// <summary>Gets why the store refused or failed.</summary>
    public ThreadStoreErrorCode Code { get; } =
        Enum.IsDefined(code) ? code : throw new ArgumentOutOfRangeException(nameof(code), code, "There is no such error code.");

    /// <summary>Gets who writes the thread, when that is why, or who wrote it meanwhile, when that is known; otherwise null. Never null for
    /// <see cref="ThreadStoreErrorCode.HasWriter"/>.</summary>
    public WriterOwner? Owner { get; init; }

    /// <summary>Gets the ordinal that the next item gets, when an append expected another one; otherwise null. Never null for
    /// <see cref="ThreadStoreErrorCode.WrongOrdinal"/>.</summary>
    public long? NextOrdinal { get; init; }

    /// <summary>Gets the threads whose histories need this one, when that is why: at most <see cref="MaxForks"/> of them, ordered by their
    /// ids; otherwise empty.</summary>
    public IReadOnlyList<ThreadId> Forks { get; init; } = [];

    /// <summary>Gets after which time to make the call again, when it will work by itself; otherwise null. Never null for
    /// <see cref="ThreadStoreErrorCode.Busy"/>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Makes the same error once more. An exception is thrown once; each caller gets one of its own.</summary>
    public ThreadStoreException Again() => With(Message, InnerException);

    /// <summary>Makes the same error with another message; this one is its cause.</summary>
    /// <param name="message">What happened and what to do.</param>
    public ThreadStoreException Again(string message) => With(message, this);

    ThreadStoreException With(string message, Exception? cause) =>
        new(Code, message, cause)
        {
            Owner = Owner,
            NextOrdinal = NextOrdinal,
            Forks = Forks,
            RetryAfter = RetryAfter,
        };

    /// <summary>Makes the error of a thread that has another writer.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="owner">Its writer.</param>
    public static ThreadStoreException HasWriter(ThreadId threadId, WriterOwner owner) =>
        new(
            ThreadStoreErrorCode.HasWriter,
            owner?.LeaseLeft is { } left
                ? $"Thread {threadId} is being written by {owner}; end that first, or wait {Math.Max(1, Math.Ceiling(left.TotalSeconds)):0} s if it has died."
                : $"Thread {threadId} is being written by {owner}; end that first."
        )
        {
            Owner = owner,
        };

    /// <summary>Makes the error of a new thread whose id is taken.</summary>
    /// <param name="threadId">The thread.</param>
    public static ThreadStoreException AlreadyExists(ThreadId threadId) =>
        new(ThreadStoreErrorCode.AlreadyExists, $"Thread {threadId} exists already.");

    /// <summary>Makes the error of a thread that the histories of others need.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="forks">The others, in any order; one at least. The error names the first of them.</param>
    public static ThreadStoreException Referenced(ThreadId threadId, IEnumerable<ThreadId> forks)
    {
        List<ThreadId> first = [.. forks.Distinct().OrderBy(fork => fork.ToString(), StringComparer.Ordinal).Take(MaxForks)];
        return new(
            ThreadStoreErrorCode.Referenced,
            $"The history of thread {first[0]} continues thread {threadId}, which is kept for it; delete {first[0]} first."
        )
        {
            Forks = first,
        };
    }

    /// <summary>Makes the error of an append that does not fit the end of the log.</summary>
    /// <param name="threadId">The thread.</param>
    /// <param name="expected">The ordinal that the append expects for its first item.</param>
    /// <param name="next">The ordinal that the next item gets.</param>
    public static ThreadStoreException WrongOrdinal(ThreadId threadId, long expected, long next) =>
        new(
            ThreadStoreErrorCode.WrongOrdinal,
            $"The append expects ordinal {expected}, but the next one of thread {threadId} is {next}, and {(expected > next ? "the items between them are missing" : expected < 0 ? "there is none below 0" : "the items there are others")}."
        )
        {
            NextOrdinal = next,
        };

    /// <summary>Makes the error of a writer that has no longer the right to write.</summary>
    /// <param name="why">What happened and what to do.</param>
    /// <param name="owner">Who has the thread now, or null when that is not known.</param>
    /// <param name="cause">The cause, or null.</param>
    public static ThreadStoreException WriterLost(string why, WriterOwner? owner = null, Exception? cause = null) =>
        new(ThreadStoreErrorCode.WriterLost, why, cause) { Owner = owner };

    /// <summary>Makes the error of a call of which it is not known whether it was carried out.</summary>
    /// <param name="message">What happened and what to do.</param>
    /// <param name="cause">The cause, or null.</param>
    public static ThreadStoreException OutcomeUnknown(string message, Exception? cause = null) =>
        new(ThreadStoreErrorCode.OutcomeUnknown, message, cause);

    /// <summary>Makes the error of a limit of the moment.</summary>
    /// <param name="message">What there is too much of.</param>
    /// <param name="retryAfter">After which time to make the call again.</param>
    public static ThreadStoreException Busy(string message, TimeSpan retryAfter) =>
        new(ThreadStoreErrorCode.Busy, message) { RetryAfter = retryAfter };

    /// <summary>Makes the error of something that is larger than a limit.</summary>
    /// <param name="message">What is too large and what to do.</param>
    public static ThreadStoreException TooLarge(string message) => new(ThreadStoreErrorCode.TooLarge, message);

    /// <summary>Makes the error of a request that is wrong.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    public static ThreadStoreException InvalidRequest(string message) => new(ThreadStoreErrorCode.InvalidRequest, message);

    /// <summary>Makes the error of a cursor that cannot be used.</summary>
    /// <param name="why">What is wrong with it: the sentence without its end.</param>
    public static ThreadStoreException InvalidCursor(string why) =>
        new(ThreadStoreErrorCode.InvalidCursor, why + "; start again without a cursor.");

    /// <summary>Makes the error of a thread that does not exist.</summary>
    /// <param name="threadId">The id that was asked for.</param>
    public static ThreadStoreException NotFound(ThreadId threadId) => new(ThreadStoreErrorCode.NotFound, $"There is no thread {threadId}.");
}
