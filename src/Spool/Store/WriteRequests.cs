namespace Spool;

/// <summary>Asks for a new thread.</summary>
/// <param name="ThreadId">The id of the thread, chosen by the caller: <see cref="ThreadId.New"/>.</param>
/// <param name="SessionMeta">The first item of the log, of type <c>session_meta</c>, whose payload names the same id:
/// <see cref="Spool.SessionMeta.ToItem"/>. It decides the history mode.</param>
public sealed record CreateRequest(ThreadId ThreadId, NewItem SessionMeta);

/// <summary>Asks to go on writing a thread.</summary>
/// <param name="ThreadId">The thread.</param>
public sealed record ResumeRequest(ThreadId ThreadId)
{
    /// <summary>Gets what to do when the stored log is damaged. An incomplete last line alone is no damage: it is set aside and the thread
    /// goes on.</summary>
    /// <value>The default value is <see cref="DamagedLog.Refuse"/>.</value>
    public DamagedLog OnDamage { get; init; }
}

/// <summary>What to do with a thread whose stored log has lines that cannot be read.</summary>
public enum DamagedLog
{
    /// <summary>Refuse with <see cref="ThreadStoreErrorCode.Corrupt"/>.</summary>
    Refuse,

    /// <summary>Leave the lines where they are and append behind them.</summary>
    AppendBehind,
}

/// <summary>Asks to append items.</summary>
/// <param name="Items">The items, in order. Their memory must not change until the append is done.</param>
public sealed record AppendRequest(IReadOnlyList<NewItem> Items)
{
    /// <summary>Gets how safe the items are to be when the append is acknowledged.</summary>
    /// <value>The default value is <see cref="Durability.Flushed"/>.</value>
    public Durability Durability { get; init; } = Durability.Flushed;

    /// <summary>Gets the ordinal that the first item has to get, or null for whichever is next.</summary>
    /// <value>With a value the append happens once or not at all, however often it is sent, also by another process after a crash: when the
    /// first of the items are there already, only the others are added. What lies before the first append of the thread is of no
    /// append: its first item, and the history that it continues.</value>
    public long? ExpectedOrdinal { get; init; }

    /// <summary>Gets an id of this append, or null. The same id again, on the same writer, is the same append.</summary>
    public Guid? BatchId { get; init; }
}

/// <summary>Asks for a fork: a new thread whose history is a prefix of another's, and which has the name that the other has now.</summary>
/// <param name="Source">The thread to fork, active or archived, also one that is being written.</param>
/// <param name="ThreadId">The id of the new thread.</param>
public sealed record ForkRequest(ThreadId Source, ThreadId ThreadId)
{
    /// <summary>Gets where the prefix ends.</summary>
    /// <value>The default value is the end of what is stored.</value>
    public ForkPoint Point { get; init; }

    /// <summary>Gets the first item of the new log, of type <c>session_meta</c>, or null to derive it from the source's: same working
    /// folder, source, provider and history mode. The store adds what makes it a fork.</summary>
    public NewItem? SessionMeta { get; init; }
}
