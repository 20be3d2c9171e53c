namespace Spool;

/// <summary>How a <see cref="LiveThread"/> stores what its session produces.</summary>
public sealed record LiveThreadOptions
{
    /// <summary>Gets the clock, which gives items their time.</summary>
    /// <value>The default value is the system's clock.</value>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Gets how safe appended items are when an append is acknowledged.</summary>
    /// <value>The default value is <see cref="Durability.Flushed"/>: the first append stores the thread, and every append survives the death of the process. With
    /// <see cref="Durability.Buffered"/> a new thread waits in memory until it is persisted or flushed; <see cref="Durability.Fsynced"/> costs one fsync for each group
    /// of appends that wait together.</value>
    public Durability Durability { get; init; } = Durability.Flushed;

    /// <summary>Gets which items are stored, or null for what fits the thread's history mode.</summary>
    public PersistenceMode? Persistence { get; init; }
}
