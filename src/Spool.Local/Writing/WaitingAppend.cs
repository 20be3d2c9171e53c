namespace Spool;

/// <summary>An append for which there is no room yet.</summary>
/// <param name="request">The items.</param>
/// <param name="content">The hash of the items when the append has a batch id.</param>
/// <param name="bytes">An upper bound of what they take.</param>
/// <param name="waiter">Who waits for it.</param>
sealed class WaitingAppend(AppendItems request, UInt128 content, long bytes, AppendWaiter waiter)
{
    /// <summary>Gets the items.</summary>
    public AppendItems Request => request;

    /// <summary>Gets the hash of the items.</summary>
    public UInt128 Content => content;

    /// <summary>Gets an upper bound of what they take.</summary>
    public long Bytes => bytes;

    /// <summary>Gets who waits for it.</summary>
    public AppendWaiter Waiter => waiter;

    /// <summary>Gets or sets what cancels it.</summary>
    public CancellationTokenRegistration Registration { get; set; }
}

/// <summary>Whether a flush stores a rollout that is not stored yet and has nothing but its first item.</summary>
enum Storing
{
    /// <summary>Only when items wait.</summary>
    WithItems,

    /// <summary>In any case.</summary>
    Always,
}

/// <summary>Thrown inside the writer when an append expects another ordinal than the next one. It may be one that is sent again.</summary>
/// <param name="next">The next ordinal.</param>
sealed class OrdinalMismatchException(long next) : Exception
{
    /// <summary>Gets the next ordinal.</summary>
    public long Next => next;
}
