namespace Spool.Remote;

/// <summary>What a writer may have under way, and how patient it is.</summary>
sealed record WriterLimits
{
    /// <summary>Gets how many bytes of appends may be under way. A single larger append still goes, alone.</summary>
    public long MaxBytesUnderWay { get; init; } = 8 * 1024 * 1024;

    /// <summary>Gets how many messages may be under way.</summary>
    public int MaxMessagesUnderWay { get; init; } = 1024;

    /// <summary>Gets how many bytes of appends travel together.</summary>
    public long MaxBatchedBytes { get; init; } = 256 * 1024;

    /// <summary>Gets how many items travel together.</summary>
    public int MaxBatchedItems { get; init; } = 4096;

    /// <summary>Gets for how long to try to reach the server again while a call waits.</summary>
    public TimeSpan ResolveFor { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets for how long another owner is waited for: a server that is being stopped may hold the thread a moment longer than its
    /// successor needs to start.</summary>
    public TimeSpan ConflictGrace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets for how long a token that is refused is waited for while it is not known what became of something sent
    /// before.</summary>
    public TimeSpan TokenGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets after how long without trouble a trouble is a new one.</summary>
    public TimeSpan LongSession { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets how long a stream stays open with nothing to send.</summary>
    public TimeSpan StreamIdle { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets how long to pause before an attempt, by the number of attempts before it.</summary>
    public Func<int, TimeSpan> Pause { get; init; } = static _ => TimeSpan.Zero;
}
