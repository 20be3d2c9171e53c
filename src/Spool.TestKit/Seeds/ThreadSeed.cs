namespace Spool.TestKit;

/// <summary>A thread that a harness stores before a store is opened.</summary>
public sealed record ThreadSeed
{
    /// <summary>Gets the id under which the thread is stored; a file store puts it into the file name. The log usually names the
    /// same.</summary>
    public required ThreadId Id { get; init; }

    /// <summary>Gets when the thread was created; a file store puts it into the file name.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Gets the lines of the log without their line ends.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Lines { get; init; }

    /// <summary>Gets how the log ends.</summary>
    public SeedEnd End { get; init; }

    /// <summary>Gets where the thread is.</summary>
    public SeedPlace Place { get; init; }

    /// <summary>Gets the name a user gave the thread, stored beside the log by whatever means the store has, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Makes the bytes of the log: every line with its line end, except where the log is torn.</summary>
    public byte[] ToLog()
    {
        using var log = new MemoryStream();
        foreach (var line in Lines)
        {
            log.Write(line.Span);
            log.WriteByte((byte)'\n');
        }
        if (End == SeedEnd.Torn && log.Length > 0)
            log.SetLength(log.Length - 1);
        return log.ToArray();
    }
}
