namespace Spool.Storage;

/// <summary>What is known of one thread that is open or in use. Only the <see cref="OpenThreadsMachine"/> changes
/// it.</summary>
/// <param name="threadId">The thread.</param>
sealed class OpenThreadEntry(ThreadId threadId)
{
    OpenState _state = OpenStates.Table.First;
    IThreadHolder? _holder;

    /// <summary>Gets the thread.</summary>
    public ThreadId ThreadId { get; } = threadId;

    /// <summary>Gets whether it is open.</summary>
    public OpenState State => _state;

    /// <summary>Gets or sets who has its gate.</summary>
    public GateOwner Gate { get; set; }

    /// <summary>Gets or sets the number of the turn at the gate, by which a hold that is over is known.</summary>
    public long Turn { get; set; }

    /// <summary>Gets or sets who has it open. May be read without the lock of the registry.</summary>
    public IThreadHolder? Holder
    {
        get => Volatile.Read(ref _holder);
        set => Volatile.Write(ref _holder, value);
    }

    /// <summary>Gets or sets for which kind it has a place, or null when it has none.</summary>
    public ThreadHolderKind? Place { get; set; }

    /// <summary>Gets or sets whether it has of the room beside the places. The owner of the gate changes it.</summary>
    public bool HasRoom { get; set; }

    /// <summary>Gets or sets when it was used at its gate.</summary>
    public TimeSpan LastUse { get; set; }

    /// <summary>Gets or sets whether closing it failed since it was used: it need not be idle to be tried again, and is not counted on for
    /// a place.</summary>
    public bool IsHard { get; set; }

    /// <summary>Gets or sets why the registry closes it.</summary>
    public CloseReason Reason { get; set; }

    /// <summary>Gets those who wait for the gate, in their order.</summary>
    public LinkedList<OpenThreadTicket> Waiting { get; } = new();

    /// <summary>Gets its place among those that can be closed for others, the one that was not used for longest first.</summary>
    public LinkedListNode<OpenThreadEntry>? Unused { get; set; }

    /// <summary>Takes it that something happened to it.</summary>
    public void On(OpenEvent happened) => _state = OpenStates.Table.Next(_state, happened);
}

/// <summary>Who has the gate of a thread.</summary>
enum GateOwner
{
    /// <summary>No call.</summary>
    None,

    /// <summary>A caller.</summary>
    Caller,

    /// <summary>The registry itself, which closes the thread.</summary>
    Registry,
}

/// <summary>Why the registry closes a thread.</summary>
enum CloseReason
{
    /// <summary>It was idle.</summary>
    Idle,

    /// <summary>Another thread needs its place.</summary>
    Room,

    /// <summary>All are closed.</summary>
    Stop,
}

/// <summary>A call that waits for the gate of a thread, or for a place.</summary>
class OpenThreadTicket
{
    /// <summary>Gets or sets what it was answered.</summary>
    public TicketAnswer Answer { get; set; }

    /// <summary>Gets or sets the thread.</summary>
    public OpenThreadEntry? Entry { get; set; }

    /// <summary>Gets or sets for which kind a place is wanted, or null where it is the gate that is waited for.</summary>
    public ThreadHolderKind? Kind { get; set; }
}

/// <summary>What a waiting call was answered.</summary>
enum TicketAnswer
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>The gate or the place is theirs.</summary>
    Granted,

    /// <summary>There is no place and none that can be made, or the registry closes.</summary>
    Refused,
}

/// <summary>What the machine asks its surroundings to do.</summary>
/// <param name="Close">The thread whose holder is to be closed, with its gate held for that; or null.</param>
/// <param name="Tell">The call that has an answer; or null.</param>
/// <remarks>With neither, everything is closed.</remarks>
readonly record struct OpenThreadStep(OpenThreadEntry? Close, OpenThreadTicket? Tell);

/// <summary>What becomes of a wish to open a thread.</summary>
enum OpeningAnswer
{
    /// <summary>It has a place: open it, and say what came of it.</summary>
    Open,

    /// <summary>Its holder has given it up, or is of no use: close that one, and ask again.</summary>
    CloseFirst,

    /// <summary>Its holder keeps it.</summary>
    Held,

    /// <summary>There is no place at the moment.</summary>
    NoPlace,
}
