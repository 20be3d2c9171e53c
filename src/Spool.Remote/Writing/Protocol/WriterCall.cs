namespace Spool.Remote;

/// <summary>One call of a writer's member, until it is answered.</summary>
/// <param name="calledAt">When it was called, as the machine counts time.</param>
abstract class WriterCall(TimeSpan calledAt)
{
    /// <summary>Gets when it was called, as the machine counts time.</summary>
    public TimeSpan CalledAt => calledAt;

    /// <summary>Gets or sets whether it was sent at least once, so that the server may have carried it out. It cannot be cancelled any
    /// more.</summary>
    public bool WasSent { get; set; }

    /// <summary>Gets or sets whether the connection on which it was sent broke before its answer, so that it may have been carried out,
    /// wholly or in part.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>Gets or sets its place among the calls that are not answered, or null when it has none.</summary>
    public LinkedListNode<WriterCall>? Place { get; set; }
}

/// <summary>An append, or a barrier when it has no items.</summary>
/// <param name="request">What to append.</param>
/// <param name="calledAt">When it was called, as the machine counts time.</param>
class AppendCall(AppendRequest request, TimeSpan calledAt) : WriterCall(calledAt)
{
    /// <summary>Gets what to append.</summary>
    public AppendRequest Request => request;

    /// <summary>Gets how many items there are.</summary>
    public int Count => request.Items.Count;

    /// <summary>Gets how many bytes they take, at most.</summary>
    public long Bytes { get; } = request.Items.Sum(RolloutLine.MaxLength);

    /// <summary>Gets what the items are, to tell a repeated batch from another one; nothing without a batch id.</summary>
    public UInt128 Content { get; } = request.BatchId is null ? default : BatchContent.Of(request.Items);

    /// <summary>Gets or sets by how many ordinals the log is expected to grow.</summary>
    public int Growth { get; set; }

    /// <summary>Gets or sets whether it travelled in a message that was refused, so that it has to be distinguished from the
    /// others.</summary>
    public bool TravelsAlone { get; set; }

    /// <summary>Gets whether it may travel in one message with others.</summary>
    public bool CanBeBatched => request.ExpectedOrdinal is null && request.BatchId is null && !TravelsAlone;
}

/// <summary>A call that is made when everything before it is answered, and before anything behind it is sent.</summary>
/// <param name="kind">What it asks for.</param>
/// <param name="patch">The change, for an update.</param>
/// <param name="calledAt">When it was called, as the machine counts time.</param>
class ControlCall(ControlKind kind, ThreadPatch? patch, TimeSpan calledAt) : WriterCall(calledAt)
{
    /// <summary>Gets what it asks for.</summary>
    public ControlKind Kind => kind;

    /// <summary>Gets the change, for an update.</summary>
    public ThreadPatch? Patch => patch;

    /// <summary>Gets whether the writer is over when it succeeded.</summary>
    public bool Ends => kind is ControlKind.ShutDown or ControlKind.Discard;
}
