namespace Spool.Cli;

/// <summary>Writes the turns of a thread, with those that were taken over from another thread apart from its own.</summary>
/// <param name="transcript">Where to.</param>
/// <param name="thread">The thread.</param>
/// <remarks>The turns that were taken over come first. Of some among them the log does not say when they began: they belong to those
/// around them.</remarks>
sealed class InheritedTurns(ITranscript transcript, StoredThread thread)
{
    ThreadId? _from;
    int _turns;
    bool _isPast;

    /// <summary>Writes the next turn.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="isOpen">Whether it is the last one and may still be running.</param>
    public void Add(Turn turn, bool isOpen = false)
    {
        if (!_isPast)
        {
            var from = turn.InheritedFrom(thread);
            if (_from is null && from is not null)
                transcript.BeginInherited((_from = from).Value);
            else if (from is null && (_from is null || SaysWhen(turn)))
                End();
            if (!_isPast)
                _turns++;
        }
        transcript.Add(turn, isOpen);
    }

    // A turn's own start, or the time in its id.
    static bool SaysWhen(Turn turn) => turn.StartedAt is not null || Guid.TryParse(turn.Id, out var id) && id.Version == 7;

    /// <summary>Ends the turns that were taken over, if they have not ended.</summary>
    public void End()
    {
        if (!_isPast && _from is { } from)
            transcript.EndInherited(from, _turns);
        _isPast = true;
    }

    /// <summary>Says how many turns there are of another thread.</summary>
    public static string Count(int turns, string from) => $"{ThreadLinks.Count(turns, "turn", "turns")} from {from}";
}
