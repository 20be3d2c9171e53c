namespace Spool;

/// <summary>How a <see cref="LiveThread"/> stores what its session produces.</summary>
public sealed record LiveThreadOptions
{
    /// <summary>Gets the clock, which gives items their time.</summary>
    /// <value>The default value is the system's clock.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how safe appended items are when an append is acknowledged.</summary>
    /// <value>The default value is <see cref="Durability.Flushed"/>: the first append stores the thread, and every append survives the
    /// death of the process. With <see cref="Durability.Buffered"/> a new thread is pending in memory until it is persisted or flushed;
    /// <see cref="Durability.Fsynced"/> costs one fsync for each group of appends that wait together.</value>
    public Durability Durability { get; init; } = Durability.Flushed;

    /// <summary>Gets which items are stored, or null for what fits the thread's history mode.</summary>
    public PersistenceMode? Persistence { get; init; }

    /// <summary>Gets what is called with each item that is appended and left out because the history mode does not store it, or
    /// null.</summary>
    /// <value>It is called ahead of the append, on the caller's thread; what it throws comes through, and nothing is appended. Entries of a
    /// <see cref="LiveTurn"/> are never left out.</value>
    public Action<NewItem>? OnLeftOut { get; init; }

    /// <summary>Gets how long continuing a thread waits for a writer of it that may have died.</summary>
    /// <value>The default value is 35 seconds: longer than a server keeps a thread for a client that it does not hear of. Zero does not
    /// wait.</value>
    public TimeSpan WriterWait { get; init; } = TimeSpan.FromSeconds(35);
}
