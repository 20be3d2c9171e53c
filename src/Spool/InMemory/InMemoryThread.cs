namespace Spool;

/// <summary>A thread as it is put into an <see cref="InMemoryThreadStore"/>: the lines of its log, and what is known of it beside the
/// log.</summary>
/// <param name="Lines">The lines without their line ends. The store keeps the memory.</param>
public sealed record InMemoryThread(IReadOnlyList<ReadOnlyMemory<byte>> Lines)
{
    /// <summary>Gets the id of the thread when no line of its log names one, as a file name would give it, or null.</summary>
    public ThreadId? Id { get; init; }

    /// <summary>Gets when the thread was archived, or null for an active thread.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>Gets the name that a user gave the thread, or null to use the one in the log.</summary>
    public string? Name { get; init; }

    /// <summary>Gets whether the last line has no line end, because its writer died.</summary>
    public bool IsTorn { get; init; }
}
