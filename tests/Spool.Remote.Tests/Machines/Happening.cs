namespace Spool.Remote.Tests;

/// <summary>Something that may happen to a writer of a <see cref="World"/>.</summary>
/// <param name="Name">What it is.</param>
/// <param name="IsPossible">Whether it can happen now.</param>
/// <param name="Do">Lets it happen.</param>
sealed record Happening(string Name, Func<World, bool> IsPossible, Action<World> Do)
{
    const int MostAppends = 2;

    public static readonly WriterFailure Broken = new(
        WriterFailureKind.Passing,
        new ThreadStoreException(ThreadStoreErrorCode.Unavailable, "the connection broke")
    );

    static readonly WriterFailure Unreachable = Broken with { IsUnsent = true };
    static readonly WriterFailure Busy = new(
        WriterFailureKind.Busy,
        ThreadStoreException.Busy("the server is at a limit", TimeSpan.FromSeconds(1))
    );
    static readonly WriterFailure NotAllowed = new(
        WriterFailureKind.NotAllowed,
        new ThreadStoreException(ThreadStoreErrorCode.Unauthenticated, "a valid token is needed")
    );
    static readonly WriterFailure UnknownLease = new(WriterFailureKind.UnknownLease, ThreadStoreException.WriterLost("unknown lease"));
    static readonly WriterFailure Unsure = new(
        WriterFailureKind.OutcomeUnknown,
        ThreadStoreException.OutcomeUnknown("the outcome is unknown")
    );
    static readonly WriterFailure Held = Refused(ThreadStoreErrorCode.HasWriter);
    static readonly WriterFailure Lost = Refused(ThreadStoreErrorCode.WriterLost);
    static readonly WriterFailure NoRoom = Refused(ThreadStoreErrorCode.ResourceExhausted);
    static readonly WriterFailure Malformed = Refused(ThreadStoreErrorCode.InvalidRequest);

    public static readonly IReadOnlyList<Happening> All =
    [
        new("an append", world => world.Appends < MostAppends, world => world.Append()),
        new("an append in memory", world => world.Appends < MostAppends, world => world.Append(durability: Durability.Buffered)),
        new("an append with the next ordinal", world => world.Appends < MostAppends, world => world.Append(world.Machine.NextOrdinal)),
        new("an update", world => world.Controls(ControlKind.Update) == 0, world => world.Control(ControlKind.Update)),
        new("a persist", world => world.Controls(ControlKind.Persist) == 0, world => world.Control(ControlKind.Persist)),
        new("a shut-down", world => world.Controls(ControlKind.ShutDown) < 2, world => world.Control(ControlKind.ShutDown)),
        new("a discard", world => world.Controls(ControlKind.Discard) == 0, world => world.Control(ControlKind.Discard)),
        new("a cancellation", world => world.HasLast, world => world.CancelLast()),
        new("the end of the store", world => !world.IsDisposed, world => world.DisposeStore()),
        new("an answer", world => world.HasMessage, world => world.Answer()),
        new("a connection that breaks before it arrives", world => world.HasStream, world => world.Break(0, Broken)),
        new("a connection that breaks behind it", world => world.HasMessage, world => world.Break(1, Broken)),
        new("no connection", world => world.HasStream, world => world.Break(0, Unreachable)),
        new("a busy server", world => world.HasMessage, world => world.Break(0, Busy)),
        new("a refused token", world => world.HasMessage, world => world.Break(0, NotAllowed)),
        new("a lease that ran out", world => world.HasStream, world => world.Expire(UnknownLease)),
        new("a failed barrier", world => world.HasMessage, world => world.Break(1, Unsure)),
        new("a disk without room", world => world.HasMessage, world => world.Break(0, NoRoom)),
        new("a message that is malformed", world => world.HasNewMessage, world => world.Break(0, Malformed)),
        new("a lost right to write", world => world.HasMessage, world => world.Break(0, Lost)),
        new("a crash of the server", world => !world.IsStored, world => world.Crash(Broken)),
        new("a lost lease, as the watch says", world => !world.Machine.IsOver, world => world.Watch(UnknownLease)),
        new("another who writes", world => world.CanBeTaken, world => world.WriteByAnother()),
        new("the end of the pause", world => world.Machine.WakeAt is not null, world => world.Wait(TimeSpan.Zero)),
        new("a long time", world => world.Machine.WakeAt is not null, world => world.Wait(TimeSpan.FromMinutes(2))),
        new("the opening", world => world.IsOpening, world => world.Open()),
        new("an opening that nobody hears of", world => world.IsOpening, world => world.FailToOpen(Broken)),
        new("another who holds the thread", world => world.IsOpening, world => world.FailToOpen(Held)),
        new("a busy server, to an opening", world => world.IsOpening, world => world.FailToOpen(Busy)),
        new("a refused token, to an opening", world => world.IsOpening, world => world.FailToOpen(NotAllowed)),
        new("an unknown outcome, to an opening", world => world.IsOpening, world => world.FailToOpen(Unsure)),
        new("the release", world => world.IsReleasing, world => world.Release(null)),
        new("a release that nobody hears of", world => world.IsReleasing, world => world.Release(Broken)),
        new("a release that does not arrive", world => world.IsReleasing, world => world.FailToRelease(Unreachable)),
        new("a release that breaks before it arrives", world => world.IsReleasing, world => world.FailToRelease(Broken)),
        new("a refused token, to a release", world => world.IsReleasing, world => world.FailToRelease(NotAllowed)),
        new("a disk without room, to a release", world => world.IsReleasing, world => world.FailToRelease(NoRoom)),
        new("an unknown lease, to a release", world => world.IsReleasing, world => world.FailToRelease(UnknownLease)),
        new("a failed barrier, to a release", world => world.IsReleasing, world => world.FailToRelease(Unsure)),
        new("an answer that comes late", _ => true, world => world.AnswerLate()),
    ];

    public override string ToString() => Name;

    static WriterFailure Refused(ThreadStoreErrorCode code) => new(WriterFailureKind.Refused, new ThreadStoreException(code, "refused"));
}
