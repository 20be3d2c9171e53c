using System.Text.Json.Nodes;

namespace Spool;

/// <summary>One turn of a thread: what a user asked for and everything that came of it.</summary>
public sealed record Turn
{
    /// <summary>Gets the turn's id. A turn that the log opens without naming it has the id <c>rollout-N</c>, where N is the number of lines
    /// before the one that opens it; lines that Codex cannot decode do not count. One that such a line itself opens has the id
    /// <c>line-N</c>, where N is the ordinal of that line, and <c>line-N-M</c> when it is record M of a line that holds several.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the id of the turn of the root thread that this turn is a part of, for most turns their own id; or null where the log
    /// does not say, as older ones do not.</summary>
    public string? RootTurnId { get; init; }

    /// <summary>Gets the items, in the order in which they first appeared.</summary>
    public required IReadOnlyList<ThreadItem> Items { get; init; }

    /// <summary>Gets how the turn ended.</summary>
    public required TurnStatus Status { get; init; }

    /// <summary>Gets whether the log says how the turn ended. A turn of which it does not is given as
    /// <see cref="TurnStatus.Interrupted"/>: it was broken off, or goes on in the program that writes the log.</summary>
    public bool HasEnd { get; init; }

    /// <summary>Gets the error of a failed turn in the app server's shape (<c>message</c>, <c>codexErrorInfo</c>,
    /// <c>additionalDetails</c>), or null.</summary>
    public JsonObject? Error { get; init; }

    /// <summary>Gets when the turn started, to the second, or null when the log does not say.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets when the turn ended, to the second, or null.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Gets how long the turn took, or null.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Gets with which items the turn is given.</summary>
    public TurnView View { get; init; }

    /// <summary>Gets how many calls of tools the log has in this turn that none of <see cref="Items"/> shows.</summary>
    /// <remarks>0 in the complete view, which has all calls. Codex's view shows what came of a call only where the log has an event of it,
    /// which depends on Codex's release and settings. A call counts for the turn in which the model made it.</remarks>
    public int CallsLeftOut { get; init; }

    /// <summary>Gets the ordinal by which the turns of a thread are ordered.</summary>
    public required long Ordinal { get; init; }

    /// <summary>Gives the thread that a turn was taken over from: the one that its thread was forked from, or the parent of a sub-agent
    /// that began with the parent's history.</summary>
    /// <param name="thread">The thread whose history the turn is in.</param>
    /// <returns>The thread; null for a turn of the thread itself, and where the log does not say when the turn began.</returns>
    /// <remarks>The history of a fork refers to the source's log or copies it, which depends on the history mode and on the program that
    /// made the fork. Either way the turns of the source began before the fork was made, and its own ones behind that. When a turn began
    /// its id says to the millisecond where it is a UUID of version 7, as those of Codex are; else <see cref="StartedAt"/> does, and a
    /// turn that began within the second in which the fork was made counts as its own.</remarks>
    public ThreadId? InheritedFrom(StoredThread thread)
    {
        ArgumentNullException.ThrowIfNull(thread);
        var (id, start) = (TimeIds.MillisecondsOf(Id), StartedAt?.ToUnixTimeMilliseconds());
        // an id that only looks like one of version 7 says another time
        var isEarlier =
            id is { } exact && (start is null || Math.Abs(exact - start.Value) < 2000)
                ? exact < thread.CreatedAt.ToUnixTimeMilliseconds()
                : StartedAt?.ToUnixTimeSeconds() < thread.CreatedAt.ToUnixTimeSeconds();
        return isEarlier ? thread.ForkedFromId ?? thread.ParentThreadId : null;
    }
}
