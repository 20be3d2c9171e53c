namespace Spool.Server;

/// <summary>What the server knows of a thread whose clients name it only by its id.</summary>
sealed class AnnouncedThread
{
    /// <summary>Gets or sets what was announced of a thread that is not stored yet.</summary>
    public SessionMeta? Announced { get; set; }

    /// <summary>Gets or sets how many bytes the announcement had.</summary>
    public long AnnouncedBytes { get; set; }

    /// <summary>Gets or sets what the session said of itself, for a thread that is not stored yet.</summary>
    public SessionConfigured? Configured { get; set; }

    /// <summary>Gets or sets which items are stored.</summary>
    public PersistenceMode Mode { get; set; } = PersistenceMode.Limited;

    /// <summary>Gets or sets whether the thread began here and was never asked to be kept, so that discarding it leaves nothing.</summary>
    public bool IsDisposable { get; set; }

    /// <summary>Gets or sets the time of the last call, by the clock of the registry.</summary>
    public TimeSpan LastUse { get; set; }

    /// <summary>Gets whether something would be forgotten with it, when there is no writer.</summary>
    public bool IsWorthKeeping => Announced is not null || Configured is not null || Mode != PersistenceMode.Limited;

    /// <summary>Gets about how much memory it takes without a writer, in bytes.</summary>
    public long Bytes =>
        1024
        + sizeof(char)
            * ((Announced is null ? 0 : AnnouncedBytes) + (Configured?.Cwd?.Length ?? 0) + (Configured?.ModelProvider?.Length ?? 0));

    /// <summary>Takes note that the thread is stored, when it is.</summary>
    public void NoteStored(IThreadWriter writer)
    {
        if (!writer.IsStored)
            return;
        Announced = null;
        Configured = null;
    }
}
