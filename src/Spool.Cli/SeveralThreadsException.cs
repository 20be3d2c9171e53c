namespace Spool.Cli;

/// <summary>The cause of an error: a text names several threads, and may mean any of them.</summary>
/// <param name="message">How many, and what to do.</param>
/// <param name="threads">Some of them, each on one line.</param>
sealed class SeveralThreadsException(string message, IReadOnlyList<string> threads) : Exception(message)
{
    /// <summary>Gets some of them, each on one line.</summary>
    public IReadOnlyList<string> Threads { get; } = threads;

    /// <summary>Makes the error, which names them in one message.</summary>
    public ThreadStoreException ToError() => new(ThreadStoreErrorCode.InvalidRequest, $"{Message} {string.Join(", ", Threads)}.", this);
}
