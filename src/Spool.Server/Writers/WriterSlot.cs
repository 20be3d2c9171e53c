namespace Spool.Server;

/// <summary>What the server holds of one thread that is written or announced. Whoever holds the gate may change it.</summary>
/// <param name="thread">The thread.</param>
sealed class WriterSlot(ThreadId thread)
{
    WriterLease? _lease;

    /// <summary>Gets the thread.</summary>
    public ThreadId Thread { get; } = thread;

    /// <summary>Gets the gate.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Gets or sets the writer that a client of Spool's contract holds. May be read without the gate.</summary>
    public WriterLease? Lease
    {
        get => Volatile.Read(ref _lease);
        set => Volatile.Write(ref _lease, value);
    }

    /// <summary>Gets or sets what clients of Codex's contract said and do.</summary>
    public CodexThread? Codex { get; set; }

    /// <summary>Gets or sets for whom room was taken, or null when no writer has any.</summary>
    public WriterKind? Room { get; set; }

    /// <summary>Gets or sets whether the slot was taken out of the registry.</summary>
    public bool Removed { get; set; }

    /// <summary>Gets whether nothing is held.</summary>
    public bool IsEmpty => Lease is null && Codex is null;

    /// <summary>Gets whether a writer is open.</summary>
    public bool IsOpen => Lease is not null || Codex?.Writer is not null;
}
