namespace Spool;

/// <summary>The stamps that the index holds. They are read again only after the index has changed, so that a process that stays pays for
/// them once.</summary>
sealed class KnownRollouts
{
    Loaded? _last;

    /// <summary>Gives the stamp of every rollout that is known, by path. It must not be changed.</summary>
    public Dictionary<string, KnownRollout> Of(IndexConnection connection)
    {
        var last = Volatile.Read(ref _last);
        // The one number changes with what other connections commit, the other with what this one does.
        var version = ((long)connection.Scalar("PRAGMA data_version")!, (long)connection.Scalar("SELECT total_changes()")!);
        if (last is not null && last.Connection == connection && last.Version == version)
            return last.Rollouts;
        var rollouts = new RolloutTable(connection).LoadKnown();
        Volatile.Write(ref _last, new Loaded(connection, version, rollouts));
        return rollouts;
    }

    sealed record Loaded(IndexConnection Connection, (long, long) Version, Dictionary<string, KnownRollout> Rollouts);
}
